/* The variable LD_PRELOAD, as programs hand it on. */
#ifndef GILWATCH_PRELOAD_H
#define GILWATCH_PRELOAD_H

#include <stdbool.h>
#include <stddef.h>

#define GW_PRELOAD     "LD_PRELOAD="
#define GW_PRELOAD_MAX 4096

/* gw_preload_name is the length of the name that such a list begins with: names are separated
 * by colons or blanks. */
static inline size_t gw_preload_name(const char *list) {
    size_t n = 0;
    while (list[n] && list[n] != ':' && list[n] != ' ') {
        n++;
    }
    return n;
}

/* gw_preload_is_shim tells whether a name of n bytes is the shim's. */
bool gw_preload_is_shim(const char *name, size_t n);

/* gw_preload_in returns the list of the last LD_PRELOAD, which is the one that holds for
 * the loader (elf/rtld.c, process_envvars); "" is none. */
const char *gw_preload_in(char *const envp[]);

/* gw_preload_names_shim tells whether the shim stands in such a list. */
bool gw_preload_names_shim(const char *list);

/* gw_preload_write writes the variable, name and all, with the shim behind what the list
 * names, or without the shim that it names. False: there is no room. */
bool gw_preload_write(char value[GW_PRELOAD_MAX], const char *had, bool with);

#endif
