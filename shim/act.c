#include "sys.h"

#include <signal.h>
#include <stdlib.h>

#include "acquire.h"
#include "act.h"
#include "interpreter.h"
#include "journal_file.h"
#include "session.h"

static void raise_here(int signal) {
    int pid = (int)GW_SYS(getpid, 0, 0, 0, 0), tid = (int)GW_SYS(gettid, 0, 0, 0, 0);
    GW_SYS(tgkill, pid, tid, signal, 0);
}

/* To this thread: it stops before the system call returns, and the whole process with it
 * (kernel/signal.c, do_signal_stop). Sent to the process, another thread could take the
 * signal while this one makes the call. */
static void stop(void) {
    raise_here(SIGSTOP);
}

static enum gw_declined acquire(uint32_t function, const struct gw_violation_entry *e,
                                struct gw_frame *frame) {
    const struct gw_function *f = &gw_functions[function];
    if (e->kind != GW_KIND_GIL_NOT_HELD) {
        return GW_DECLINED_KIND;
    }
    if (f->macro) {
        return GW_DECLINED_MACRO;
    }
    if (f->no_acquire || f->event) {
        return GW_DECLINED_FUNCTION;
    }
    if (e->handler) {
        return GW_DECLINED_HANDLER;
    }
    if ((int32_t)GW_SYS(getpid, 0, 0, 0, 0) != gw_journal->pid) {
        return GW_DECLINED_VFORK;
    }
    return gw_acquire(frame, e->sensor == GW_SENSOR_CALLS);
}

void *gw_act(uint32_t function, struct gw_recorded found, struct gw_frame *frame) {
    struct gw_violation_entry *e = found.entry;
    if (!e) {
        return NULL;
    }
    enum gw_declined declined = GW_DECLINED_NOT;
    switch ((enum gw_action)gw_settings.action) {
    case GW_ACTION_ACQUIRE:
        declined = acquire(function, e, frame);
        break;
    case GW_ACTION_STOP:
        if (gw_record_spared(found) || !found.is_new) {
            return NULL;
        }
        __atomic_add_fetch(&e->acted, 1, __ATOMIC_RELAXED);
        stop();
        return NULL;
    case GW_ACTION_ABORT:
        if (gw_record_spared(found)) {
            return NULL;
        }
        __atomic_add_fetch(&e->acted, 1, __ATOMIC_RELAXED);
        return (void *)abort;
    default:
        return NULL;
    }
    if (declined) {
        e->why = declined;
        __atomic_add_fetch(&e->declined, 1, __ATOMIC_RELAXED);
    } else {
        __atomic_add_fetch(&e->acted, 1, __ATOMIC_RELAXED);
    }
    return NULL;
}
