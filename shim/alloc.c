#include "sys.h"

#include "act.h"
#include "alloc.h"
#include "allocators.h"
#include "entry.h"
#include "fork.h"
#include "incall.h"
#include "interpreter.h"
#include "journal_file.h"
#include "judge.h"
#include "oracle.h"
#include "record.h"
#include "session.h"
#include "unwind.h"
#include "watch.h"

void *gw_alloc_target[GW_ALLOC_THUNKS];
void *(*gw_alloc_getter)(void);

_Static_assert(GW_ALLOC_GENERATIONS *GW_ALLOC_FUNCTIONS == GW_ALLOC_THUNKS, "see alloc.h");

/* The functions in the order of their places: as a caller that was handed a pointer to
 * one knows it. */
static const char names[GW_ALLOC_FUNCTIONS][20] = {
    "PyMem_Malloc",    "PyMem_Calloc",    "PyMem_Realloc",    "PyMem_Free",
    "PyObject_Malloc", "PyObject_Calloc", "PyObject_Realloc", "PyObject_Free",
};

/* Up to 3.11 the getter tells whose the GIL is, not whether it is ours. */
static char *table(void) {
    switch (gw_oracle_kind) {
    case GW_ORACLE_TLS:
        return gw_alloc_tls;
    case GW_ORACLE_GLOBAL:
        return gw_alloc_global;
    case GW_ORACLE_GETTER:
        return gw_interpreter.minor >= 12 ? gw_alloc_by_getter : NULL;
    default:
        return NULL;
    }
}

/* The function behind a thunk; any other address is its own. */
static void *behind(void *function) {
    uintptr_t at = (uintptr_t)function - (uintptr_t)table();
    bool ours = at < (uintptr_t)GW_ALLOC_THUNKS * GW_ALLOC_THUNK_SIZE;
    return ours ? gw_alloc_target[at / GW_ALLOC_THUNK_SIZE] : function;
}

/* A thunk for the function in this place, or the function itself when all are taken. A
 * thunk is never given another target: somebody may have kept it. */
static void *in_front_of(void *function, uint32_t place) {
    for (uint32_t g = 0; g < GW_ALLOC_GENERATIONS; g++) {
        uint32_t i = g * GW_ALLOC_FUNCTIONS + place;
        if (!gw_alloc_target[i]) {
            gw_alloc_target[i] = function;
        }
        if (gw_alloc_target[i] == function) {
            return table() + (size_t)i * GW_ALLOC_THUNK_SIZE;
        }
    }
    return function;
}

static void exchange(bool in) {
    for (int domain = GW_DOMAIN_MEM; domain <= GW_DOMAIN_OBJ; domain++) {
        struct gw_allocator now;
        bool changed = false;
        gw_allocators_get(domain, &now);
        for (uint32_t i = 0; i < GW_ALLOCATOR_FUNCTIONS; i++) {
            uint32_t place = (uint32_t)(domain - GW_DOMAIN_MEM) * GW_ALLOCATOR_FUNCTIONS + i;
            void *was = now.function[i], *real = behind(was);
            now.function[i] = in ? in_front_of(real, place) : real;
            changed |= now.function[i] != was;
        }
        if (changed) {
            gw_allocators_set(domain, &now);
        }
    }
}

void gw_alloc_remove(void) {
    if (gw_allocators_open() && table() && gw_oracle_ask() == GW_ATTACHED) {
        exchange(false);
    }
}

void gw_alloc_refresh(void) {
    if (!(gw_settings.sensors & GW_SENSOR_ALLOC) || gw_watch_off || !gw_interpreter.gate_of ||
        !gw_interpreter.is_initialized() || !table() || gw_oracle_ask() != GW_ATTACHED ||
        !gw_allocators_open()) {
        return;
    }
    gw_alloc_getter = gw_interpreter.getter;
    exchange(true);
}

void gw_alloc_original(struct gw_allocator *allocator) {
    for (uint32_t i = 0; table() && i < GW_ALLOCATOR_FUNCTIONS; i++) {
        allocator->function[i] = behind(allocator->function[i]);
    }
}

/* Returns what is to be called in the allocator's place, or NULL. */
static void *detached(uint32_t thunk, enum gw_attached attached, struct gw_frame *frame) {
    uint32_t allocator = gw_interpreter_gate(names[thunk % GW_ALLOC_FUNCTIONS]);
    struct gw_walk *walk = gw_walk_begin();
    struct gw_entry_point entry;
    bool found = walk && allocator != GW_NO_GATE && gw_entry_find(walk, frame, allocator, &entry);
    gw_walk_end(walk);
    enum gw_kind kind = found ? gw_judge(&gw_functions[entry.function], attached) : 0;
    if (!kind) {
        return NULL;
    }
    struct gw_recorded recorded = gw_record(entry.function, kind, &entry.frame, GW_SENSOR_ALLOC);
    gw_call_note(entry.frame.sp, entry.path);
    return gw_act(entry.function, recorded, frame);
}

void *gw_alloc_enter(uint32_t thunk, struct gw_frame *frame) {
    /* Inside of the interpreter a thread may for a moment have a state that no gate saw it
     * attach: what the gates know of this thread is theirs. */
    uintptr_t own = gw_thread.own, home = gw_thread.home;
    enum gw_attached attached = gw_watch_off ? GW_ATTACHED : gw_oracle_ask();
    gw_thread.own = own;
    gw_thread.home = home;
    void *instead = attached == GW_ATTACHED ? NULL : detached(thunk, attached, frame);
    return instead ? instead : gw_alloc_target[thunk];
}
