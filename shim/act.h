/* What is done at a violation: it is recorded, and then what --on-violation asks for. */
#ifndef GILWATCH_ACT_H
#define GILWATCH_ACT_H

#include <stdint.h>

#include "gate.h"
#include "record.h"

/* gw_act acts on a violating call of a function that was recorded. `frame` is the entry
 * that goes on afterwards: the gate's, or that of an allocator's thunk, where what is
 * acquired for is no more than the allocation. Returns what is to be called in its place: abort(3),
 * from the very place of the call, so that a core file needs no frame of the shim, whose file is
 * gone by then; NULL: the function itself. As abort does, a handler that the program has runs first
 * (faulthandler's prints the Python stacks); if that returns, the default action is taken. */
void *gw_act(uint32_t function, struct gw_recorded found, struct gw_frame *frame);

#endif
