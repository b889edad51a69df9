/* dlsym as the watched program sees it. CPython looks PyInit_* up after it has mapped a
 * module and before it runs it (Python/dynload_shlib.c): the moment to patch it. And a
 * C-API function that ctypes, cffi or a Rust crate asks for by name gets its gate. */
#ifndef GILWATCH_LOOKUP_H
#define GILWATCH_LOOKUP_H

#include <stdint.h>

/* The real dlsym; the assembly jumps there. */
extern void *gw_lookup_real;

/* gw_lookup_dlsym stands in dlsym's slots (gate_amd64.S). */
void *gw_lookup_dlsym(void *handle, const char *name);

/* gw_lookup_dlopen stands in dlopen's slots: it notes that dlopen was called and jumps
 * there, since a frame of ours would change whose $ORIGIN and RUNPATH hold. */
void *gw_lookup_dlopen(const char *file, int mode);
extern void *gw_lookup_real_dlopen;
extern uint32_t gw_lookup_opened;

/* gw_lookup_enter returns the answer to give, or NULL: ask the real dlsym. */
void *gw_lookup_enter(void *handle, const char *name);

#endif
