/* Is this memory the calling thread's own stack? That stays mapped as long as the thread
 * runs; a coroutine's may be gone or shrunk when the same stack pointer is met again. */
#ifndef GILWATCH_STACK_H
#define GILWATCH_STACK_H

#include <stdbool.h>
#include <stdint.h>

/* gw_stack_begin remembers where the main thread's stack ends; called at load. */
void gw_stack_begin(void);

/* gw_stack_is_own tells whether [low, high) is part of this thread's own stack. The first
 * question costs a system call for each page, later ones two compares; on a coroutine's stack
 * each may cost as much as the first. */
bool gw_stack_is_own(uintptr_t low, uintptr_t high);

/* gw_stack_is_known tells whether that was found out before. */
bool gw_stack_is_known(uintptr_t low, uintptr_t high);

#endif
