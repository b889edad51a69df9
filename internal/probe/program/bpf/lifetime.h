/* Processes and threads that begin, execute another program and end. */
#ifndef GILWATCH_LIFETIME_H
#define GILWATCH_LIFETIME_H

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

/* The same, and the process lies still until gilwatch has looked at it, if it is to. */
static __always_inline void note_and_stop(__u32 type, struct process *p, struct task_struct *task) {
    if (note(type, p, task) == 0 && p->stop) {
        bpf_send_signal(19 /* SIGSTOP */);
    }
}

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

/* What is known of the process of a thread that has just become its main one. */
static __always_inline struct process *inherited(struct task_struct *task) {
    __u32 tgid = (__u32)task->tgid;
    struct process *had = bpf_map_lookup_elem(&headless, &tgid), *p;
    if (!had) {
        return 0;
    }
    p = bpf_task_storage_get(&processes, task, had, BPF_LOCAL_STORAGE_GET_F_CREATE);
    if (!p) {
        __sync_fetch_and_add(&lost_notes, 1);
    }
    bpf_map_delete_elem(&headless, &tgid);
    return p;
}

SEC("tp_btf/sched_process_exec")
int BPF_PROG(executed, struct task_struct *task) {
    struct process *p = process_of(task);
    __u32 type = RECORD_EXEC;
    if (!p) {
        p = inherited(task);
        type = RECORD_EXEC_BY_THREAD;
    }
    if (p) {
        p->programs++;
        p->oracle = ORACLE_NONE;
        p->was_initialized = 0;
        p->open_tid = 0;
        note_and_stop(type, p, task);
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
    __u32 tgid = (__u32)task->tgid;
    if (signal->live.counter > 0) {
        if (!by_group) {
            close_mark(p, task);
        }
        if (task == task->group_leader) {
            bpf_map_update_elem(&headless, &tgid, p, BPF_ANY);
        }
        return 0;
    }
    bpf_map_delete_elem(&headless, &tgid);
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

#endif
