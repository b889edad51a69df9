#include "sys.h"

#include <linux/futex.h>
#include <sys/prctl.h>

#include "awake.h"
#include "birth.h"
#include "clock.h"
#include "fork.h"
#include "interpreter.h"
#include "journal_file.h"
#include "mark.h"
#include "oracle.h"
#include "record.h"
#include "session.h"
#include "stack.h"
#include "test.h"
#include "thread.h"
#include "unwind.h"

/* The releases that may explain, newest first; how many. */
static uint32_t releases(const struct gw_release *of[GW_RELEASES_MAX]) {
    const struct gw_release *open = &gw_thread.released[gw_thread.depth & (GW_RELEASED_RING - 1)];
    uint32_t n = 0;
    if ((int32_t)gw_thread.depth > 0 && gw_thread.inner.word[0]) {
        of[n++] = &gw_thread.inner;
    }
    if (open->word[0]) {
        of[n++] = open;
    }
    return n;
}

static uint64_t released_at(void) {
    const struct gw_release *of[GW_RELEASES_MAX];
    return releases(of) ? of[0]->word[0] : 0;
}

static void count(struct gw_violation_entry *e, struct gw_share_entry *share) {
    __atomic_add_fetch(&gw_journal->sequence, 1, __ATOMIC_RELAXED);
    __atomic_add_fetch(share ? &share->count : &e->count, 1, __ATOMIC_RELAXED);
}

/* The call goes on: whatever it does from here on, the process may die of it. */
static void enter(struct gw_violation_entry *e, struct gw_share_entry *share) {
    *(share ? &share->last : &e->last) = gw_now(CLOCK_REALTIME_COARSE);
    gw_mark_open(gw_journal_offset(e), __atomic_load_n(&gw_journal->sequence, __ATOMIC_RELAXED));
}

static struct gw_release *kept_releases(const struct gw_violation_entry *e) {
    return (void *)((uint64_t *)(e + 1) + e->frames + e->started);
}

static const uint32_t *places(const struct gw_violation_entry *e) {
    return (const void *)(kept_releases(e) + e->releases);
}

/* Do the return addresses of this violation still stand where they stood? */
static bool stands(const struct gw_violation_entry *e, uintptr_t sp) {
    const uint64_t *pc = (const void *)(e + 1);
    const uint32_t *at = places(e);
    uint32_t last = e->frames ? at[e->frames - 1] : 0;
    struct gw_memory memory = {.next = 0};
    bool own = gw_stack_is_own(sp, sp + (last + 1ul) * 8);
    for (uint32_t i = 0; i < e->frames; i++) {
        uint64_t value = 0;
        if (own) {
            value = ((const volatile uint64_t *)sp)[at[i]];
        } else if (!gw_memory_read(&memory, sp + at[i] * 8ul, &value)) {
            return false;
        }
        if (value != pc[i]) {
            return false;
        }
    }
    return true;
}

/* The same violation from the same stack? Comparing the return addresses in place is as
 * good as unwinding again. */
static struct gw_seen *seen(uint32_t function, enum gw_kind kind, uintptr_t sp) {
    for (uint32_t s = 0; s < GW_SEEN; s++) {
        struct gw_seen *seen = &gw_thread.seen[s];
        if (seen->sp == sp && seen->function == function && seen->kind == kind &&
            seen->released == released_at() && stands(seen->entry, sp)) {
            return seen;
        }
    }
    return NULL;
}

static void remember(struct gw_violation_entry *e, struct gw_share_entry *share, uint32_t function,
                     uintptr_t sp) {
    struct gw_seen *seen = &gw_thread.seen[gw_thread.next_seen++ % GW_SEEN];
    *seen = (struct gw_seen){sp, e->released, e, share, function, e->kind};
}

/* An equal stack that was unwound with another layout (its frames lie elsewhere) may be
 * counted, but not be compared by the places of the first. */
static bool same_places(const struct gw_violation_entry *e, const struct gw_trace *trace) {
    const uint32_t *at = places(e);
    for (uint32_t i = 0; i < e->frames; i++) {
        if (at[i] != trace->at[i]) {
            return false;
        }
    }
    return !trace->far;
}

static struct gw_violation_entry *write_down(uint32_t function, enum gw_kind kind,
                                             const struct gw_trace *trace, enum gw_sensor sensor) {
    uint32_t n = trace->frames;
    struct gw_birth birth;
    gw_birth_of_this(&birth);
    const struct gw_release *of[GW_RELEASES_MAX];
    uint32_t released = releases(of);
    struct gw_violation_entry *e =
        gw_journal_claim(sizeof *e + (n + birth.frames) * sizeof(uint64_t) +
                         released * sizeof(struct gw_release) + n * sizeof(uint32_t));
    if (!e) {
        return NULL;
    }
    e->first = gw_now(CLOCK_REALTIME);
    e->sequence = gw_journal->sequence + 1;
    e->released = released_at();
    e->tstate = (uintptr_t)gw_interpreter.gilstate_this();
    e->current = gw_oracle_read();
    e->self = (uintptr_t)gw_thread_pointer();
    e->gate = sensor == GW_SENSOR_CALLS ? (uintptr_t)gw_gate_of(function) : 0;
    e->sensor = sensor;
    e->kind = kind;
    e->pid = (int32_t)GW_SYS(getpid, 0, 0, 0, 0);
    e->tid = (int32_t)GW_SYS(gettid, 0, 0, 0, 0);
    e->frames = n;
    e->truncated = trace->truncated;
    e->handler = trace->handler;
    e->action = gw_settings.action;
    e->macro = gw_functions[function].macro;
    GW_SYS(prctl, PR_GET_NAME, e->thread, 0, 0);
    gw_put(e->function, sizeof e->function, gw_functions[function].name);
    gw_copy(e->regs, trace->regs, sizeof e->regs);
    gw_copy(e + 1, trace->pc, n * sizeof(uint64_t));
    e->started = birth.frames;
    gw_copy((uint64_t *)(e + 1) + n, birth.pc, birth.frames * sizeof(uint64_t));
    e->releases = released;
    for (uint32_t i = 0; i < released; i++) {
        gw_copy(&kept_releases(e)[i], of[i], sizeof *of[i]);
    }
    gw_copy((void *)places(e), trace->at, n * sizeof(uint32_t));
    return e;
}

/* How often a thread that waits asks whether the collector is still there, in ns. */
#define SLICE 50000000ull

/* How long it waits once the collector has begun to find names: those of a large module
 * take a while. */
#define NAMES_MS 60000ull

/* Waits while that is all that stands there. False: the time is over, the collector has gone,
 * or there is no futex here. The limits are absolute: signals that interrupt the wait do not
 * prolong it. */
static bool wait_while(struct gw_violation_entry *e, enum gw_looked looked, uint64_t ms) {
    uint64_t now = gw_now(CLOCK_MONOTONIC), end = now + ms * 1000000;
    while (__atomic_load_n(&e->looked, __ATOMIC_ACQUIRE) == looked) {
        uint64_t until = end - now < SLICE ? end : now + SLICE;
        struct timespec limit = {(time_t)(until / 1000000000), (long)(until % 1000000000)};
        long r = gw_sys6(SYS_futex, (long)&e->looked, FUTEX_WAIT_BITSET, looked, (long)&limit, 0,
                         FUTEX_BITSET_MATCH_ANY);
        if (r == -110 /* ETIMEDOUT */) {
            now = gw_now(CLOCK_MONOTONIC);
            if (now >= end || !gw_bell_is_heard()) {
                return false;
            }
        } else if (r < 0 && r != -11 /* EAGAIN */ && r != -4 /* EINTR */) {
            return false;
        }
    }
    return true;
}

/* Without an answer it does as if there had been none to ask for, and so do the threads that
 * come the same way later. */
static void wait_for_answer(struct gw_violation_entry *e) {
    if (wait_while(e, GW_LOOKED_NOT, gw_settings.wait_ms) &&
        wait_while(e, GW_LOOKED_NAMES, NAMES_MS)) {
        return;
    }
    uint32_t looked = __atomic_load_n(&e->looked, __ATOMIC_ACQUIRE);
    if (looked == GW_LOOKED_NOT || looked == GW_LOOKED_NAMES) {
        __atomic_compare_exchange_n(&e->looked, &looked, GW_LOOKED_ACT, false, __ATOMIC_RELEASE,
                                    __ATOMIC_RELAXED);
    }
}

/* The collector reads this thread's stack and maps while it stands still. */
static void wait_for_collector(struct gw_violation_entry *e) {
    bool heard = gw_bell_ring(GW_BELL_VIOLATION, gw_journal_offset(e));
    if (!heard && gw_awake_collector()) {
        heard = gw_bell_ring(GW_BELL_VIOLATION, gw_journal_offset(e));
    }
    if (heard) {
        wait_for_answer(e);
    } else {
        __atomic_store_n(&e->looked, GW_LOOKED_ACT, __ATOMIC_RELEASE);
    }
}

bool gw_record_spared(struct gw_recorded found) {
    if (!found.is_new) {
        wait_for_answer(found.entry);
    }
    return __atomic_load_n(&found.entry->looked, __ATOMIC_ACQUIRE) == GW_LOOKED_SPARE;
}

/* Up to 3.11 the interpreter ends another one with whatever thread state that has, be it
 * one that another thread made, or none at the end (_PyInterpreterState_IDDecref in
 * Python/pystate.c, "isn't strictly correct"; Py_EndInterpreter in
 * Python/pylifecycle.c), and the modules' traverse and clear functions call back. The
 * GIL is held all the time, but only the stack tells. */
static bool ending_interpreter(const struct gw_trace *trace) {
    const struct gw_interpreter *in = &gw_interpreter;
    if (in->minor > 11 || gw_thread.own == GW_OWN_GIVEN_UP) {
        return false;
    }
    for (uint32_t i = 0; i < trace->frames; i++) {
        if (trace->pc[i] > in->end_interpreter && trace->pc[i] <= in->end_interpreter_end) {
            return true;
        }
    }
    return false;
}

/* Counts the stack that was just walked, and writes it down if it is new. */
static struct gw_recorded record_walked(uint32_t function, enum gw_kind kind,
                                        const struct gw_frame *frame, const struct gw_trace *trace,
                                        enum gw_sensor sensor) {
    uint64_t released = released_at();
    uint64_t hash = gw_stack_hash(function, kind, released, trace->frames, trace->pc);
    struct gw_violation_entry *e =
        gw_stacks_find(hash, function, kind, released, trace->frames, trace->pc);
    bool is_new = !e;
    if (is_new) {
        e = write_down(function, kind, trace, sensor);
    }
    if (!e) {
        __atomic_add_fetch(&gw_journal->lost, 1, __ATOMIC_RELAXED);
        return (struct gw_recorded){NULL, false};
    }
    struct gw_share_entry *share = gw_test_share(e);
    count(e, share);
    if (is_new) {
        gw_journal_commit(e, GW_ENTRY_VIOLATION);
        gw_stacks_add(hash, e);
    }
    if (same_places(e, trace)) {
        remember(e, share, function, frame->sp);
    }
    if (is_new) {
        wait_for_collector(e);
    }
    enter(e, share);
    return (struct gw_recorded){e, is_new};
}

static struct gw_recorded record_new(uint32_t function, enum gw_kind kind,
                                     const struct gw_frame *frame, enum gw_sensor sensor) {
    struct gw_recorded found = {NULL, false};
    struct gw_walk *walk = gw_walk_begin();
    if (!walk) {
        __atomic_add_fetch(&gw_journal->lost, 1, __ATOMIC_RELAXED);
        return found;
    }
    gw_unwind(frame, GW_FRAMES_MAX, walk);
    if (!ending_interpreter(&walk->trace)) {
        found = record_walked(function, kind, frame, &walk->trace, sensor);
    }
    gw_walk_end(walk);
    return found;
}

struct gw_recorded gw_record(uint32_t function, enum gw_kind kind, const struct gw_frame *frame,
                             enum gw_sensor sensor) {
    if (!gw_journal_ours()) {
        gw_fork_child();
    }
    if (!gw_journal) {
        return (struct gw_recorded){NULL, false};
    }
    struct gw_seen *s = seen(function, kind, frame->sp);
    if (!s) {
        gw_mark_close(); /* another call has returned, and this one waits first */
        return record_new(function, kind, frame, sensor);
    }
    if (!gw_test_is_share(s->share)) {
        s->share = gw_test_share(s->entry);
    }
    count(s->entry, s->share);
    enter(s->entry, s->share);
    return (struct gw_recorded){s->entry, false};
}
