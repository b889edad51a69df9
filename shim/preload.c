#include "sys.h"

#include "preload.h"
#include "session.h"

bool gw_preload_is_shim(const char *name, size_t n) {
    return gw_length(gw_session_shim) == n && gw_has_prefix(name, gw_session_shim);
}

/* Where the shim's path stands in a list; NULL: nowhere. */
static const char *find_shim(const char *list) {
    for (size_t n; *list; list += n + (list[n] != 0)) {
        n = gw_preload_name(list);
        if (gw_preload_is_shim(list, n)) {
            return list;
        }
    }
    return NULL;
}

bool gw_preload_names_shim(const char *list) {
    return find_shim(list) != NULL;
}

const char *gw_preload_in(char *const envp[]) {
    const char *had = "";
    for (size_t i = 0; envp && envp[i]; i++) {
        if (gw_has_prefix(envp[i], GW_PRELOAD)) {
            had = envp[i] + sizeof GW_PRELOAD - 1;
        }
    }
    return had;
}

bool gw_preload_write(char value[GW_PRELOAD_MAX], const char *had, bool with) {
    size_t shim = gw_length(gw_session_shim), len = gw_length(had);
    const char *at = find_shim(had);
    if (len + shim + sizeof GW_PRELOAD + 1 > GW_PRELOAD_MAX) {
        return false;
    }
    gw_copy(value, GW_PRELOAD, sizeof GW_PRELOAD - 1);
    char *to = value + sizeof GW_PRELOAD - 1;
    if (with) {
        gw_copy(to, had, len);
        to += len;
        if (len) {
            *to++ = ':';
        }
        gw_copy(to, gw_session_shim, shim + 1);
        return true;
    }
    size_t before = (size_t)(at - had), after = len - before - shim;
    gw_copy(to, had, before);
    gw_copy(to + before, at + shim, after + 1);
    return true;
}
