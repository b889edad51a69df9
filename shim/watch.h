/* Keeping the GOT slots of every loaded object under watch, whatever is loaded,
 * unloaded or overwritten while the program runs. */
#ifndef GILWATCH_WATCH_H
#define GILWATCH_WATCH_H

#include <stdbool.h>
#include <stdint.h>

/* The shim has switched itself off: gates let every call pass. */
extern volatile uint32_t gw_watch_off;

/* The interpreter has been seen initialized: later "not initialized" is finalization. */
extern volatile uint32_t gw_watch_was_initialized;

/* gw_watch_begin looks at what the program was linked with, before it runs. */
void gw_watch_begin(void);

/* gw_watch_refresh looks at every loaded object: new ones are taken under watch, those
 * gone are forgotten, slots that were overwritten with the interpreter's address get
 * their gates back. */
void gw_watch_refresh(void);

/* gw_watch_catch_up does the same if objects were loaded or unloaded since. */
void gw_watch_catch_up(void);

/* gw_watch_forked: this is a forked child. */
void gw_watch_forked(void);

/* gw_watch_journal writes what is known into a journal just made. */
void gw_watch_journal(void);

#endif
