/* Unwinding this thread's stack through .eh_frame, in the thread itself: no malloc, no
 * lock, no libc. What the frame descriptions say is read by cfi.h. */
#ifndef GILWATCH_UNWIND_H
#define GILWATCH_UNWIND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cfi.h"
#include "gate.h"
#include "journal.h"
#include "memory.h"

struct gw_trace {
    uint32_t frames;
    bool truncated;             /* there were more than the limit */
    bool handler;               /* there is a signal handler's frame */
    bool far;                   /* a frame lies on another stack: `at` does not tell where */
    uint64_t pc[GW_FRAMES_MAX]; /* return addresses, innermost first */
    uint32_t at[GW_FRAMES_MAX]; /* where they stand, in words above the entry's stack pointer */
    uint64_t regs[GW_REGS];     /* at the gate's entry */
};

/* Everything that one walk needs. About 6 KiB: it lies in pages of ours, not on the
 * stack, which may be a signal handler's of the smallest size. */
struct gw_walk {
    struct gw_trace trace;  /* the result */
    uint64_t regs[GW_REGS]; /* of the frame under way */
    uint64_t next[GW_REGS]; /* of its caller */
    uint64_t ra_at;         /* where the return address regs[GW_REG_RA] stood */
    bool exact;             /* it is the next instruction, not a return address */
    struct gw_memory memory;
    struct gw_fde fde;
    struct gw_cfa_machine machine;
};

/* gw_walk_begin gets the storage for a walk, NULL if there is none; gw_walk_end gives it
 * back. Lock-free; a signal handler may walk while its thread does. */
struct gw_walk *gw_walk_begin(void);
void gw_walk_end(struct gw_walk *walk);

/* gw_walk_forget frees the storage that other threads had at a fork, in the child. */
void gw_walk_forget(void);

/* gw_walk_start begins at the gate's entry: regs[GW_REG_RA] is the return address, at
 * ra_at. gw_walk_step goes one frame outwards; false if it cannot. */
void gw_walk_start(struct gw_walk *walk, const struct gw_frame *frame);
bool gw_walk_step(struct gw_walk *walk);

/* gw_unwind walks from the gate's entry outwards, over at most `limit` frames
 * (GW_FRAMES_MAX). The result is in walk->trace. */
void gw_unwind(const struct gw_frame *frame, uint32_t limit, struct gw_walk *walk);

#endif
