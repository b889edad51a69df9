/* The recorded calls that this thread is in: what happens inside one is its consequence,
 * and is not told a second time by another sensor. */
#ifndef GILWATCH_INCALL_H
#define GILWATCH_INCALL_H

#include <stdint.h>

#include "thread.h"

/* gw_call_note: a violation of the call whose return address stands at `at` was
 * recorded. `path` is 0, or tells what led from there to an allocator (entry.h). Calls
 * that began below have returned. */
void gw_call_note(uintptr_t at, uint64_t path);

/* gw_call_standing is the innermost recorded call at or above `sp` whose return address
 * stands where it stood; NULL if there is none. That it stands is no proof: old words
 * lie in the frames of later functions. */
const struct gw_call *gw_call_standing(uintptr_t sp);

#endif
