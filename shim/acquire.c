#include "sys.h"

#include <errno.h>

#include "acquire.h"
#include "holder.h"
#include "interpreter.h"
#include "mark.h"
#include "memory.h"
#include "oracle.h"
#include "states.h"
#include "take.h"
#include "thread.h"

static struct gw_acquired calls[GW_ACQUIRED];

_Static_assert(offsetof(struct gw_acquired, rbx) == GW_ACQUIRED_RBX, "see acquire_amd64.S");
_Static_assert(offsetof(struct gw_acquired, return_address) == GW_ACQUIRED_RETURN,
               "see acquire_amd64.S");
_Static_assert(offsetof(struct gw_acquired, sp) == GW_ACQUIRED_SP, "see acquire_amd64.S");
_Static_assert(offsetof(struct gw_acquired, owner) == GW_ACQUIRED_OWNER, "see acquire_amd64.S");
_Static_assert(offsetof(struct gw_attempt, sp) == GW_ATTEMPT_SP, "see acquire_amd64.S");
_Static_assert(offsetof(struct gw_attempt, result) == GW_ATTEMPT_RESULT, "see acquire_amd64.S");

static uintptr_t self(void) {
    return (uintptr_t)gw_thread_pointer();
}

static void free_call(struct gw_acquired *call) {
    __atomic_store_n(&call->owner, 0, __ATOMIC_RELEASE);
}

const struct gw_acquired *gw_acquired_at(uint64_t rbx) {
    uintptr_t at = rbx - (uintptr_t)calls;
    bool one = at < sizeof calls && at % sizeof calls[0] == 0;
    return one ? &calls[at / sizeof calls[0]] : NULL;
}

/* Does the call's return address stand where it was put? Its stack may be gone. */
static bool is_on_stack(const struct gw_acquired *call) {
    struct gw_memory memory = {.next = 0};
    uint64_t word;
    return gw_memory_read(&memory, call->sp - 8, &word) && word == (uintptr_t)gw_acquired_return;
}

/* The innermost call of this thread between two stack pointers that has not been left. */
static struct gw_acquired *innermost(uintptr_t from, uintptr_t to, bool on_stack) {
    struct gw_acquired *inner = NULL;
    for (uint32_t i = 0; i < GW_ACQUIRED; i++) {
        struct gw_acquired *call = &calls[i];
        if (call->owner == self() && !call->left && call->sp > from && call->sp <= to &&
            (!inner || call->sp < inner->sp) && (!on_stack || is_on_stack(call))) {
            inner = call;
        }
    }
    return inner;
}

const struct gw_acquired *gw_acquired_above(uintptr_t sp) {
    return gw_thread.acquired ? innermost(sp, UINTPTR_MAX, true) : NULL;
}

/* A free place in the table, or one that an exception of this thread has passed: by now
 * its unwinder has gone on. */
static struct gw_acquired *claim(void) {
    for (uint32_t i = 0; i < GW_ACQUIRED; i++) {
        struct gw_acquired *call = &calls[i];
        uintptr_t none = 0;
        if ((call->owner == self() && call->left) ||
            __atomic_compare_exchange_n(&call->owner, &none, self(), false, __ATOMIC_ACQ_REL,
                                        __ATOMIC_RELAXED)) {
            call->left = 0;
            return call;
        }
    }
    return NULL;
}

/* The state that this thread gave up; 0: it has none. From 3.12 on
 * PyGILState_GetThisThreadState is the one that it attached last, of whatever interpreter;
 * up to 3.11 it is the first that the thread made, and `home` is the one that was given up
 * through a gate. Another thread may have deleted either. PyGILState_Ensure would attach the
 * former all the same: only the thread that deletes a state is told that it is gone. */
static enum gw_declined state_given_up(uintptr_t *tstate) {
    bool global = gw_interpreter.minor <= 11;
    if (global && gw_thread.own == GW_OWN_GIVEN_UP && gw_thread.home &&
        gw_state_is_listed(gw_thread.home)) {
        *tstate = gw_thread.home;
    } else {
        *tstate = (uintptr_t)gw_interpreter.gilstate_this();
        if (*tstate && !gw_state_is_listed(*tstate)) {
            return GW_DECLINED_DELETED;
        }
    }
    bool elsewhere = global && *tstate && gw_holder_is_other(*tstate);
    return elsewhere ? GW_DECLINED_ELSEWHERE : GW_DECLINED_NOT;
}

/* A return address that is replaced would be a fault where the CPU keeps a second stack
 * of them (CET). rdsspq does nothing where it does not. */
static bool has_shadow_stack(void) {
    uint64_t pointer = 0;
    __asm__ volatile("rdsspq %0" : "+r"(pointer));
    return pointer != 0;
}

static enum gw_declined take(struct gw_acquired *call) {
    call->own = gw_thread.own;
    call->home = gw_thread.home;
    enum gw_declined declined = state_given_up(&call->tstate);
    if (!declined) {
        declined = gw_take(call->tstate, &call->ensured);
    }
    if (declined) {
        return declined;
    }
    call->tstate = gw_oracle_read();
    if (gw_interpreter.minor <= 11) {
        gw_thread.own = gw_thread.home = call->tstate;
        gw_holder_note(call->tstate);
    }
    return GW_DECLINED_NOT;
}

enum gw_declined gw_acquire(struct gw_frame *frame, bool whole) {
    if (has_shadow_stack()) {
        return GW_DECLINED_CPU;
    }
    struct gw_acquired *call = claim();
    if (!call) {
        return GW_DECLINED_FULL;
    }
    int saved = errno;
    enum gw_declined declined = take(call);
    errno = saved;
    if (declined) {
        free_call(call);
        return declined;
    }
    call->rbx = frame->rbx;
    call->return_address = *(uint64_t *)frame->sp;
    call->sp = frame->sp + 8;
    call->whole = whole;
    gw_thread.acquired++;
    *(uint64_t *)frame->sp = (uintptr_t)gw_acquired_return;
    frame->rbx = (uintptr_t)call;
    return GW_DECLINED_NOT;
}

/* Gives up what was taken, unless the call has done that itself. */
static void give_up(struct gw_acquired *call) {
    gw_thread.acquired--;
    if (gw_oracle_read() == call->tstate && gw_oracle_ask() == GW_ATTACHED) {
        gw_give(call->ensured);
    }
    if (gw_interpreter.minor <= 11) {
        gw_thread.own = call->own;
        gw_thread.home = call->home; /* what was made for the call is gone */
    }
}

void gw_acquire_end(struct gw_acquired *call) {
    int saved = errno;
    give_up(call);
    if (call->whole) {
        gw_mark_close();
    }
    errno = saved;
}

/* The personality has no other use for the table than this: the unwinder still reads the
 * place, to find the caller's frame. */
void gw_acquire_passed(struct gw_acquired *call) {
    int saved = errno;
    if (call->owner == self() && !call->left) {
        call->left = 1;
        give_up(call);
    }
    errno = saved;
}

void gw_acquire_jumped(uintptr_t from, uintptr_t to) {
    if (!gw_thread.acquired) {
        return;
    }
    struct gw_acquired *call;
    while ((call = innermost(from, to, false))) {
        give_up(call);
        gw_mark_close();
        free_call(call);
    }
}

void gw_acquire_forked(void) {
    for (uint32_t i = 0; i < GW_ACQUIRED; i++) {
        if (calls[i].owner != self()) {
            calls[i].owner = 0;
        }
    }
}
