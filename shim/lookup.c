#include "sys.h"

#include <dlfcn.h>
#include <errno.h>

#include "interpreter.h"
#include "lookup.h"
#include "watch.h"

void *gw_lookup_real = (void *)dlsym;
void *gw_lookup_real_dlopen = (void *)dlopen;
uint32_t gw_lookup_opened;

/* A gate for what the caller would have been given. Only RTLD_NEXT depends on who asks
 * to the point that asking in the caller's place could find another function; a name
 * that is not found is asked for again by the caller, so that dlerror() tells of it. */
static void *gate_for(void *handle, const char *name) {
    uint32_t gate = gw_interpreter_gate(name);
    if (gate == GW_NO_GATE || gw_functions[gate].identity || handle == RTLD_NEXT) {
        return NULL;
    }
    void *found = ((void *(*)(void *, const char *))gw_lookup_real)(handle, name);
    return found == gw_gate_target[gate] ? gw_gate_of(gate) : NULL;
}

void *gw_lookup_enter(void *handle, const char *name) {
    int saved = errno;
    void *answer = NULL;
    if (name && !gw_watch_off) {
        if (gw_has_prefix(name, "PyInit_") || gw_has_prefix(name, "PyInitU_")) {
            gw_watch_refresh();
        } else {
            gw_watch_catch_up();
        }
        if (name[0] == 'P' || name[0] == '_') {
            answer = gate_for(handle, name);
        }
    }
    errno = saved;
    return answer;
}
