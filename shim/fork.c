#include "sys.h"

#include <pthread.h>

#include "acquire.h"
#include "birth.h"
#include "fork.h"
#include "journal_file.h"
#include "lock.h"
#include "process.h"
#include "record.h"
#include "test.h"
#include "thread.h"
#include "unwind.h"
#include "watch.h"

/* The lock is held over the fork, so that the child finds the tables whole. A signal
 * handler that forks while its own thread holds the lock leaves it to the interrupted
 * pass, which goes on in the child too. */
static __thread bool taken __attribute__((tls_model("initial-exec")));

static void before(void) {
    taken = !gw_locked_here();
    if (taken) {
        gw_lock();
    }
}

static void in_parent(void) {
    if (taken) {
        gw_unlock();
    }
}

static void in_child(void) {
    if (taken) {
        gw_unlock();
    } else {
        gw_lock_adopt();
    }
    gw_watch_forked();
    gw_walk_forget();
    gw_acquire_forked();
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

/* A child that cannot make a journal (it has changed its user or root, or has no
 * descriptor left) goes on in its parent's, which it shares: entries carry the pid. */
void gw_fork_child(void) {
    gw_birth_forked();
    if (gw_journal_renew()) {
        gw_stacks_forget();
        gw_thread_forget();
        gw_test_forked();
        gw_process_describe();
        gw_watch_journal();
    }
}
