/* Frames of every shape that compilers make; each ends in HERE(). */
#include "check.h"
#include "gated.h"
#include "journal.h"

#include <alloca.h>
#include <setjmp.h>
#include <signal.h>
#include <string.h>

#define KEPT __attribute__((noinline, noclone))

static volatile int sink, zero;

/* Ends a function with something to do, so that its call is no tail call. */
#define NOT_A_TAIL sink++

KEPT static void plain(int depth) {
    if (depth) {
        plain(depth - 1);
    } else {
        HERE();
    }
    NOT_A_TAIL;
}

KEPT static void with_alloca(size_t n) {
    char *room = alloca(n);
    memset(room, 1, n);
    plain(1);
    sink += room[n - 1];
}

KEPT static void with_array(int n) {
    volatile long room[n];
    room[n - 1] = 5;
    plain(1);
    sink += (int)room[n - 1];
}

/* All callee-saved registers are in use, so the prologue saves them. */
KEPT static long many_registers(long a, long b, long c, long d, long e, long f, long g, long h) {
    for (long i = 0; i < 3; i++) {
        plain((int)i);
        a += b * i, b ^= c, c += d, d -= e, e += f * 2, f ^= g, g += h, h += a;
    }
    return a + b + c + d + e + f + g + h;
}

KEPT static void realigned(void) {
    _Alignas(128) volatile char room[256];
    room[0] = 1;
    plain(0);
    sink += room[0];
}

static int by_size(const void *a, const void *b) {
    if (sink++ % 7 == 0) {
        plain(0);
    }
    return *(const int *)a - *(const int *)b;
}

/* Called by libc, through a PLT slot there and back. */
KEPT static void through_libc(void) {
    int numbers[] = {5, 3, 9, 1, 7, 2, 8, 4};
    sink = 0;
    qsort(numbers, 8, sizeof numbers[0], by_size);
    CHECK(numbers[0] == 1 && sink > 7, "qsort");
    int key = 9;
    sink = 0;
    CHECK(bsearch(&key, numbers, 8, sizeof key, by_size), "bsearch");
}

static jmp_buf out;

KEPT __attribute__((noreturn)) static void never(void) {
    HERE();
    longjmp(out, 1);
}

/* The call is the last instruction: its return address lies in the next function. */
KEPT __attribute__((noreturn)) static void ends_in_call(void) {
    sink++;
    never();
}

KEPT static void noreturn_call(void) {
    if (!setjmp(out)) {
        ends_in_call();
    }
    NOT_A_TAIL;
}

static void on_signal(int number) {
    plain(2);
}

KEPT static void in_handler(int flags) {
    struct sigaction action = {.sa_handler = on_signal, .sa_flags = flags};
    sigaction(SIGUSR1, &action, NULL);
    raise(SIGUSR1);
    NOT_A_TAIL;
}

/* Interrupted at an instruction, not at a call: the pc is exact. */
static void on_fault(int number, siginfo_t *info, void *context) {
    plain(0);
    ((ucontext_t *)context)->uc_mcontext.gregs[REG_RIP] += 2; /* past ud2 */
}

KEPT static void in_fault_handler(void) {
    struct sigaction action = {.sa_sigaction = on_fault, .sa_flags = SA_SIGINFO};
    sigaction(SIGILL, &action, NULL);
    __asm__ volatile("ud2");
    NOT_A_TAIL;
}

/* 16 KiB below the handler's frame, so that the stack that goes on is another. */
static char alternate[1 << 16];

KEPT static void on_alternate_stack(void) {
    stack_t stack = {.ss_sp = alternate, .ss_size = sizeof alternate},
            none = {.ss_flags = SS_DISABLE};
    sigaltstack(&stack, NULL);
    in_handler(SA_ONSTACK);
    sigaltstack(&none, NULL);
}

/* Runs one case; it has to have compared so often, at stacks of so many frames. */
#define CASE(call, comparisons, frames)                                                            \
    do {                                                                                           \
        int before = gated_comparisons;                                                            \
        call;                                                                                      \
        CHECK(gated_comparisons - before == (comparisons), #call ": %d comparisons",               \
              gated_comparisons - before);                                                         \
        CHECK(gated_frames >= (frames), #call ": %u frames", gated_frames);                        \
    } while (0)

int main(void) {
    gated_open();
    CASE(plain(0), 1, 3);
    CASE(plain(9), 1, 12);
    CASE(with_alloca(1000 + (size_t)zero), 1, 5);
    CASE(with_alloca(100000 + (size_t)zero), 1, 5);
    CASE(with_array(77 + zero), 1, 5);
    CASE(sink += (int)many_registers(1, 2, 3, 4, 5, 6, 7, zero), 3, 4);
    CASE(realigned(), 1, 4);
    CASE(through_libc(), gated_comparisons - before, 5);
    CASE(noreturn_call(), 1, 4);
    CASE(in_handler(0), 1, 8);
    CASE(in_fault_handler(), 1, 5);
    CASE(on_alternate_stack(), 1, 8);

    plain(GW_FRAMES_MAX - (int)gated_frames); /* not too many yet, wherever main() ends */
    CHECK(!gated_truncated, "%u frames are not too many", gated_frames);
    CASE(plain(GW_FRAMES_MAX + 50), 1, GW_FRAMES_MAX);
    CHECK(gated_truncated && gated_frames == GW_FRAMES_MAX, "%u frames kept", gated_frames);
    CASE(plain(3000), 1, GW_FRAMES_MAX);
    printf("%d\n", gated_comparisons);
    return 0;
}
