/* Acquiring: a violating call is made with the GIL held all the same, so that the program
 * goes past what would have been its crash. The gate takes the GIL, puts an address of
 * ours where the call returns to, and gives the GIL up when it comes back. */
#ifndef GILWATCH_ACQUIRE_H
#define GILWATCH_ACQUIRE_H

/* Calls that can be under way at once, in all threads and nested. */
#define GW_ACQUIRED 256

/* struct gw_acquired, for the assembly. */
#define GW_ACQUIRED_RBX    0
#define GW_ACQUIRED_RETURN 8
#define GW_ACQUIRED_SP     16
#define GW_ACQUIRED_OWNER  24

/* struct gw_attempt, for the assembly. */
#define GW_ATTEMPT_SP     0
#define GW_ATTEMPT_RESULT 8

#ifndef __ASSEMBLER__

#    include <stdbool.h>
#    include <stdint.h>

#    include "gate.h"
#    include "journal.h"

/* One call under way. Its address is in %rbx while the real function runs, which keeps
 * that register for its caller: so the frame of gw_acquired_return is described by plain
 * CFI, for every unwinder, wherever the stack has been moved to meanwhile (greenlet). */
struct gw_acquired {
    uint64_t rbx;            /* the caller's */
    uint64_t return_address; /* the real one */
    uint64_t sp;             /* of the caller, when the call has returned */
    uintptr_t owner;         /* thread pointer; 0: free */
    uintptr_t tstate;        /* what was attached for the call */
    uintptr_t own, home;     /* gw_thread's before */
    int32_t ensured;         /* what PyGILState_Ensure said; -1: PyEval_RestoreThread */
    uint16_t left;           /* an exception has passed it: free at the owner's next */
    uint16_t whole;          /* the violating call itself, and not an allocation in it */
};

/* A bounded take of the GIL: where to go on when it is given up. */
struct gw_attempt {
    uint64_t sp;
    uint64_t result;
    uint64_t end; /* CLOCK_MONOTONIC, ns */
    enum gw_declined why;
};

/* gw_acquire takes the GIL for the call of this frame, and has the call return to
 * gw_acquired_return. Else the reason why not, and the frame is as it was. `whole`: it is
 * the violating call itself, which is over then. */
enum gw_declined gw_acquire(struct gw_frame *frame, bool whole);

/* gw_acquired_return is where acquired calls return to (acquire_amd64.S). */
extern char gw_acquired_return[];

/* gw_acquired_at is the call that an unwinder has found at gw_acquired_return with this
 * value of %rbx; NULL if it is none. */
const struct gw_acquired *gw_acquired_at(uint64_t rbx);

/* gw_acquired_above is the innermost call of this thread, on the stack above this place, that
 * has not been left: the one that an unwinder has come to. Stacks that are copied away may
 * have another with the same return address at the same place: %rbx tells better. */
const struct gw_acquired *gw_acquired_above(uintptr_t sp);

/* gw_acquire_end gives up what gw_acquire took: the call has returned. */
void gw_acquire_end(struct gw_acquired *call);

/* gw_acquire_jumped ends the calls of this thread whose frames lie between two stack
 * pointers: a longjmp leaves them. */
void gw_acquire_jumped(uintptr_t from, uintptr_t to);

/* gw_acquire_passed does the same when an exception passes the call. */
void gw_acquire_passed(struct gw_acquired *call);

/* gw_acquire_forked frees what other threads had under way, in the child. */
void gw_acquire_forked(void);

/* gw_attempt_run calls take(argument): 0, and its result in the attempt; or 1, if
 * gw_attempt_abandon was called meanwhile in the same thread. */
int gw_attempt_run(struct gw_attempt *attempt, void *take, void *argument);
_Noreturn void gw_attempt_abandon(struct gw_attempt *attempt);

#endif
#endif
