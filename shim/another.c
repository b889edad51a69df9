#include "sys.h"

#include <fcntl.h>
#include <link.h>

#include "another.h"
#include "object.h"
#include "preload.h"
#include "session.h"

#define SHIM     "/libgilwatch.so"
#define SETTINGS "/settings"

/* Is the file of that name, of n bytes, another session's shim? What a session leaves behind
 * for its last processes has no settings, and is asleep. */
static bool is_another(const char *name, size_t n) {
    char settings[GW_PATH_MAX];
    size_t folder = n < sizeof SHIM ? 0 : n - (sizeof SHIM - 1);
    if (!folder || folder + sizeof SETTINGS > GW_PATH_MAX || !gw_has_prefix(name + folder, SHIM) ||
        gw_preload_is_shim(name, n)) {
        return false;
    }
    gw_copy(settings, name, folder);
    gw_copy(settings + folder, SETTINGS, sizeof SETTINGS);
    return GW_SYS(faccessat, AT_FDCWD, settings, F_OK, 0) == 0;
}

bool gw_another_in(const char *list) {
    for (size_t n; *list; list += n + (list[n] != 0)) {
        n = gw_preload_name(list);
        if (is_another(list, n)) {
            return true;
        }
    }
    return false;
}

struct search {
    bool own;   /* it has been passed */
    bool found; /* another stands behind it */
};

/* The dynamic loader lists what is preloaded in the order of LD_PRELOAD. */
static int look_at(struct dl_phdr_info *info, size_t size, void *context) {
    struct search *search = context;
    struct gw_object object;
    (void)size;
    if (!gw_object_read(&object, info)) {
        return 0;
    }
    if (gw_object_contains(&object, (uintptr_t)gw_session_shim)) {
        search->own = true;
        return 0;
    }
    search->found = search->own && is_another(object.name, gw_length(object.name));
    return search->found;
}

bool gw_another_loaded(void) {
    struct search search = {false, false};
    dl_iterate_phdr(look_at, &search);
    return search.found;
}
