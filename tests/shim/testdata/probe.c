/* Loaded into an interpreter by ctypes: what the decoded getter says, beside the getter. */
#include <dlfcn.h>
#include <stdint.h>
#include <stdio.h>

#include "object.h"
#include "oracle.h"

static uintptr_t (*getter)(void);
static uintptr_t *location;
static const char *form_names[] = {"unknown", "global", "tp-offset", "tls-index"};

/* The TLS block of the object that the getter lies in. */
static int find_block(struct dl_phdr_info *info, size_t size, void *block) {
    struct gw_object object;
    if (!gw_object_read(&object, info) || !gw_object_contains(&object, (uintptr_t)getter)) {
        return 0;
    }
    *(char **)block = object.tls;
    return 1;
}

/* probe_open finds where the current state stands for this thread; the form's name. */
__attribute__((visibility("default"))) const char *probe_open(void);
const char *probe_open(void) {
    void *symbol = dlsym(RTLD_DEFAULT, "PyThreadState_GetUnchecked");
    if (!symbol) {
        symbol = dlsym(RTLD_DEFAULT, "_PyThreadState_UncheckedGet");
    }
    intptr_t value = 0;
    char *block = NULL;
    if (!symbol) {
        return "no getter";
    }
    getter = (uintptr_t(*)(void))symbol;
    enum gw_getter_form form = gw_getter_decode(symbol, &value);
    if (form == GW_GETTER_GLOBAL) {
        location = (uintptr_t *)value;
    } else if (form == GW_GETTER_TP_OFFSET) {
        location = (uintptr_t *)((char *)__builtin_thread_pointer() + value);
    } else if (form == GW_GETTER_TLS_INDEX && dl_iterate_phdr(find_block, &block) && block) {
        location = (uintptr_t *)(block + value);
    }
    return location ? form_names[form] : "no location";
}

/* What the location holds, and what the getter returns. */
__attribute__((visibility("default"))) uintptr_t probe_located(void);
uintptr_t probe_located(void) {
    return *(volatile uintptr_t *)location;
}

__attribute__((visibility("default"))) uintptr_t probe_got(void);
uintptr_t probe_got(void) {
    return getter();
}
