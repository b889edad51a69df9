/* A detached call: is it one that may not be, who made it, and was it seen before? */
#ifndef GILWATCH_VIOLATION_H
#define GILWATCH_VIOLATION_H

static __always_inline __u32 is_initialized(struct process *p) {
    __u32 value = 1;
    if (p->initialized) {
        bpf_probe_read_user(&value, sizeof value, (void *)p->initialized);
    }
    return value;
}

/* The kind of a detached call, or KIND_NONE where it is legal: judge in shim/gate.c. */
static __always_inline __u32 judge(struct process *p, struct task_struct *task, __u64 cookie,
                                   enum attached attached) {
    __u32 legal = COOKIE_LEGAL(cookie), event = COOKIE_EVENT(cookie);
    if (legal == LEGAL_ALWAYS) {
        return KIND_NONE;
    }
    if (legal == LEGAL_AFTER_SWAP) {
        struct thread *t = bpf_task_storage_get(&threads, task, 0, 0);
        if (t && t->swapped) {
            return KIND_NONE;
        }
    }
    if (!is_initialized(p)) {
        if (legal == LEGAL_BEFORE_INIT) {
            return KIND_NONE;
        }
        return p->was_initialized ? KIND_AFTER_FINALIZE : KIND_BEFORE_INIT;
    }
    p->was_initialized = 1;
    int releases = event == EVENT_SAVE || event == EVENT_RELEASE || event == EVENT_ENSURE_RELEASE ||
                   event == EVENT_DELETE_CURRENT;
    return releases && attached == OTHER_ATTACHED ? KIND_NOT_ATTACHED_HERE : KIND_GIL_NOT_HELD;
}

/* Loops that call back are checked once by the verifier, not once for each turn. */
struct hashing {
    struct thread *t;
    __u64 from, span, hash;
};

static long hash_word(__u32 i, struct hashing *h) {
    if (i < SCAN_WORDS) {
        __u64 from = h->t->scan[i] - h->from;
        if (from < h->span) {
            h->hash = (h->hash ^ from) * 0x100000001b3ull;
        }
    }
    return 0;
}

/* A hash of the addresses on the stack that lie in the code of the site's own module: what
 * tells one caller from another without unwinding. What is left over from earlier calls
 * counts as well, so one caller may have several; their number is bounded. */
__noinline __u64 stack_hash(struct thread *t, __u64 ip, __u64 sp, __u64 span) {
    __u32 below = (__u32)span, above = (__u32)(span >> 32), words = SCAN_WORDS;
    if (!t) {
        return 0;
    }
    struct hashing h = {
        .t = t, .from = ip - below, .span = (__u64)below + above, .hash = 0xcbf29ce484222325ull};
    if (bpf_probe_read_user(t->scan, sizeof t->scan, (void *)sp)) {
        words = 16; /* the outermost frames of a thread */
        if (bpf_probe_read_user(t->scan, 16 * 8, (void *)sp)) {
            return 0;
        }
    }
    bpf_loop(words, hash_word, &h, 0);
    return h.hash | 1;
}

static __noinline int fill(struct violation_record *v, const struct pt_regs *ctx, struct process *p,
                           struct task_struct *task, struct thread *t) {
    head(&v->head, RECORD_VIOLATION, p, task);
    copy_registers(&v->registers, ctx);
    v->self = task->thread.fsbase;
    v->released[0] = *open_release(t);
    v->released[1].word[0] = 0;
    if ((int)t->depth > 0 && t->inner.word[0]) {
        v->released[1] = v->released[0];
        v->released[0] = t->inner;
    }
    v->own = t->own;
    v->state = t->state;
    BPF_CORE_READ_STR_INTO(&v->name, task, comm);
    v->stack_at = ctx->rsp & ~(__u64)(PAGE - 1);
    v->pages = copy_stack(v->stack, ctx->rsp, STACK_PAGES);
    return 0;
}

__noinline int send_violation(struct pt_regs *ctx, struct process *p, struct thread *t,
                              struct variant *key, struct occurrences *o) {
    struct task_struct *task = bpf_get_current_task_btf();
    struct violation_record *v;
    if (!p || !t || !key || !o) {
        return 0;
    }
    v = bpf_ringbuf_reserve(&records, sizeof *v, 0);
    if (!v) {
        return 0; /* the next time, perhaps */
    }
    fill(v, ctx, p, task, t);
    v->variant = *key;
    v->kind = o->kind;
    v->current = 0;
    read_current(p, v->self, &v->current);
    if (p->places.known && (!v->state || !newest_frame(p, v->state))) {
        v->state = find_state(p); /* it may run another interpreter's frames */
    }
    copy_python(p, v);
    o->sent = 1;
    bpf_ringbuf_submit(v, BPF_RB_FORCE_WAKEUP);
    return 0;
}

static __noinline struct occurrences *count(struct variant *key, __u32 kind, struct site *s,
                                            struct task_struct *task, __u64 ip) {
    struct occurrences *o = bpf_map_lookup_elem(&variants, key);
    if (!o) {
        if (s->variants >= MAX_VARIANTS) {
            key->stack = 0;
        }
        struct occurrences *first = bpf_map_lookup_elem(&variants, key);
        if (!first) {
            static const struct occurrences none;
            bpf_map_update_elem(&variants, key, &none, BPF_NOEXIST);
            first = bpf_map_lookup_elem(&variants, key);
            if (!first) {
                return 0;
            }
            __sync_fetch_and_add(&s->variants, 1);
            first->kind = kind;
            first->first = bpf_ktime_get_ns();
            first->pid = number_of(task->group_leader);
            first->tid = number_of(task);
            first->address = ip;
            first->sequence = __sync_fetch_and_add(&sequence, 1) + 1;
        }
        o = first;
    }
    __sync_fetch_and_add(&o->count, 1);
    o->last = bpf_ktime_get_ns();
    return o;
}

__noinline int violated(struct pt_regs *ctx, __u64 cookie, __u32 kind) {
    struct task_struct *task = bpf_get_current_task_btf();
    __u32 n = COOKIE_SITE(cookie);
    struct site *s = bpf_map_lookup_elem(&sites, &n);
    struct process *p = process_of(task);
    struct thread *t = bpf_task_storage_get(&threads, task, 0, BPF_LOCAL_STORAGE_GET_F_CREATE);
    if (!s || !p || !t) {
        __sync_fetch_and_add(&lost, 1);
        return 0;
    }
    if (!t->own) {
        t->own = OWN_UNKNOWN;
    }
    struct variant key = {.process = p->id, .site = n};
    key.stack = stack_hash(t, ctx->rip, ctx->rsp, s->below | (__u64)s->above << 32) ^
                (__u64)p->programs << 1; /* the same program again is another */
    struct occurrences *o = count(&key, kind, s, task, ctx->rip);
    if (!o) {
        __sync_fetch_and_add(&lost, 1);
        return 0;
    }
    p->open_variant = key.stack;
    p->open_site = n;
    p->open_tid = (__u32)task->pid;
    if (!o->sent) {
        send_violation(ctx, p, t, &key, o);
    }
    return 0;
}

/* The last violating call of this thread, if it was the process's last, has returned. */
static __always_inline void close_mark(struct process *p, struct task_struct *task) {
    if (p->open_tid && p->open_tid == (__u32)task->pid) {
        p->open_tid = 0;
    }
}

#endif
