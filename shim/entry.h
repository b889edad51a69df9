/* Through which C-API function did an extension enter the interpreter? Asked where no
 * gate was passed: the stack and the call site tell. */
#ifndef GILWATCH_ENTRY_H
#define GILWATCH_ENTRY_H

#include <stdbool.h>
#include <stdint.h>

#include "gate.h"

struct gw_walk;

struct gw_entry_point {
    struct gw_frame frame; /* the caller's registers, as a gate would have found them */
    uint32_t function;     /* number of a watched function */
    uint64_t path;         /* a hash of the interpreter's own frames; not 0 */
};

/* gw_entry_find walks outwards to the innermost frame that is not the interpreter's.
 * `allocator` is the function if no better is known. False: this is nobody's call but
 * the interpreter's own, or belongs to one that was recorded already. */
bool gw_entry_find(struct gw_walk *walk, const struct gw_frame *frame, uint32_t allocator,
                   struct gw_entry_point *entry);

#endif
