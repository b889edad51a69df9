/* Which thread attached a thread state last, through a gate. Needed up to 3.11, where a
 * state is told from another thread's by its address alone. */
#ifndef GILWATCH_HOLDER_H
#define GILWATCH_HOLDER_H

#include <stdbool.h>
#include <stdint.h>

/* gw_holder_note: the calling thread is attaching the state. */
void gw_holder_note(uintptr_t tstate);

/* gw_holder_is_other tells whether the last thread known to attach it is another. */
bool gw_holder_is_other(uintptr_t tstate);

#endif
