#include "sys.h"

#include "holder.h"

/* A cache, not a list: a state that found another in its place is forgotten, and then a
 * thread is taken for its holder that CPython takes for it too. */
#define HOLDERS 1024

struct holder {
    uintptr_t tstate;
    uintptr_t thread; /* thread pointer */
};

static struct holder holders[HOLDERS];

static struct holder *place(uintptr_t tstate) {
    return &holders[(tstate * 0x9e3779b97f4a7c15ull >> 32) % HOLDERS];
}

void gw_holder_note(uintptr_t tstate) {
    struct holder *h = place(tstate);
    __atomic_store_n(&h->tstate, 0, __ATOMIC_RELEASE);
    __atomic_store_n(&h->thread, (uintptr_t)gw_thread_pointer(), __ATOMIC_RELEASE);
    __atomic_store_n(&h->tstate, tstate, __ATOMIC_RELEASE);
}

bool gw_holder_is_other(uintptr_t tstate) {
    const struct holder *h = place(tstate);
    return __atomic_load_n(&h->tstate, __ATOMIC_ACQUIRE) == tstate &&
           __atomic_load_n(&h->thread, __ATOMIC_ACQUIRE) != (uintptr_t)gw_thread_pointer();
}
