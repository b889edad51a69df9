#include "sys.h"

#include <pthread.h>

#include "fork.h"
#include "journal_file.h"
#include "process.h"
#include "record.h"
#include "thread.h"
#include "watch.h"

/* The lock is held over the fork, so that the child finds the tables whole. */
static void before(void) {
    gw_watch_lock();
}

static void in_parent(void) {
    gw_watch_unlock();
}

static void in_child(void) {
    gw_watch_unlock(); /* the lock's owner has another tid here, but it is this thread */
    if (gw_journal) {
        gw_fork_child();
    }
}

void gw_fork_register(void) {
    static bool registered;
    if (!registered) {
        registered = true;
        pthread_atfork(before, in_parent, in_child);
    }
}

void gw_fork_child(void) {
    gw_journal_abandon();
    gw_stacks_forget();
    gw_thread_forget();
    gw_process_begin();
    if (gw_journal) {
        gw_watch_journal();
    }
}
