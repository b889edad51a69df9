/* The functions outside of the C API whose slots are hooked: dlsym, the exec and spawn
 * family, pthread_create, the functions that change the environment; where the GIL is
 * acquired for a violating call, also the wait for it, and what leaves such a call without a
 * return. */
#ifndef GILWATCH_HOOKS_H
#define GILWATCH_HOOKS_H

#include <stdbool.h>
#include <stdint.h>

/* Where a hook is needed. */
enum gw_hook_place {
    GW_HOOK_EVERYWHERE = 0,
    GW_HOOK_ACQUIRING,   /* with GW_ACTION_ACQUIRE */
    GW_HOOK_INTERPRETER, /* the same, and only in the interpreter's own slots */
};

struct gw_hook {
    const char *name;
    void *real;
    void *hook;
    enum gw_hook_place place;
};

/* Ended by an entry without a name. */
extern const struct gw_hook gw_hooks[];

/* gw_hook_for is the index of a name's hook in gw_hooks, or -1. */
int gw_hook_for(const char *name, bool interpreter);

#endif
