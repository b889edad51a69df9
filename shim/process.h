/* What the journal says of this process as a whole. */
#ifndef GILWATCH_PROCESS_H
#define GILWATCH_PROCESS_H

/* gw_process_begin makes the journal of a process with an interpreter and tells the
 * collector. Without a journal the shim switches itself off. */
void gw_process_begin(void);

/* gw_process_describe fills the header of a journal just made and tells the collector. */
void gw_process_describe(void);

/* gw_process_off stops watching and notes why the process is not watched, or no longer. */
void gw_process_off(const char *reason);

#endif
