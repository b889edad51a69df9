/* The Go runtime in the shim: put to sleep when the library is loaded, woken only where
 * a violation finds no collector. */
#ifndef GILWATCH_AWAKE_H
#define GILWATCH_AWAKE_H

#include <stdbool.h>

/* gw_awake_collector starts the runtime and the embedded collector, once in a process;
 * true when the collector is listening. */
bool gw_awake_collector(void);

/* gw_awake_here tells whether the runtime runs in this very process. */
bool gw_awake_here(void);

/* gw_awake_finish lets the embedded collector say its last word, at exit. */
void gw_awake_finish(void);

#endif
