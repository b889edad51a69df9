/* Shims of other sessions: `gilwatch run` below `gilwatch run`, or below `gilwatch env`. Two in
 * one process would each take the other's calls for the program's. So a process belongs to
 * one session: the one that was put in front of it last. */
#ifndef GILWATCH_ANOTHER_H
#define GILWATCH_ANOTHER_H

#include <stdbool.h>

/* gw_another_in tells whether a list as in LD_PRELOAD names the shim of another session that
 * has not ended. */
bool gw_another_in(const char *list);

/* gw_another_loaded tells whether such a shim was loaded behind this one. gilwatch puts its
 * own behind what stands in LD_PRELOAD. */
bool gw_another_loaded(void);

#endif
