/* Steps through the gates one instruction at a time and unwinds at each: the frame above
 * a gate's code must be the gate's caller, whose return address is known from the entry. */
#include "birth.h"
#include "check.h"
#include "gated.h"
#include "lookup.h"
#include "sys.h"
#include "thread.h"

#include <alloca.h>
#include <ctype.h>
#include <signal.h>
#include <string.h>
#include <ucontext.h>

#define TRAP_FLAG 0x100
#define GATE      7 /* a plain one */

static volatile int stepping, steps, in_gates;
static volatile uintptr_t entry, returns_to, then_to;
static volatile int sink;

/* The assembly is linked last, as one piece of text: gw_gates_tls is its first function,
 * and the last one is shorter than this. */
static int is_gate(uintptr_t pc) {
    return pc >= (uintptr_t)gw_gates_tls && pc < (uintptr_t)gw_birth_hook + 256;
}

static void on_trap(int number, siginfo_t *info, void *context) {
    greg_t *regs = ((ucontext_t *)context)->uc_mcontext.gregs;
    uintptr_t pc = (uintptr_t)regs[REG_RIP];
    if (!stepping) {
        regs[REG_EFL] &= ~TRAP_FLAG;
        return;
    }
    steps++;
    if (pc == entry) {
        returns_to = *(const uintptr_t *)regs[REG_RSP];
    }
    HERE();
    uint32_t i = 0;
    while (i < gated_frames && gated_pc[i] != pc) {
        i++;
    }
    CHECK(i < gated_frames, "the interrupted instruction %#lx is in no frame", pc);
    if (is_gate(pc)) {
        in_gates++;
        CHECK(i + 1 < gated_frames && gated_pc[i + 1] == returns_to,
              "%#lx bytes into the gate at %#lx its caller is %#lx, not %#lx", pc - entry, entry,
              gated_pc[i + 1], returns_to);
        /* through() keeps a frame pointer, so that this needs the right %rbp. */
        CHECK(i + 2 < gated_frames && gated_pc[i + 2] == then_to,
              "%#lx bytes into the gate at %#lx the caller's caller is %#lx, not %#lx", pc - entry,
              entry, gated_pc[i + 2], then_to);
    }
}

static void on_begin(int number, siginfo_t *info, void *context) {
    stepping = 1;
    ((ucontext_t *)context)->uc_mcontext.gregs[REG_EFL] |= TRAP_FLAG;
}

/* Calls the gate and steps through it; its code must have so many instructions. */
__attribute__((noinline)) static uintptr_t through(const char *what, const void *gate, int most,
                                                   int least) {
    entry = (uintptr_t)gate;
    in_gates = steps = 0;
    then_to = (uintptr_t)__builtin_return_address(0);
    raise(SIGUSR1);
    uintptr_t result = ((uintptr_t(*)(uintptr_t, const char *))entry)(1, "name");
    stepping = 0;
    sink++;
    CHECK(in_gates >= least && in_gates <= most, "%s: %d instructions", what, in_gates);
    printf("%s: %d instructions\n", what, in_gates);
    return result;
}

static __thread void *state;
static void *volatile current;

/* The slow way is 51 instructions and the gate's own. */
static void plain_gates(int attached) {
    size_t at = GATE * GW_GATE_SIZE;
    int most = attached ? 8 : 80, least = attached ? 3 : 40;
    through("gw_gates_tls", gw_gates_tls + at, most, least);
    through("gw_gates_global", gw_gates_global + at, most, least);
}

/* This thread as a light gate meets it: attached it goes the quick way, else the slow one. */
static void thread_is(int attached, int depth) {
    gw_thread.own = attached ? (uintptr_t)current : GW_OWN_UNKNOWN;
    gw_thread.open = attached ? NULL : (void *)&sink;
    gw_thread.home = 1; /* the gate's first argument */
    gw_thread.depth = (uint32_t)depth;
}

/* The gates run in the middle of a page, wherever the kernel has put the stack: where the
 * words that a release copies reach into the next page, a light gate goes the slow way. */
static void light_gates(int attached) {
    volatile char *room = alloca(((uintptr_t)__builtin_frame_address(0) & 4095) + 2048);
    room[0] = 0;
    int most = attached ? 48 : 80, least = attached ? 4 : 40; /* a release copies words */
    for (int i = 0; i < 2 * GW_LIGHT_GATES; i++) {
        size_t at = (size_t)i / 2 * GW_LIGHT_SIZE;
        thread_is(attached, i % 2);
        through("gw_light_tls", gw_light_tls + at, most, least);
        thread_is(attached, i % 2);
        through("gw_light_global", gw_light_global + at, most, least);
    }
}

static uintptr_t real_lookup(void *handle, const char *name) {
    CHECK(handle == (void *)1 && strcmp(name, "name") == 0, "%p %s", handle, name);
    return 42;
}

static void lookups(void) {
    gw_lookup_real = (void *)real_lookup;
    gated_answer = NULL;
    CHECK(through("gw_lookup_dlsym", (void *)gw_lookup_dlsym, 12, 11) == 42, "dlsym's answer");
    gated_answer = (void *)77;
    CHECK(through("gw_lookup_dlsym", (void *)gw_lookup_dlsym, 12, 11) == 77, "the gate");
}

static uintptr_t real_open(const char *file, int mode) {
    CHECK(gw_lookup_opened == 1, "dlopen is not noted");
    return 43;
}

static void opens(void) {
    gw_lookup_real_dlopen = (void *)real_open;
    CHECK(through("gw_lookup_dlopen", (void *)gw_lookup_dlopen, 3, 3) == 43, "dlopen's answer");
}

int gw_birth_create(struct gw_frame *frame) {
    CHECK(frame->rdi == 1 && strcmp((const char *)frame->rsi, "name") == 0, "the arguments");
    CHECK(*(const uint64_t *)frame->sp == returns_to, "the frame's stack pointer");
    return 44;
}

static void births(void) {
    CHECK(through("gw_birth_hook", (void *)gw_birth_hook, 30, 20) == 44, "the answer");
}

/* The first call of a function that is bound lazily: PLT, dynamic loader, function. */
__attribute__((noinline)) static void first_call(void) {
    entry = 0;
    steps = 0;
    raise(SIGUSR1);
    sink += toupper('a' + (sink & 1));
    stepping = 0;
    sink++;
    CHECK(steps > 500, "%d instructions, want those of the dynamic loader, too", steps);
    printf("lazy binding: %d instructions\n", steps);
}

int main(void) {
    gated_open();
    struct sigaction trap = {.sa_sigaction = on_trap, .sa_flags = SA_SIGINFO};
    struct sigaction begin = {.sa_sigaction = on_begin, .sa_flags = SA_SIGINFO};
    sigaction(SIGTRAP, &trap, NULL);
    sigaction(SIGUSR1, &begin, NULL);
    gw_oracle_tls_offset = (char *)&state - gw_thread_pointer();
    gw_oracle_current = &current;

    state = current = &state;
    gw_thread.own = (uintptr_t)current;
    plain_gates(1);
    light_gates(1);
    state = current = NULL;
    gw_thread.own = GW_OWN_UNKNOWN;
    plain_gates(0);
    light_gates(0);
    through("gw_gates_slow", gw_gates_slow + GATE * GW_GATE_SIZE, 80, 40);
    lookups();
    opens();
    births();
    first_call();
    return 0;
}
