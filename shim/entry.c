#include "sys.h"

#include <pthread.h>

#include "callsite.h"
#include "entry.h"
#include "incall.h"
#include "interpreter.h"
#include "module.h"
#include "rules.h"
#include "unwind.h"

static bool is_interpreter(const struct gw_module *m) {
    return m && m->object.phdr == gw_interpreter.object.phdr;
}

static bool is_shim(const struct gw_module *m) {
    return m && gw_object_contains(&m->object, (uintptr_t)gw_gates_tls);
}

/* libc calls the interpreter back where it begins a thread, ends one or the process. */
static bool is_libc(const struct gw_module *m) {
    return m && gw_object_contains(&m->object, (uintptr_t)pthread_create);
}

/* The exported function that contains an address of the interpreter, or GW_NO_GATE for a
 * local one; GW_NO_GATE too for one that is not watched, with *exempt set. */
static uint32_t function_at(uintptr_t pc, bool *exempt) {
    const struct gw_object *o = &gw_interpreter.object;
    *exempt = false;
    for (uint32_t i = 0; i < gw_interpreter.gate_of_n; i++) {
        const ElfW(Sym) *s = &o->symtab[i];
        if (ELF64_ST_TYPE(s->st_info) == STT_FUNC && s->st_shndx != SHN_UNDEF &&
            pc - (o->bias + s->st_value) < (s->st_size ? s->st_size : 1)) {
            uint32_t gate = gw_interpreter.gate_of[i];
            *exempt = gate == GW_NO_GATE;
            return gate;
        }
    }
    return GW_NO_GATE;
}

/* What the extension called. `inner` is an address of the interpreter in the function
 * that it entered, 0 if that is the allocator itself, which leaves no frame. */
static bool name_entry(struct gw_walk *w, uintptr_t inner, bool libc, uint32_t allocator,
                       uint32_t *function) {
    bool exempt = false;
    uintptr_t called = gw_callsite_target(&w->memory, w->regs[GW_REG_RA]);
    if (called && gw_gate_contains(called)) {
        return false; /* through a gate, so attached: what it does since is not the caller's */
    }
    if (called && gw_object_contains(&gw_interpreter.object, called)) {
        inner = called;
    }
    *function = inner ? function_at(inner, &exempt) : allocator;
    if (exempt) {
        return false;
    }
    if (*function == GW_NO_GATE) {
        *function = allocator;
        return !libc;
    }
    return true;
}

/* The frame under way, as a gate that stood there would have found it. */
static void fill(struct gw_frame *frame, const struct gw_walk *w) {
    gw_clear(frame, sizeof *frame);
    frame->rbx = w->regs[GW_REG_RBX];
    frame->rbp = w->regs[GW_REG_RBP];
    frame->r12 = w->regs[GW_REG_R12];
    frame->r13 = w->regs[13];
    frame->r14 = w->regs[14];
    frame->r15 = w->regs[15];
    frame->sp = w->ra_at;
}

/* Is this allocation part of a call that was recorded? The innermost such call whose
 * return address still stands is looked for among the frames. A thunk's own record is
 * one of it only if another way led here from the same call. */
static bool in_recorded_call(struct gw_walk *w, const struct gw_entry_point *e) {
    const struct gw_call *call = gw_call_standing(e->frame.sp);
    if (call && call->at == e->frame.sp) {
        return call->path != e->path;
    }
    for (uint32_t i = 0; call && i < GW_FRAMES_MAX; i++) {
        if (w->ra_at == call->at) {
            return true;
        }
        if (w->ra_at > call->at) {
            call = gw_call_standing(w->ra_at);
        } else if (!gw_walk_step(w)) {
            return false;
        }
    }
    return false;
}

bool gw_entry_find(struct gw_walk *w, const struct gw_frame *frame, uint32_t allocator,
                   struct gw_entry_point *e) {
    uintptr_t inner = 0;
    e->path = 1;
    gw_walk_start(w, frame);
    for (uint32_t i = 0; i < GW_FRAMES_MAX && w->regs[GW_REG_RA]; i++) {
        uintptr_t pc = w->regs[GW_REG_RA] - (w->exact ? 0 : 1);
        const struct gw_module *m = gw_module_of(pc);
        if (!is_interpreter(m) && !is_shim(m)) {
            fill(&e->frame, w);
            return name_entry(w, inner, is_libc(m), allocator, &e->function) &&
                   !in_recorded_call(w, e);
        }
        const struct gw_call *call = gw_call_standing(w->ra_at);
        if (call && call->at == w->ra_at) {
            return false; /* a tail call through a gate returns into the interpreter */
        }
        e->path = (e->path ^ pc) * 0x9e3779b97f4a7c15ull | 1;
        inner = is_shim(m) ? inner : pc;
        if (!gw_walk_step(w)) {
            return false;
        }
    }
    return false; /* the outermost frame: a thread of the interpreter's own */
}
