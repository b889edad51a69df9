/* The shim's own gates in a test program. A call of HERE() passes the last gate of the
 * table without a check, and there the stack is unwound as it is for a violation, and by glibc
 * and by libgcc, and all three must say the same. */
#ifndef GILWATCH_TEST_GATED_H
#define GILWATCH_TEST_GATED_H

#ifdef __cplusplus
extern "C" {
#endif

#include "gate.h"

/* What the last comparison saw. */
extern uint64_t gated_pc[];
extern uint32_t gated_frames;
extern int gated_truncated;
extern int gated_far;
extern int gated_comparisons;

/* How often gw_gate_enter was called. */
extern int gated_entered;

/* gated_open fills the gates' targets and the module table. */
void gated_open(void);

/* Nonzero: the stack goes on where glibc gives up, at code without a frame description.
 * Then the innermost frames alone are compared. */
extern int gated_longer;

/* What gw_lookup_enter answers. */
extern void *gated_answer;

#define HERE() ((void (*)(void))(uintptr_t)(gw_gates_slow + (GW_GATES - 1) * GW_GATE_SIZE))()

#ifdef __cplusplus
}
#endif
#endif
