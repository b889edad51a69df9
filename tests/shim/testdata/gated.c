#include "gated.h"
#include "check.h"
#include "loaded.h"

#include <execinfo.h>
#include <string.h>
#include <unwind.h>

#include "lookup.h"
#include "thread.h"
#include "unwind.h" /* the shim's; the one above is libgcc's */

void *gw_gate_target[GW_GATES];
intptr_t gw_oracle_tls_offset;
void *volatile *gw_oracle_current;
__thread struct gw_thread gw_thread __attribute__((tls_model("initial-exec")));

uint64_t gated_pc[GW_FRAMES_MAX];
uint32_t gated_frames;
int gated_truncated, gated_far, gated_comparisons, gated_longer, gated_entered;

#define DEEP 4096

struct other {
    uintptr_t pc[DEEP];
    uint32_t n;
};

static _Unwind_Reason_Code collect(struct _Unwind_Context *context, void *to) {
    struct other *o = to;
    uintptr_t pc = _Unwind_GetIP(context);
    if (pc && o->n < DEEP) {
        o->pc[o->n++] = pc;
    }
    return _URC_NO_REASON;
}

static void same(const struct gw_trace *t, const struct other *o, const char *who) {
    uint32_t skip = 0;
    while (skip < o->n && o->pc[skip] != t->pc[0]) {
        skip++;
    }
    CHECK(skip > 0 && skip < 5, "%s has the caller as frame %u of %u", who, skip, o->n);
    uint32_t n = o->n - skip;
    for (uint32_t i = 0; i < n && i < t->frames; i++) {
        CHECK(t->pc[i] == o->pc[skip + i], "frame %u is %#lx, to %s %#lx", i, t->pc[i], who,
              o->pc[skip + i]);
    }
    if (!gated_longer) {
        CHECK(t->frames == (n < GW_FRAMES_MAX ? n : GW_FRAMES_MAX), "%u frames, to %s %u",
              t->frames, who, n);
        CHECK(t->truncated == (n > GW_FRAMES_MAX), "of %u frames", n);
    }
}

/* Each return address stands where the trace says that it stands. */
static void in_place(const struct gw_trace *t, uintptr_t sp) {
    CHECK(t->regs[GW_REG_SP] == sp, "the entry's stack pointer");
    for (uint32_t i = 0; i < t->frames && !t->far; i++) {
        CHECK(((const uint64_t *)sp)[t->at[i]] == t->pc[i], "frame %u, word %u", i, t->at[i]);
    }
}

/* With a lower limit the same frames, as many as it allows. */
static void limited(const struct gw_frame *frame, const struct gw_trace *whole) {
    struct gw_walk *walk = gw_walk_begin();
    CHECK(walk && &walk->trace != whole, "storage for a walk within a walk");
    gw_unwind(frame, 2, walk);
    const struct gw_trace t = walk->trace;
    gw_walk_end(walk);
    CHECK(t.frames == (whole->frames < 2 ? whole->frames : 2), "%u frames", t.frames);
    CHECK(t.truncated == (whole->frames > 2), "of %u frames", whole->frames);
    CHECK(memcmp(t.pc, whole->pc, t.frames * sizeof t.pc[0]) == 0, "the innermost frames");
}

__attribute__((noinline)) static void compare(const struct gw_frame *frame) {
    static struct other other; /* a test compares in one thread */
    static void *addresses[DEEP];
    struct gw_walk *walk = gw_walk_begin();
    CHECK(walk, "storage for a walk");
    const struct gw_trace *trace = &walk->trace;
    gw_unwind(frame, GW_FRAMES_MAX, walk);
    in_place(trace, frame->sp);
    limited(frame, trace);

    other.n = (uint32_t)backtrace(addresses, DEEP);
    memcpy(other.pc, addresses, other.n * sizeof addresses[0]);
    same(trace, &other, "backtrace()");
    other.n = 0;
    _Unwind_Backtrace(collect, &other);
    same(trace, &other, "_Unwind_Backtrace");

    memcpy(gated_pc, trace->pc, trace->frames * sizeof trace->pc[0]);
    gated_frames = trace->frames;
    gated_truncated = trace->truncated;
    gated_far = trace->far;
    gated_comparisons++;
    gw_walk_end(walk);
}

/* Leaves nothing in the registers that a C function may change. */
#define CLOBBER()                                                                                  \
    __asm__ volatile("movl $-1, %%eax; movq %%rax, %%rdi; movq %%rax, %%rsi; movq %%rax, %%rdx;"   \
                     "movq %%rax, %%rcx; movq %%rax, %%r8; movq %%rax, %%r9; movq %%rax, %%r10;"   \
                     "movq %%rax, %%r11; movq %%rax, %%xmm0; movq %%rax, %%xmm1;"                  \
                     "movq %%rax, %%xmm2; movq %%rax, %%xmm3; movq %%rax, %%xmm4;"                 \
                     "movq %%rax, %%xmm5; movq %%rax, %%xmm6; movq %%rax, %%xmm7"                  \
                     :                                                                             \
                     :                                                                             \
                     : "rax", "rdi", "rsi", "rdx", "rcx", "r8", "r9", "r10", "r11", "xmm0",        \
                       "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7")

void *gated_answer, *gw_lookup_real, *gw_lookup_real_dlopen;
uint32_t gw_lookup_opened;

void *gw_lookup_enter(void *handle, const char *name) {
    CLOBBER();
    return gated_answer;
}

void *gw_gate_enter(uint32_t function, struct gw_frame *frame) {
    CLOBBER();
    gated_entered++;
    if (function == GW_GATES - 1) {
        compare(frame);
    }
    return gw_gate_target[function];
}

static void landed(void) {}

void gated_open(void) {
    for (uint32_t i = 0; i < GW_GATES; i++) {
        gw_gate_target[i] = (void *)landed;
    }
    loaded_read();
    void *first[2];
    CHECK(backtrace(first, 2) > 0, "backtrace() loads libgcc at its first call");
}
