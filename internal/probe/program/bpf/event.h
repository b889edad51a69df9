/* What a call changes in its thread's relation to the GIL: note_event in shim/gate.c. */
#ifndef GILWATCH_EVENT_H
#define GILWATCH_EVENT_H

static __always_inline void released(struct thread *t, __u64 site, __u64 own) {
    __u32 depth = ++t->depth;
    t->released[depth & (RELEASED_RING - 1)] = site;
    t->own = own;
}

static __noinline int note_holder(__u32 process, __u64 state) {
    struct holder key = {.state = state, .process = process};
    __u32 who = (__u32)bpf_get_current_pid_tgid();
    return bpf_map_update_elem(&holders, &key, &who, BPF_ANY);
}

static __always_inline void attached_state(struct process *p, struct thread *t, __u64 state) {
    if ((int)t->depth > 0) {
        t->released[t->depth & (RELEASED_RING - 1)] = 0;
        t->depth--;
    }
    t->own = state;
    t->swapped = 0;
    if (state != OWN_UNKNOWN) {
        t->state = state;
        if (p->oracle == ORACLE_GLOBAL) {
            note_holder(p->id, state);
        }
    }
}

/* Where the call returns to: a jump leaves that on top of the stack. */
static __always_inline __u64 return_address(const struct pt_regs *ctx, __u64 cookie) {
    __u64 at = ctx->rip + COOKIE_LENGTH(cookie);
    if (COOKIE_JUMP(cookie)) {
        bpf_probe_read_user(&at, 8, (void *)ctx->rsp);
    }
    return at;
}

static __always_inline void note_event(const struct pt_regs *ctx, __u64 cookie, struct process *p,
                                       struct thread *t) {
    __u64 site = return_address(ctx, cookie);
    switch (COOKIE_EVENT(cookie)) {
    case EVENT_SAVE:
    case EVENT_RELEASE:
        released(t, site, OWN_GIVEN_UP);
        break;
    case EVENT_RESTORE:
        attached_state(p, t, ctx->rdi);
        break;
    case EVENT_ENSURE_RELEASE:
        if ((__u32)ctx->rdi == 0) {
            break; /* PyGILState_LOCKED: attached before, attached after */
        }
        if ((int)t->depth <= 0) {
            t->released[t->depth & (RELEASED_RING - 1)] = site;
        }
        t->own = OWN_UNKNOWN;
        break;
    case EVENT_SWAP:
        if (ctx->rdi) {
            attached_state(p, t, ctx->rdi);
        } else {
            released(t, site, OWN_GIVEN_UP);
            t->swapped = 1;
        }
        break;
    case EVENT_END_INTERPRETER:
        released(t, site, OWN_UNKNOWN);
        t->swapped = 1;
        break;
    case EVENT_DELETE_CURRENT:
        released(t, site, OWN_UNKNOWN);
        t->state = 0;
        break;
    case EVENT_FINALIZE:
        t->own = OWN_UNKNOWN;
        break;
    case EVENT_NEW_INTERPRETER:
        attached_state(p, t, OWN_UNKNOWN);
        break;
    case EVENT_INITIALIZE:
        attached_state(p, t, OWN_UNKNOWN);
        p->was_initialized = 1;
        break;
    }
}

#endif
