#include "sys.h"

#include "gate.h"
#include "holder.h"
#include "interpreter.h"
#include "memory.h"
#include "oracle.h"
#include "thread.h"

enum gw_oracle gw_oracle_kind;
intptr_t gw_oracle_tls_offset;
void *volatile *gw_oracle_current;

__thread struct gw_thread gw_thread
    __attribute__((tls_model("initial-exec"))) = {.own = GW_OWN_UNKNOWN};

_Static_assert(offsetof(struct gw_thread, own) == GW_THREAD_OWN, "see gate_amd64.S");
_Static_assert(offsetof(struct gw_thread, open) == GW_THREAD_OPEN, "see gate_amd64.S");
_Static_assert(offsetof(struct gw_thread, depth) == GW_THREAD_DEPTH, "see gate_amd64.S");
_Static_assert(offsetof(struct gw_thread, swapped) == GW_THREAD_SWAPPED, "see gate_amd64.S");
_Static_assert(offsetof(struct gw_thread, released) == GW_THREAD_RELEASED, "see gate_amd64.S");
_Static_assert(offsetof(struct gw_thread, inner) == GW_THREAD_INNER, "see gate_amd64.S");
_Static_assert(sizeof(struct gw_release) == GW_RELEASE_SIZE, "see gate_amd64.S");
_Static_assert(offsetof(struct gw_release, rbp) == GW_RELEASE_RBP, "see gate_amd64.S");
_Static_assert(offsetof(struct gw_release, word) == GW_RELEASE_WORD, "see gate_amd64.S");
_Static_assert(offsetof(struct gw_thread, home) == GW_THREAD_HOME, "see gate_amd64.S");

void gw_thread_forget(void) {
    gw_thread.mark = NULL;
    gw_thread.open = NULL;
    gw_clear(gw_thread.seen, sizeof gw_thread.seen);
}

static enum gw_oracle choose(const uint8_t *getter) {
    const struct gw_interpreter *in = &gw_interpreter;
    intptr_t value = 0;
    enum gw_getter_form form = gw_getter_decode(getter, &value);
    if (in->minor <= 11) {
        gw_oracle_current = (void *volatile *)value;
        return form == GW_GETTER_GLOBAL ? GW_ORACLE_GLOBAL : GW_ORACLE_GETTER;
    }
    /* The TLS block of an object loaded later lies elsewhere in every thread. */
    if (form == GW_GETTER_TLS_INDEX && in->object.tls && !in->late) {
        gw_oracle_tls_offset = (char *)in->object.tls + value - gw_thread_pointer();
        return GW_ORACLE_TLS;
    }
    if (form == GW_GETTER_TP_OFFSET) {
        gw_oracle_tls_offset = value;
        return GW_ORACLE_TLS;
    }
    return GW_ORACLE_GETTER;
}

bool gw_oracle_open(const char **reason) {
    struct gw_interpreter *in = &gw_interpreter;
    void *getter = gw_object_address(&in->object, "PyThreadState_GetUnchecked");
    if (!getter) {
        getter = gw_object_address(&in->object, "_PyThreadState_UncheckedGet");
    }
    if (!getter) {
        *reason = "the interpreter exports neither PyThreadState_GetUnchecked nor "
                  "_PyThreadState_UncheckedGet";
        return false;
    }
    in->getter = (void *(*)(void))getter;
    gw_oracle_kind = choose(getter);
    return true;
}

bool gw_oracle_verify(void) {
    return gw_oracle_read() == (uintptr_t)gw_interpreter.getter();
}

uintptr_t gw_oracle_read(void) {
    switch (gw_oracle_kind) {
    case GW_ORACLE_GLOBAL:
        return (uintptr_t)*gw_oracle_current;
    case GW_ORACLE_TLS:
        return *(volatile uintptr_t *)(gw_thread_pointer() + gw_oracle_tls_offset);
    default:
        return (uintptr_t)gw_interpreter.getter();
    }
}

/* offsetof(PyThreadState, thread_id) of 3.8 to 3.11 (Include/cpython/pystate.h): the
 * thread that made the state, or that threading started for it. */
static const uint16_t thread_id_offset[] = {176, 176, 176, 152};

/* A state that may belong to another thread may be freed while we look: the page is
 * asked for first. */
static bool made_here(uintptr_t tstate) {
    struct gw_memory memory = {.next = 0};
    uint64_t id;
    return gw_memory_read(&memory, tstate + thread_id_offset[gw_interpreter.minor - 8], &id) &&
           id == (uintptr_t)gw_thread_pointer(); /* pthread_self() */
}

/* 3.8 to 3.11. `current` is whoever holds the GIL; it is this thread if the state is
 * its gilstate one, or one that it attached (then `own` has it, and the gate has
 * jumped), or one that it made inside the interpreter, where no gate stands. But a
 * thread that gave its state up does not hold the GIL when another has attached it
 * since. (That it gave it up is not enough to say so: it may have attached it again
 * where no gate stands, through a hook of memray's, say.) */
static enum gw_attached ask_global(uintptr_t current) {
    if (!current) {
        return GW_DETACHED;
    }
    if (current == gw_thread.own) {
        return GW_ATTACHED;
    }
    if (gw_thread.own == GW_OWN_GIVEN_UP && gw_holder_is_other(current)) {
        return GW_OTHER_ATTACHED;
    }
    if (current == (uintptr_t)gw_interpreter.gilstate_this()) {
        gw_thread.own = gw_thread.home = current; /* `own` is `home` where it is known */
        gw_holder_note(current); /* who had a state at this address before is gone */
        return GW_ATTACHED;
    }
    return made_here(current) ? GW_ATTACHED : GW_OTHER_ATTACHED;
}

enum gw_attached gw_oracle_ask(void) {
    uintptr_t current = gw_oracle_read();
    if (gw_interpreter.minor <= 11) {
        return ask_global(current);
    }
    return current ? GW_ATTACHED : GW_DETACHED;
}
