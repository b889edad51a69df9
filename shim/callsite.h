/* What a call instruction calls, read from the machine code before a return address. */
#ifndef GILWATCH_CALLSITE_H
#define GILWATCH_CALLSITE_H

#include <stdint.h>

struct gw_memory;

/* gw_callsite_target returns what the GOT slot holds that the call before `ra` goes
 * through, directly or by way of the PLT; 0 if it is another kind of call. */
uintptr_t gw_callsite_target(struct gw_memory *memory, uintptr_t ra);

#endif
