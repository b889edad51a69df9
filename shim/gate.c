/* The slow way of a gate: what the quick check could not decide. */
#include "sys.h"

#include "act.h"
#include "alloc.h"
#include "gate.h"
#include "holder.h"
#include "incall.h"
#include "interpreter.h"
#include "judge.h"
#include "mark.h"
#include "memory.h"
#include "oracle.h"
#include "rules.h"
#include "stack.h"
#include "thread.h"
#include "watch.h"

/* The light gates read a stack's words up to the end of their page. Where the stack ends before,
 * as a coroutine's may that lies in a block of malloc's, valgrind holds that for a mistake. */
void *gw_gate_of(uint32_t function) {
    size_t at = (size_t)function * GW_GATE_SIZE;
    bool light = function < GW_LIGHT_GATES && !gw_valgrind();
    if (gw_oracle_kind == GW_ORACLE_GETTER || (gw_functions[function].event && !light)) {
        return gw_gates_slow + at;
    }
    if (light) {
        char *table = gw_oracle_kind == GW_ORACLE_TLS ? gw_light_tls : gw_light_global;
        return table + (size_t)function * GW_LIGHT_SIZE;
    }
    return (gw_oracle_kind == GW_ORACLE_TLS ? gw_gates_tls : gw_gates_global) + at;
}

static bool in_table(uintptr_t address, const char *table, size_t size) {
    return address - (uintptr_t)table < size;
}

bool gw_gate_contains(uintptr_t address) {
    size_t gates = (size_t)GW_GATES * GW_GATE_SIZE, light = GW_LIGHT_GATES * GW_LIGHT_SIZE;
    return in_table(address, gw_gates_tls, gates) || in_table(address, gw_gates_global, gates) ||
           in_table(address, gw_gates_slow, gates) || in_table(address, gw_light_tls, light) ||
           in_table(address, gw_light_global, light);
}

enum gw_kind gw_judge(const struct gw_function *f, enum gw_attached attached) {
    bool global = gw_interpreter.minor <= 11;
    if (f->legal == GW_LEGAL_ALWAYS) {
        return 0;
    }
    /* Up to 3.11 such a thread still holds the GIL, with no state. From 3.12 on it does
     * not, but CPython's own callers go on the same way. */
    if (f->legal == GW_LEGAL_AFTER_SWAP && gw_thread.swapped) {
        return 0;
    }
    if (!gw_interpreter.is_initialized()) {
        if (f->legal == GW_LEGAL_BEFORE_INIT) {
            return 0;
        }
        return gw_watch_was_initialized ? GW_KIND_AFTER_FINALIZE : GW_KIND_BEFORE_INIT;
    }
    /* Giving up the state of the thread that does hold the GIL. */
    bool releases = f->event == GW_EVENT_SAVE || f->event == GW_EVENT_RELEASE ||
                    f->event == GW_EVENT_ENSURE_RELEASE || f->event == GW_EVENT_DELETE_CURRENT;
    return global && releases && attached == GW_OTHER_ATTACHED ? GW_KIND_NOT_ATTACHED_HERE
                                                               : GW_KIND_GIL_NOT_HELD;
}

/* Is it this thread's own stack, as far as is known at little cost? To find out may take a
 * coroutine a system call for each page of 64 MiB: that is done once. */
static bool is_own(uintptr_t low, uintptr_t high) {
    if (gw_stack_is_known(low, high)) {
        return true;
    }
    if (!gw_thread.strange) {
        gw_thread.strange = !gw_stack_is_own(low, high);
    }
    return gw_stack_is_known(low, high);
}

/* How many words from sp on can be read, up to those that are kept: a stack may end in less. */
static uint32_t words_at(uintptr_t sp) {
    struct gw_memory memory = {.next = 0};
    uint32_t here = (uint32_t)(GW_PAGE - sp % GW_PAGE) / sizeof(uint64_t);
    if (here >= GW_RELEASE_WORDS || is_own(sp, sp + GW_RELEASE_KEPT) ||
        gw_memory_has(&memory, sp + GW_RELEASE_KEPT - 1, 1)) {
        return GW_RELEASE_WORDS;
    }
    return here;
}

/* What KEEP_RELEASE does in assembly, for any stack. */
static void keep(struct gw_release *release, const struct gw_frame *frame) {
    uint32_t n = words_at(frame->sp);
    release->sp = frame->sp;
    release->rbp = frame->rbp;
    release->word[0] = *(const uint64_t *)frame->sp;
    for (uint32_t i = 1; i < GW_RELEASE_WORDS; i++) {
        release->word[i] = 0;
    }
    gw_memory_copy(release->word + 1, frame->sp + sizeof(uint64_t), (n - 1) * sizeof(uint64_t));
}

/* Keeps the site where this thread gives its state up; `own`: what is known then. Up to
 * 3.11 only this tells which state it was, if no gate has seen it attached. */
static void released(const struct gw_frame *frame, uintptr_t own) {
    if (gw_interpreter.minor <= 11 && own == GW_OWN_GIVEN_UP && gw_oracle_ask() == GW_ATTACHED) {
        gw_thread.home = gw_oracle_read();
        gw_holder_note(gw_thread.home);
    }
    uint32_t depth = ++gw_thread.depth;
    gw_thread.inner.word[0] = 0;
    keep(&gw_thread.released[depth & (GW_RELEASED_RING - 1)], frame);
    gw_thread.own = own;
}

static void attached(uintptr_t tstate) {
    if ((int32_t)gw_thread.depth > 0) {
        gw_thread.released[gw_thread.depth-- & (GW_RELEASED_RING - 1)].word[0] = 0;
    }
    gw_thread.own = tstate;
    gw_thread.swapped = 0;
    if (tstate != GW_OWN_UNKNOWN) {
        gw_thread.home = tstate;
        gw_holder_note(tstate);
    }
}

/* A state goes: it is no more what this thread gave up, or has had. */
static void deleted(uintptr_t tstate) {
    if (gw_thread.home == tstate) {
        gw_thread.home = 0;
        gw_thread.own = GW_OWN_UNKNOWN;
    }
}

/* The light gates do the same in assembly, when they need not come here. */
static void note_event(enum gw_event event, const struct gw_frame *frame) {
    switch (event) {
    case GW_EVENT_NONE:
        break;
    case GW_EVENT_SAVE:
    case GW_EVENT_RELEASE:
        released(frame, GW_OWN_GIVEN_UP);
        break;
    case GW_EVENT_RESTORE:
        attached(frame->rdi);
        break;
    case GW_EVENT_ENSURE:
        break; /* which state it will be is not told */
    case GW_EVENT_ENSURE_RELEASE:
        if ((uint32_t)frame->rdi == 0) {
            break; /* PyGILState_LOCKED: attached before, attached after */
        }
        keep((int32_t)gw_thread.depth > 0
                 ? &gw_thread.inner
                 : &gw_thread.released[gw_thread.depth & (GW_RELEASED_RING - 1)],
             frame);
        gw_thread.own = GW_OWN_UNKNOWN;
        break;
    case GW_EVENT_SWAP:
        if (frame->rdi) {
            attached(frame->rdi);
        } else {
            released(frame, GW_OWN_GIVEN_UP);
            gw_thread.swapped = 1;
        }
        break;
    /* These run destructors, attached, before they give the state up. */
    case GW_EVENT_END_INTERPRETER:
        released(frame, GW_OWN_UNKNOWN);
        gw_thread.swapped = 1;
        gw_thread.home = 0;
        break;
    case GW_EVENT_DELETE_CURRENT:
        released(frame, GW_OWN_UNKNOWN);
        gw_thread.home = 0;
        break;
    case GW_EVENT_DELETE:
        deleted(frame->rdi);
        break;
    case GW_EVENT_FINALIZE: /* Py_RunMain among them: it runs the whole program first */
        gw_thread.own = GW_OWN_UNKNOWN;
        break;
    case GW_EVENT_NEW_INTERPRETER:
    case GW_EVENT_INITIALIZE:
        attached(GW_OWN_UNKNOWN); /* the new state is not known before the call */
        gw_watch_was_initialized |= event == GW_EVENT_INITIALIZE;
        break;
    case GW_EVENT_ALLOCATORS:
        break;
    case GW_EVENT_RELEASE_LOCK:
        break; /* the state stays current: CPython cannot tell either */
    }
}

void *gw_gate_enter(uint32_t function, struct gw_frame *frame) {
    if (function >= GW_GATES) {
        return gw_alloc_enter(function - GW_GATES, frame);
    }
    const struct gw_function *f = &gw_functions[function];
    if (gw_watch_off) {
        return gw_gate_target[function];
    }
    enum gw_attached attached = gw_oracle_ask();
    void *instead = NULL;
    enum gw_kind kind = attached == GW_ATTACHED ? 0 : gw_judge(f, attached);
    if (kind) {
        instead = gw_act(function, gw_record(function, kind, frame, GW_SENSOR_CALLS), frame);
        gw_call_note(frame->sp, 0);
    } else if (attached == GW_ATTACHED || f->event) {
        gw_mark_close(); /* the last violating call, if there was one, has returned */
    }
    if (f->event) {
        note_event(f->event, frame);
    }
    if (instead) {
        return instead;
    }
    if (f->event == GW_EVENT_ALLOCATORS) {
        return gw_alloc_stand_in(function);
    }
    return gw_gate_target[function];
}
