/* Programs that are started without the shim: they are named in the report. */
#ifndef GILWATCH_CHILD_H
#define GILWATCH_CHILD_H

#include <stdint.h>

/* gw_child_note keeps that the process goes on, or goes wrong, as a program that cannot be
 * watched, and why. It may be this process itself, before its exec; the reason "" takes that
 * back when the exec has failed. */
void gw_child_note(int32_t pid, const char *path, const char *reason);

#endif
