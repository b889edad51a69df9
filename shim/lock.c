#include "sys.h"

#include <linux/futex.h>

#include "lock.h"

/* The owner's tid, and FUTEX_WAITERS if others wait: owner and lock are one word, so a
 * signal handler never sees the one without the other. */
static uint32_t word;

static uint32_t self(void) {
    return (uint32_t)GW_SYS(gettid, 0, 0, 0, 0);
}

bool gw_locked_here(void) {
    return (__atomic_load_n(&word, __ATOMIC_RELAXED) & FUTEX_TID_MASK) == self();
}

void gw_lock(void) {
    uint32_t free = 0, mine = self();
    while (!__atomic_compare_exchange_n(&word, &free, mine, false, __ATOMIC_ACQUIRE,
                                        __ATOMIC_RELAXED)) {
        uint32_t waited = free | FUTEX_WAITERS; /* free is what stood there */
        if (free == waited || __atomic_compare_exchange_n(&word, &free, waited, false,
                                                          __ATOMIC_RELAXED, __ATOMIC_RELAXED)) {
            GW_SYS(futex, &word, FUTEX_WAIT_PRIVATE, waited, 0);
            mine |= FUTEX_WAITERS; /* others may wait as well: wake one when done */
        }
        free = 0;
    }
}

void gw_unlock(void) {
    if (__atomic_exchange_n(&word, 0, __ATOMIC_RELEASE) & FUTEX_WAITERS) {
        GW_SYS(futex, &word, FUTEX_WAKE_PRIVATE, 1, 0);
    }
}

void gw_lock_adopt(void) {
    __atomic_store_n(&word, self(), __ATOMIC_RELEASE);
}
