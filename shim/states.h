/* The interpreters' lists of thread states. */
#ifndef GILWATCH_STATES_H
#define GILWATCH_STATES_H

#include <stdbool.h>
#include <stdint.h>

/* gw_state_is_listed tells whether a thread state is still one of an interpreter's: one that
 * was deleted is not. */
bool gw_state_is_listed(uintptr_t tstate);

#endif
