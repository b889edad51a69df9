/* A forked child is a process of its own: it gets its own journal. */
#ifndef GILWATCH_FORK_H
#define GILWATCH_FORK_H

/* gw_fork_register installs the pthread_atfork handlers, once. */
void gw_fork_register(void);

/* gw_fork_child gives this process, a forked child, its own journal. */
void gw_fork_child(void);

#endif
