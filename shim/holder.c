#include "sys.h"

#include "holder.h"

/* A cache, not a list: a state that found another in its place is forgotten, and then a
 * thread is taken for its holder that CPython takes for it too. */
#define HOLDERS 1024

/* State and thread in one word, so that a reader never meets one thread's state with
 * another's name: the low half of the state's hash, and of the thread pointer's. 0: none. */
static uint64_t holders[HOLDERS];

static uint64_t hash(uintptr_t v) {
    return v * 0x9e3779b97f4a7c15ull;
}

static uint64_t *place(uintptr_t tstate) {
    return &holders[(hash(tstate) >> 54) % HOLDERS];
}

static uint64_t pair(uintptr_t tstate) {
    return hash(tstate) << 32 | hash((uintptr_t)gw_thread_pointer()) >> 32;
}

void gw_holder_note(uintptr_t tstate) {
    __atomic_store_n(place(tstate), pair(tstate), __ATOMIC_RELEASE);
}

bool gw_holder_is_other(uintptr_t tstate) {
    uint64_t seen = __atomic_load_n(place(tstate), __ATOMIC_ACQUIRE), mine = pair(tstate);
    return seen != mine && seen >> 32 == mine >> 32;
}
