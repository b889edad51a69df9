/* Where the shim begins and ends in a process. */
#include "sys.h"

#include "another.h"
#include "awake.h"
#include "clock.h"
#include "fork.h"
#include "journal_file.h"
#include "mark.h"
#include "session.h"
#include "stack.h"
#include "test.h"
#include "watch.h"

/* Priority 102: behind the one that puts the Go runtime to sleep. Everything the program
 * was linked with is mapped and relocated by now; nothing of Python has run. */
__attribute__((constructor(102))) static void start(void) {
    if (!gw_session_open() || gw_another_loaded()) {
        return;
    }
    gw_stack_begin();
    gw_mark_begin();
    gw_test_begin();
    gw_watch_begin();
    gw_fork_register();
}

/* Runs at exit(), not at _exit() or a death by signal. A child that shares its parent's
 * journal does not end the parent. */
__attribute__((destructor)) static void end(void) {
    if (!gw_journal || !gw_journal_ours() || gw_journal->pid != GW_SYS(getpid, 0, 0, 0, 0)) {
        return;
    }
    gw_journal->ended = gw_now(CLOCK_REALTIME);
    if (gw_awake_here()) {
        gw_awake_finish();
    }
}
