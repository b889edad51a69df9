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

#include "violation.h"

#include "lifetime.h"

char LICENSE[] SEC("license") = "GPL"; /* the kernel's condition for the helpers used */

struct violation_record *unused_violation __attribute__((unused));
struct exit_record *unused_exit __attribute__((unused));
struct fork_record *unused_fork __attribute__((unused));
struct birth_record *unused_birth __attribute__((unused));

/* The kind of a call, that is not attached, of a site that is its process's own. */
static __noinline __u32 look(struct pt_regs *ctx, __u64 cookie, struct process *p,
                             enum attached attached) {
    __u32 kind = KIND_NONE;
    if (attached == UNKNOWN) {
        __sync_fetch_and_add(&p->unjudged, 1);
    } else {
        kind = judge(p, bpf_get_current_task_btf(), cookie, attached);
    }
    if (kind) {
        violated(ctx, cookie, kind);
    }
    return kind;
}

/* A function that attaches, or gives a state up. */
static __noinline int change(struct pt_regs *ctx, __u64 cookie, struct process *p, __u64 state) {
    struct task_struct *task = bpf_get_current_task_btf();
    struct thread *t = bpf_task_storage_get(&threads, task, 0, BPF_LOCAL_STORAGE_GET_F_CREATE);
    if (t) {
        if (!t->own) {
            t->own = OWN_UNKNOWN;
        }
        if (state) {
            t->state = state;
        }
        note_event(ctx, cookie, p, t);
    }
    return 0;
}

/* A call site. Most calls are clean and leave at the first return: one look into the
 * process, one word of its memory, and a count that need not be exact, since only the brake
 * and the benchmark read it. */
SEC("uprobe.multi")
int call(struct pt_regs *ctx) {
    struct task_struct *task = bpf_get_current_task_btf();
    struct process *p = process_of(task);
    __u64 cookie = bpf_get_attach_cookie(ctx), current = 0;
    __u32 n = COOKIE_SITE(cookie);
    struct site *s = bpf_map_lookup_elem(&sites, &n);
    if (!p || !s) {
        return 0;
    }
    s->hits++;
    enum attached attached = ask(p, task, task->thread.fsbase, &current);
    if (attached == ATTACHED && COOKIE_EVENT(cookie) == EVENT_NONE) {
        close_mark(p, task);
        return 0;
    }
    if (s->parity != COOKIE_PARITY(cookie) || p->group != s->group) {
        return 0; /* another link's or another interpreter's */
    }
    if (attached == ATTACHED || (!look(ctx, cookie, p, attached) && COOKIE_EVENT(cookie))) {
        close_mark(p, task);
    }
    if (COOKIE_EVENT(cookie)) {
        change(ctx, cookie, p, attached == ATTACHED ? current : 0);
    }
    return 0;
}

/* _dl_debug_state of the dynamic loader, which it calls when objects have been mapped and
 * none of their code has run. */
SEC("uprobe.multi")
int loaded(struct pt_regs *ctx) {
    struct task_struct *task = bpf_get_current_task_btf();
    struct process *p = process_of(task);
    if (p) {
        note_and_stop(RECORD_LOAD, p, task);
    }
    return 0;
}

/* Run once by gilwatch itself: which pid namespace is its own. */
SEC("raw_tp")
int level(void *ctx) {
    struct task_struct *task = bpf_get_current_task_btf();
    own_level = BPF_CORE_READ(task, thread_pid, level);
    return 0;
}
