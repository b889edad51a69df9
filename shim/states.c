/* The lists are changed under a lock that nobody outside can take (Python/pystate.c,
 * HEAD_LOCK), and not always with the GIL held: PyThreadState_Delete needs none. So they are
 * read as a stack is that may be damaged: each entry's memory is asked for first, and the
 * number of steps is bounded. Who meets an entry that is just being freed finds nothing. */
#include "sys.h"

#include "interpreter.h"
#include "memory.h"
#include "states.h"

/* More threads than a process can have; a list that is read askew may go round. */
#define MOST 65536

/* Where the entries' links are, at the latest, in any version from 3.8 on: the next of a
 * PyThreadState, the next and the first thread state of a PyInterpreterState. */
#define STATE_LINKS          16
#define INTERPRETER_LINKS    128
#define INTERPRETER_LINKS_13 0x2000 /* behind the calls that are pending */

/* From the head of a list, and from one of its entries. */
typedef void *first_of(void);
typedef void *next_of(void *entry);

struct lists {
    first_of *main, *interpreters;
    next_of *next_interpreter, *states, *next_state;
};

static void *function(const char *name) {
    return gw_object_address(&gw_interpreter.object, name);
}

static bool find(struct lists *l) {
    l->main = (first_of *)function("PyInterpreterState_Main");
    l->interpreters = (first_of *)function("PyInterpreterState_Head");
    l->next_interpreter = (next_of *)function("PyInterpreterState_Next");
    l->states = (next_of *)function("PyInterpreterState_ThreadHead");
    l->next_state = (next_of *)function("PyThreadState_Next");
    return l->main && l->interpreters && l->next_interpreter && l->states && l->next_state;
}

static bool interpreter_is_there(struct gw_memory *memory, void *interpreter) {
    size_t size = gw_interpreter.minor >= 13 ? INTERPRETER_LINKS_13 : INTERPRETER_LINKS;
    return interpreter && gw_memory_has(memory, (uintptr_t)interpreter, size);
}

static bool is_of(const struct lists *l, void *interpreter, uintptr_t tstate) {
    struct gw_memory memory = {.next = 0};
    if (!interpreter_is_there(&memory, interpreter)) {
        return false;
    }
    void *at = l->states(interpreter);
    for (uint32_t i = 0; i < MOST && at; i++) {
        if ((uintptr_t)at == tstate) {
            return true;
        }
        if (!gw_memory_has(&memory, (uintptr_t)at, STATE_LINKS)) {
            return false;
        }
        at = l->next_state(at);
    }
    return false;
}

bool gw_state_is_listed(uintptr_t tstate) {
    struct gw_memory memory = {.next = 0};
    struct lists l;
    if (!find(&l)) {
        return true; /* as far as can be told */
    }
    if (is_of(&l, l.main(), tstate)) {
        return true;
    }
    void *at = l.interpreters();
    for (uint32_t i = 0; i < MOST && interpreter_is_there(&memory, at); i++) {
        if (is_of(&l, at, tstate)) {
            return true;
        }
        at = l.next_interpreter(at);
    }
    return false;
}
