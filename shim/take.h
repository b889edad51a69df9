/* Taking the GIL for a while, with a bound on the wait. */
#ifndef GILWATCH_TAKE_H
#define GILWATCH_TAKE_H

#include <pthread.h>
#include <stdint.h>
#include <time.h>

#include "journal.h"

/* gw_take attaches a state of this thread's, or with 0 the one that PyGILState_Ensure
 * makes. *ensured is what gw_give has to know. Otherwise the reason why not: nothing has
 * changed then. */
enum gw_declined gw_take(uintptr_t tstate, int32_t *ensured);

/* gw_give undoes gw_take. */
void gw_give(int32_t ensured);

/* These stand in the interpreter's own slots. */
int gw_cond_timedwait(pthread_cond_t *cond, pthread_mutex_t *mutex, const struct timespec *end);
_Noreturn void gw_pthread_exit(void *result);

#endif
