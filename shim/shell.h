/* system and popen as the watched program sees them. libc starts the shell itself, past
 * every slot, with the environment as it stands. Where the program took the shim out of
 * that, the shell is told to put it back for what it starts: the environment is the
 * program's, and other threads may be reading it. The signatures are libc's. */
#ifndef GILWATCH_SHELL_H
#define GILWATCH_SHELL_H

#include <stdio.h>

int gw_system(const char *command);
FILE *gw_popen(const char *command, const char *mode);

#endif
