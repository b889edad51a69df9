/* System calls without libc: they leave errno alone, are no cancellation points and
 * may be made in a signal handler, a forked child and a vfork child.
 * Calling convention: System V ABI AMD64, appendix A.2.1. */
#ifndef GILWATCH_SYS_AMD64_H
#define GILWATCH_SYS_AMD64_H

#include <sys/syscall.h>

/* gw_sys6 returns what the kernel returned: a negative errno on failure. */
static inline long gw_sys6(long nr, long a, long b, long c, long d, long e, long f) {
    long ret;
    register long r10 __asm__("r10") = d;
    register long r8 __asm__("r8") = e;
    register long r9 __asm__("r9") = f;
    __asm__ volatile("syscall"
                     : "=a"(ret)
                     : "a"(nr), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
                     : "rcx", "r11", "memory");
    return ret;
}

/* gw_valgrind tells whether valgrind runs this code: it takes the four rotations, which leave
 * rdi as it was, before an exchange of rbx with itself for a question, and answers in rdx; the
 * CPU leaves that 0. What is asked, VG_USERREQ__RUNNING_ON_VALGRIND, lies where rax points
 * (valgrind.h, VALGRIND_DO_CLIENT_REQUEST_EXPR). */
static inline bool gw_valgrind(void) {
    const uint64_t question[6] = {0x1001};
    uint64_t answer = 0;
    __asm__ volatile("rolq $3, %%rdi\n\t"
                     "rolq $13, %%rdi\n\t"
                     "rolq $61, %%rdi\n\t"
                     "rolq $51, %%rdi\n\t"
                     "xchgq %%rbx, %%rbx"
                     : "+d"(answer)
                     : "a"(question), "m"(question)
                     : "cc", "memory");
    return answer != 0;
}

/* The thread pointer: offsets of static thread-locals count from it. */
static inline char *gw_thread_pointer(void) {
    char *tp;
    __asm__("movq %%fs:0, %0" : "=r"(tp));
    return tp;
}

/* Copying and clearing without libc, whose versions use vector registers: the
 * watched program's argument registers must stay as they are. */
static inline void gw_copy(void *to, const void *from, unsigned long n) {
    __asm__ volatile("rep movsb" : "+D"(to), "+S"(from), "+c"(n) : : "memory");
}

static inline void gw_clear(void *to, unsigned long n) {
    __asm__ volatile("rep stosb" : "+D"(to), "+c"(n) : "a"(0) : "memory");
}

#endif
