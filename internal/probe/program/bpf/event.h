/* What a call changes in its thread's relation to the GIL: note_event in shim/gate.c. */
#ifndef GILWATCH_EVENT_H
#define GILWATCH_EVENT_H

/* Keeps the frame of a call that gives the GIL up, as a gate sees it: a jump leaves the return
 * address on top of the stack, a call has yet to put it there. */
static __noinline int keep(struct release *r, const struct pt_regs *ctx, __u64 cookie) {
    r->rbp = ctx->rbp;
    if (COOKIE_JUMP(cookie)) {
        r->sp = ctx->rsp;
        return bpf_probe_read_user(r->word, sizeof r->word, (void *)ctx->rsp);
    }
    r->sp = ctx->rsp - 8;
    r->word[0] = ctx->rip + COOKIE_LENGTH(cookie);
    return bpf_probe_read_user(r->word + 1, sizeof r->word - 8, (void *)ctx->rsp);
}

static __always_inline struct release *open_release(struct thread *t) {
    return &t->released[t->depth & (RELEASED_RING - 1)];
}

static __always_inline void released(const struct pt_regs *ctx, __u64 cookie, struct thread *t,
                                     __u64 own) {
    t->depth++;
    t->inner.word[0] = 0;
    keep(open_release(t), ctx, cookie);
    t->own = own;
}

static __noinline int note_holder(__u32 process, __u64 state) {
    struct holder key = {.state = state, .process = process};
    __u32 who = (__u32)bpf_get_current_pid_tgid();
    return bpf_map_update_elem(&holders, &key, &who, BPF_ANY);
}

static __always_inline void attached_state(struct process *p, struct thread *t, __u64 state) {
    if ((int)t->depth > 0) {
        open_release(t)->word[0] = 0;
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

static __always_inline void note_event(const struct pt_regs *ctx, __u64 cookie, struct process *p,
                                       struct thread *t) {
    switch (COOKIE_EVENT(cookie)) {
    case EVENT_SAVE:
    case EVENT_RELEASE:
        released(ctx, cookie, t, OWN_GIVEN_UP);
        break;
    case EVENT_RESTORE:
        attached_state(p, t, ctx->rdi);
        break;
    case EVENT_ENSURE_RELEASE:
        if ((__u32)ctx->rdi == 0) {
            break; /* PyGILState_LOCKED: attached before, attached after */
        }
        keep((int)t->depth > 0 ? &t->inner : open_release(t), ctx, cookie);
        t->own = OWN_UNKNOWN;
        break;
    case EVENT_SWAP:
        if (ctx->rdi) {
            attached_state(p, t, ctx->rdi);
        } else {
            released(ctx, cookie, t, OWN_GIVEN_UP);
            t->swapped = 1;
        }
        break;
    case EVENT_END_INTERPRETER:
        released(ctx, cookie, t, OWN_UNKNOWN);
        t->swapped = 1;
        break;
    case EVENT_DELETE_CURRENT:
        released(ctx, cookie, t, OWN_UNKNOWN);
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
