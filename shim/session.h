/* The session folder: where the shim lies, and beside it settings, bell and journals. */
#ifndef GILWATCH_SESSION_H
#define GILWATCH_SESSION_H

#include <stdbool.h>
#include <stdint.h>

#include "journal.h"

#define GW_PATH_MAX 1024

extern char gw_session_folder[GW_PATH_MAX];
extern char gw_session_shim[GW_PATH_MAX]; /* the file we were loaded from */
extern struct gw_settings gw_settings;

/* gw_session_open finds the folder that the shim was loaded from and reads the
 * settings. False: the shim was preloaded from somewhere else, and stays asleep. */
bool gw_session_open(void);

/* gw_session_path writes FOLDER/name; false if it is too long. */
bool gw_session_path(char path[GW_PATH_MAX], const char *name);

/* gw_session_lasts is false when the session was closed, and its folder left behind for
 * processes that name the shim. */
bool gw_session_lasts(void);

/* gw_bell_ring tells the collector something. False: nobody listens. */
bool gw_bell_ring(enum gw_bell_type type, uint64_t entry);

/* gw_bell_is_heard is false when the collector has gone. */
bool gw_bell_is_heard(void);

#endif
