/* PyEval_RestoreThread and PyGILState_Ensure wait for the GIL without a limit. All of
 * 3.8 to 3.13 wait in one place, take_gil (Python/ceval_gil.h, ceval_gil.c): a loop
 * around pthread_cond_timedwait, of five milliseconds a turn. That call goes through the
 * interpreter's own PLT, whose slot is hooked: there a take whose time is up is left, as
 * by a longjmp. Before that loop take_gil and its callers have changed nothing but the
 * mutex, which the hook has as an argument, and a new state that PyGILState_Ensure made,
 * which then is this thread's as if it had been attached once.
 *
 * Polling the lock from outside is no substitute: another thread may take it between the
 * look and the call, and then wait for this thread for ever. */
#include "sys.h"

#include <errno.h>
#include <signal.h>

#include "acquire.h"
#include "clock.h"
#include "gate.h"
#include "interpreter.h"
#include "session.h"
#include "take.h"
#include "thread.h"

#define TURN_NS 5000000ull

/* After so many takes in a row that came to nothing the wait is not halved again. */
#define LEAST_PATIENCE 8

typedef void *state_of(void *interpreter);

static void *function(const char *name) {
    return gw_object_address(&gw_interpreter.object, name);
}

static bool finalizing(void) {
    return gw_interpreter.is_finalizing && gw_interpreter.is_finalizing();
}

/* Takes the GIL once, as any thread does, and gives it up. A holder that was asked for it
 * stays in drop_gil until somebody has taken it (FORCE_SWITCHING): the thread that asked
 * and went away must leave a substitute. With a GIL of its own the interpreter of the
 * state wants one there. */
static void *substitute(void *interpreter) {
    void *new_state = function("PyThreadState_New"), *clear = function("PyThreadState_Clear"),
         *delete = function("PyThreadState_DeleteCurrent");
    if (interpreter && new_state && clear && delete) {
        void *tstate = ((void *(*)(void *))new_state)(interpreter);
        if (tstate) {
            ((void (*)(void *))gw_gate_target[GW_LIGHT_RESTORE])(tstate);
            ((void (*)(void *))clear)(tstate);
            ((void (*)(void)) delete)();
        }
        return NULL;
    }
    int32_t was = ((int32_t(*)(void))gw_gate_target[GW_LIGHT_ENSURE])();
    ((void (*)(int32_t))gw_gate_target[GW_LIGHT_ENSURE_RELEASE])(was);
    return NULL;
}

static void leave_substitute(uintptr_t tstate) {
    void *(*interpreter_of)(void *) =
        (void *(*)(void *))function("PyThreadState_GetInterpreter"); /* from 3.9 on */
    void *interpreter = NULL;
    if (tstate && interpreter_of && gw_interpreter.minor >= 12) {
        interpreter = interpreter_of((void *)tstate);
    }
    uint64_t all = ~0ull, had;
    gw_sys6(SYS_rt_sigprocmask, SIG_SETMASK, (long)&all, (long)&had, sizeof all, 0, 0);
    pthread_t thread;
    if (pthread_create(&thread, NULL, substitute, interpreter) == 0) {
        (void)pthread_detach(thread);
    }
    gw_sys6(SYS_rt_sigprocmask, SIG_SETMASK, (long)&had, 0, sizeof had, 0, 0);
}

int gw_cond_timedwait(pthread_cond_t *cond, pthread_mutex_t *mutex, const struct timespec *end) {
    struct gw_attempt *attempt = gw_thread.attempt;
    if (!attempt) {
        return pthread_cond_timedwait(cond, mutex, end);
    }
    uint64_t now = gw_now(CLOCK_MONOTONIC);
    if (now >= attempt->end || finalizing()) {
        (void)pthread_mutex_unlock(mutex);
        attempt->why = now >= attempt->end ? GW_DECLINED_BUSY : GW_DECLINED_FINALIZING;
        gw_attempt_abandon(attempt);
    }
    uint64_t turn = attempt->end - now < TURN_NS ? attempt->end : now + TURN_NS;
    struct timespec limit = {(time_t)(turn / 1000000000), (long)(turn % 1000000000)};
    return pthread_cond_clockwait(cond, mutex, CLOCK_MONOTONIC, &limit);
}

/* Up to 3.13 take_gil ends a thread that may not attach any more: plain running would
 * have let it go on. */
void gw_pthread_exit(void *result) {
    struct gw_attempt *attempt = gw_thread.attempt;
    if (attempt) {
        attempt->why = GW_DECLINED_FINALIZING;
        gw_attempt_abandon(attempt);
    }
    pthread_exit(result);
}

/* Where takes have come to nothing, each next one in this thread waits half as long: a
 * program that calls a thousand times is not to stand for an hour. */
static uint64_t end_of_wait(void) {
    return gw_now(CLOCK_MONOTONIC) + (gw_settings.acquire_ms * 1000000ull >> gw_thread.patience);
}

enum gw_declined gw_take(uintptr_t tstate, int32_t *ensured) {
    if (gw_interpreter.minor >= 14 && finalizing()) {
        return GW_DECLINED_FINALIZING; /* the thread would be made to sleep for ever */
    }
    struct gw_attempt attempt = {.end = end_of_wait(), .why = GW_DECLINED_BUSY};
    uint32_t by = tstate ? GW_LIGHT_RESTORE : GW_LIGHT_ENSURE;
    gw_thread.attempt = &attempt;
    int abandoned = gw_attempt_run(&attempt, gw_gate_target[by], (void *)tstate);
    gw_thread.attempt = NULL;
    if (!abandoned) {
        gw_thread.patience = 0;
        *ensured = tstate ? -1 : (int32_t)attempt.result;
        return GW_DECLINED_NOT;
    }
    if (attempt.why == GW_DECLINED_BUSY) {
        gw_thread.patience += gw_thread.patience < LEAST_PATIENCE;
        leave_substitute(tstate);
    }
    return attempt.why;
}

void gw_give(int32_t ensured) {
    if (ensured < 0) {
        (void)((void *(*)(void))gw_gate_target[GW_LIGHT_SAVE])();
    } else {
        ((void (*)(int32_t))gw_gate_target[GW_LIGHT_ENSURE_RELEASE])(ensured);
    }
}
