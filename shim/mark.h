/* The marks: for each thread that has violated, its last violating call and whether that
 * was seen to return. They tell which call a process died in. */
#ifndef GILWATCH_MARK_H
#define GILWATCH_MARK_H

#include <stdint.h>

#include "journal.h"

/* gw_mark_begin prepares for threads that end; called once, at load. */
void gw_mark_begin(void);

/* gw_mark_open marks a violating call of this thread. */
void gw_mark_open(uint64_t entry, uint64_t sequence);

/* gw_mark_close: this thread's last violating call, if any, has returned. */
void gw_mark_close(void);

#endif
