/* The programs that watch call sites of the C API in other processes. Every function stays
 * below 64 bytes of stack: from there on kernels since 6.13 give it one of its CPU, though the
 * programs of uprobes can be preempted. */
#include <linux/bpf.h>
#include <linux/types.h>

#include <asm/ptrace.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#include "records.h"

#include "kernel.h"
#include "maps.h"

#include "task.h"

#include "oracle.h"

#include "event.h"
#include "python.h"

char LICENSE[] SEC("license") = "GPL"; /* the kernel's condition for the helpers used */

struct violation_record *unused_violation __attribute__((unused));
struct exit_record *unused_exit __attribute__((unused));
struct fork_record *unused_fork __attribute__((unused));
struct birth_record *unused_birth __attribute__((unused));

/* ---- violations ---- */

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
    v->released = t->released[t->depth & (RELEASED_RING - 1)];
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
    key.stack = stack_hash(t, ctx->rip, ctx->rsp, s->below | (__u64)s->above << 32);
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

/* ---- call sites ---- */

static __always_inline struct process *of_site(struct task_struct *task, __u64 cookie) {
    __u32 n = COOKIE_SITE(cookie);
    struct site *s = bpf_map_lookup_elem(&sites, &n);
    if (!s || s->parity != COOKIE_PARITY(cookie)) {
        return 0;
    }
    struct process *p = process_of(task);
    if (!p || p->group != s->group) {
        return 0;
    }
    __sync_fetch_and_add(&s->hits, 1);
    return p;
}

/* A function that needs an attached thread state and changes nothing about it. */
SEC("uprobe.multi")
int call(struct pt_regs *ctx) {
    __u64 cookie = bpf_get_attach_cookie(ctx);
    struct task_struct *task = bpf_get_current_task_btf();
    struct process *p = of_site(task, cookie);
    __u64 current;
    if (!p) {
        return 0;
    }
    enum attached attached = ask(p, task, task->thread.fsbase, &current);
    if (attached == ATTACHED) {
        close_mark(p, task);
        return 0;
    }
    if (attached == UNKNOWN) {
        __sync_fetch_and_add(&p->unjudged, 1);
        return 0;
    }
    __u32 kind = judge(p, task, cookie, attached);
    if (kind) {
        violated(ctx, cookie, kind);
    }
    return 0;
}

/* A function that attaches, or gives a state up. */
SEC("uprobe.multi")
int change(struct pt_regs *ctx) {
    __u64 cookie = bpf_get_attach_cookie(ctx), current = 0;
    struct task_struct *task = bpf_get_current_task_btf();
    struct process *p = of_site(task, cookie);
    if (!p) {
        return 0;
    }
    enum attached attached = ask(p, task, task->thread.fsbase, &current);
    __u32 kind = KIND_NONE;
    if (attached == UNKNOWN) {
        __sync_fetch_and_add(&p->unjudged, 1);
    } else if (attached != ATTACHED) {
        kind = judge(p, task, cookie, attached);
    }
    if (kind) {
        violated(ctx, cookie, kind);
    } else {
        close_mark(p, task);
    }
    struct thread *t = bpf_task_storage_get(&threads, task, 0, BPF_LOCAL_STORAGE_GET_F_CREATE);
    if (t) {
        if (!t->own) {
            t->own = OWN_UNKNOWN;
        }
        if (attached == ATTACHED) {
            t->state = current;
        }
        note_event(ctx, cookie, p, t);
    }
    return 0;
}

/* ---- loading ---- */

static __always_inline int note(__u32 type, struct process *p, struct task_struct *task) {
    struct record *r = bpf_ringbuf_reserve(&records, sizeof *r, 0);
    if (!r) {
        __sync_fetch_and_add(&lost_notes, 1);
        return -1;
    }
    head(r, type, p, task);
    bpf_ringbuf_submit(r, BPF_RB_FORCE_WAKEUP);
    return 0;
}

/* _dl_debug_state of the dynamic loader, which it calls when objects have been mapped and
 * none of their code has run. */
SEC("uprobe.multi")
int loaded(struct pt_regs *ctx) {
    struct task_struct *task = bpf_get_current_task_btf();
    struct process *p = process_of(task);
    if (p && note(RECORD_LOAD, p, task) == 0 && p->stop) {
        bpf_send_signal(19 /* SIGSTOP */);
    }
    return 0;
}

/* ---- processes and threads ---- */

static __noinline int send_birth(struct process *p, struct task_struct *parent,
                                 struct task_struct *child) {
    struct birth_record *b = bpf_ringbuf_reserve(&records, sizeof *b, 0);
    struct pt_regs *regs = (void *)bpf_task_pt_regs(parent);
    if (!b) {
        return 0; /* where the thread was created stays unknown */
    }
    head(&b->head, RECORD_BIRTH, p, parent);
    b->head.tid = number_of(child);
    copy_registers(&b->registers, regs);
    b->stack_at = regs->rsp & ~(__u64)(PAGE - 1);
    if (copy_stack(b->stack, regs->rsp, BIRTH_PAGES) == 0) {
        b->stack_at = 0;
    }
    bpf_ringbuf_submit(b, 0);
    return 0;
}

SEC("tp_btf/sched_process_fork")
int BPF_PROG(forked, struct task_struct *parent, struct task_struct *child) {
    struct process *p = process_of(parent), *c;
    if (!p) {
        return 0;
    }
    if (child->tgid == parent->tgid) {
        send_birth(p, parent, child);
        return 0;
    }
    if (!p->follow) {
        return 0;
    }
    c = bpf_task_storage_get(&processes, child, p, BPF_LOCAL_STORAGE_GET_F_CREATE);
    if (!c) {
        __sync_fetch_and_add(&lost_notes, 1);
        return 0;
    }
    c->id = (1 << 20) + __sync_fetch_and_add(&next_child, 1);
    c->open_tid = 0;
    c->unjudged = 0;
    struct fork_record *f = bpf_ringbuf_reserve(&records, sizeof *f, 0);
    if (!f) {
        __sync_fetch_and_add(&lost_notes, 1);
        return 0;
    }
    head(&f->head, RECORD_FORK, c, child);
    f->parent = p->id;
    f->parent_pid = number_of(parent->group_leader);
    bpf_ringbuf_submit(f, 0);
    return 0;
}

SEC("tp_btf/sched_process_exec")
int BPF_PROG(executed, struct task_struct *task) {
    struct process *p = process_of(task);
    if (p) {
        p->oracle = ORACLE_NONE;
        p->was_initialized = 0;
        p->open_tid = 0;
        note(RECORD_EXEC, p, task);
    }
    return 0;
}

SEC("tp_btf/sched_process_exit")
int BPF_PROG(exited, struct task_struct *task) {
    struct process *p = process_of(task);
    if (!p) {
        return 0;
    }
    struct signal_struct *signal = task->signal;
    __u32 by_group = signal->flags & SIGNAL_GROUP_EXIT;
    if (signal->live.counter > 0) {
        if (!by_group) {
            close_mark(p, task);
        }
        return 0;
    }
    struct exit_record *e = bpf_ringbuf_reserve(&records, sizeof *e, 0);
    if (!e) {
        __sync_fetch_and_add(&lost_notes, 1);
        return 0;
    }
    head(&e->head, RECORD_EXIT, p, task);
    e->status = by_group ? signal->group_exit_code : task->group_leader->exit_code;
    e->open_tid = p->open_tid;
    e->unjudged = p->unjudged;
    e->open.process = p->id;
    e->open.site = p->open_site;
    e->open.stack = p->open_variant;
    bpf_ringbuf_submit(e, BPF_RB_FORCE_WAKEUP);
    return 0;
}

/* Run once by gilwatch itself: which pid namespace is its own. */
SEC("raw_tp")
int level(void *ctx) {
    struct task_struct *task = bpf_get_current_task_btf();
    own_level = BPF_CORE_READ(task, thread_pid, level);
    return 0;
}
