/* An indirect function whose resolver takes its time: the object that holds it stays half
 * relocated for as long. */
#ifndef SLOWRESOLVER_H
#define SLOWRESOLVER_H

#include <sys/syscall.h>

/* The resolver says on this descriptor that it has begun. */
enum { BEGUN_FD = 100 };

/* A system call without libc: the resolver runs before its object's slots are bound. */
static inline long bare_syscall(long number, long first, const void *second, long third) {
    long result;
    __asm__ volatile("syscall"
                     : "=a"(result)
                     : "a"(number), "D"(first), "S"(second), "d"(third)
                     : "rcx", "r11", "memory");
    return result;
}

static int successor(int x) {
    return x + 1;
}

typedef int unary(int);

static unary *resolve_slowly(void) {
    const struct { long seconds, nanoseconds; } rest = {0, 200 * 1000 * 1000};
    const char begun = 1;
    bare_syscall(SYS_write, BEGUN_FD, &begun, 1);
    /* Not a wait for an event: the other thread may itself wait until the loader is done. */
    bare_syscall(SYS_nanosleep, (long)&rest, 0, 0);
    return successor;
}

int slow_successor(int x) __attribute__((ifunc("resolve_slowly")));

#endif
