/* The functions outside of the C API whose slots are hooked: dlsym, the exec and spawn
 * family, pthread_create. */
#ifndef GILWATCH_HOOKS_H
#define GILWATCH_HOOKS_H

#include <stdint.h>

struct gw_hook {
    const char *name;
    void *real;
    void *hook;
};

/* Ended by an entry without a name. */
extern const struct gw_hook gw_hooks[];

#endif
