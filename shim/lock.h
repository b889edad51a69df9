/* The lock of what watch.c keeps: the tables of objects and slots. Not pthread's: a
 * signal handler that looks a symbol up while its own thread holds the lock must be told
 * so, not deadlock. */
#ifndef GILWATCH_LOCK_H
#define GILWATCH_LOCK_H

#include <stdbool.h>

void gw_lock(void);
void gw_unlock(void);

/* gw_locked_here tells whether the calling thread holds the lock. */
bool gw_locked_here(void);

/* gw_lock_adopt gives the lock that the calling thread held before a fork to the same
 * thread in the child, where it has another tid. */
void gw_lock_adopt(void);

#endif
