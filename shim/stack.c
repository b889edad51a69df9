#include "sys.h"

#include <unistd.h>

#include "memory.h"
#include "stack.h"
#include "thread.h"

#define PAGE    4096ul
#define LARGEST (64ul << 20) /* what lies farther below the end is taken for another stack */

static uintptr_t main_end;

void gw_stack_begin(void) {
    main_end = (uintptr_t)environ; /* the kernel lays it above every frame */
}

/* Where this thread's stack ends, if `sp` lies on it: glibc and musl put the thread's
 * descriptor, where the thread pointer points, at the end of the stack they map. */
static uintptr_t end_above(uintptr_t sp) {
    uintptr_t self = (uintptr_t)gw_thread_pointer();
    if (self > sp && self - sp < LARGEST) {
        return self;
    }
    return main_end > sp && main_end - sp < LARGEST ? main_end : 0;
}

/* Readable without a hole up to the end: no guard page, so the same mapping. */
static bool unbroken(uintptr_t low, uintptr_t high) {
    struct gw_memory memory = {.next = 0};
    for (uintptr_t page = low; page < high; page += PAGE) {
        if (!gw_memory_has(&memory, page, 1)) {
            return false;
        }
    }
    return true;
}

bool gw_stack_is_own(uintptr_t low, uintptr_t high) {
    struct gw_thread *t = &gw_thread;
    if (low >= t->stack_low && high <= t->stack_end) {
        return true;
    }
    uintptr_t end = end_above(low), page = low & ~(PAGE - 1);
    if (!end || high > end) {
        return false;
    }
    bool lower = end == t->stack_end && page < t->stack_low;
    if (!unbroken(page, lower ? t->stack_low : end)) {
        return false;
    }
    t->stack_low = page;
    t->stack_end = end;
    return true;
}
