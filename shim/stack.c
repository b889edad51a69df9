#include "sys.h"

#include <unistd.h>

#include "memory.h"
#include "stack.h"
#include "thread.h"

#define LARGEST (64ul << 20) /* what lies farther below the end is taken for another stack */

static uintptr_t main_self, main_end;

void gw_stack_begin(void) {
    main_self = (uintptr_t)gw_thread_pointer();
    main_end = (uintptr_t)environ; /* the kernel lays it above every frame */
}

/* Where this thread's stack ends, if `sp` lies on it: glibc and musl put the thread's
 * descriptor, where the thread pointer points, at the end of the stack they map. The main
 * thread's lies among the libraries, and what is mapped below them is none of its stack. */
static uintptr_t end_above(uintptr_t sp) {
    uintptr_t self = (uintptr_t)gw_thread_pointer();
    if (self != main_self && self > sp && self - sp < LARGEST) {
        return self;
    }
    return main_end > sp && main_end - sp < LARGEST ? main_end : 0;
}

/* Readable without a hole up to the end: no guard page, so the same mapping. */
static bool unbroken(uintptr_t low, uintptr_t high) {
    struct gw_memory memory = {.next = 0};
    for (uintptr_t page = low; page < high; page += GW_PAGE) {
        if (!gw_memory_has(&memory, page, 1)) {
            return false;
        }
    }
    return true;
}

bool gw_stack_is_known(uintptr_t low, uintptr_t high) {
    return low >= gw_thread.stack_low && high <= gw_thread.stack_end;
}

bool gw_stack_is_own(uintptr_t low, uintptr_t high) {
    struct gw_thread *t = &gw_thread;
    if (gw_stack_is_known(low, high)) {
        return true;
    }
    uintptr_t end = end_above(low), page = low & ~(GW_PAGE - 1);
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
