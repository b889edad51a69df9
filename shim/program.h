/* Can a program take the shim? A dynamic loader that cannot load what LD_PRELOAD names
 * complains on the program's stderr (glibc, of another ELF class) or ends it (musl). */
#ifndef GILWATCH_PROGRAM_H
#define GILWATCH_PROGRAM_H

/* gw_program_refuses looks at the file that would be executed, through `#!` lines, and
 * returns a static text that says why it cannot take the shim, or NULL: it can, or it
 * cannot be read, and then the kernel will say so. */
const char *gw_program_refuses(const char *path);

#endif
