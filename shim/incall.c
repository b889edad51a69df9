#include "sys.h"

#include "incall.h"
#include "memory.h"
#include "stack.h"

static bool read_word(uintptr_t at, uint64_t *value) {
    if (gw_stack_is_own(at, at + sizeof *value)) {
        *value = *(const volatile uint64_t *)at;
        return true;
    }
    struct gw_memory memory = {.next = 0};
    return gw_memory_read(&memory, at, value);
}

void gw_call_note(uintptr_t at, uint64_t path) {
    struct gw_thread *t = &gw_thread;
    while (t->calls && t->call[t->calls - 1].at <= at) {
        t->calls--;
    }
    if (t->calls == GW_CALLS) { /* the outermost goes: it is asked for the least */
        gw_copy(t->call, t->call + 1, --t->calls * sizeof t->call[0]);
    }
    uint64_t ra = 0;
    (void)read_word(at, &ra);
    t->call[t->calls++] = (struct gw_call){at, ra, path};
}

const struct gw_call *gw_call_standing(uintptr_t sp) {
    for (uint32_t i = gw_thread.calls; i-- > 0;) {
        const struct gw_call *call = &gw_thread.call[i];
        uint64_t value;
        if (call->at >= sp && read_word(call->at, &value) && value == call->ra) {
            return call;
        }
    }
    return NULL;
}
