/* The oracle: is this thread attached? The same rules as shim/oracle.c. */
#ifndef GILWATCH_ORACLE_H
#define GILWATCH_ORACLE_H

enum attached {
    ATTACHED,
    DETACHED,
    OTHER_ATTACHED, /* 3.8 to 3.11: another thread holds the GIL */
    UNKNOWN,        /* nothing can be said */
};

/* The block of a thread-local of an object that may have been loaded late: its index in the
 * vector that the thread control block points to (glibc's sysdeps/x86_64/nptl/tls.h, musl's
 * src/internal/pthread_impl.h). Its distance from the thread pointer is the same in all
 * threads if the object was there at the start: glibc's `to_free` is NULL then. */
#define UNREADABLE 1 /* equal to no pointer and not NULL */

__noinline __u64 read_dynamic(struct process *p, __u64 fs) {
    __u64 index[2], block[2] = {};
    if (!p || bpf_probe_read_user(index, sizeof index, (void *)p->place) ||
        bpf_probe_read_user(block, 8, (void *)(fs + 8)) ||
        bpf_probe_read_user(block, sizeof block, (void *)(block[0] + index[0] * p->dtv_step))) {
        return UNREADABLE;
    }
    if (block[0] == ~0ull || block[0] == 0) {
        return 0; /* this thread has never asked for its own */
    }
    index[1] += block[0] + p->more;
    if (bpf_probe_read_user(index, 8, (void *)index[1])) {
        return UNREADABLE;
    }
    if (p->dtv_step == 16 && block[1] == 0) {
        p->place = index[1] - fs;
        p->oracle = ORACLE_STATIC;
    }
    return index[0];
}

/* The current thread state as this thread sees it; not 0 if it cannot be read. */
static __always_inline long read_current(struct process *p, __u64 fs, __u64 *value) {
    switch (p->oracle) {
    case ORACLE_STATIC:
        return bpf_probe_read_user(value, 8, (void *)(fs + p->place));
    case ORACLE_GLOBAL:
        return bpf_probe_read_user(value, 8, (void *)p->place);
    case ORACLE_DYNAMIC:
        *value = read_dynamic(p, fs);
        return *value == UNREADABLE;
    }
    return -1;
}

/* Another thread was seen to attach the state last. */
__noinline int held_by_other(__u32 process, __u64 state) {
    struct holder key = {.state = state, .process = process};
    __u32 *who = bpf_map_lookup_elem(&holders, &key);
    return who && *who != (__u32)bpf_get_current_pid_tgid();
}

/* 3.8 to 3.11. See ask_global in shim/oracle.c; a thread's gilstate state bears its id. */
static __always_inline enum attached ask_global(struct process *p, struct task_struct *task,
                                                __u64 fs, __u64 current) {
    if (!current) {
        return DETACHED;
    }
    struct thread *t = bpf_task_storage_get(&threads, task, 0, 0);
    if (t && t->own == current) {
        return ATTACHED;
    }
    if (t && t->own == OWN_GIVEN_UP && held_by_other(p->id, current)) {
        return OTHER_ATTACHED;
    }
    __u64 id = 0;
    if (bpf_probe_read_user(&id, 8, (void *)(current + p->places.thread_id))) {
        return UNKNOWN; /* freed meanwhile, or paged out */
    }
    return id == fs ? ATTACHED : OTHER_ATTACHED;
}

static __always_inline enum attached ask(struct process *p, struct task_struct *task, __u64 fs,
                                         __u64 *current) {
    if (read_current(p, fs, current)) {
        return UNKNOWN;
    }
    if (p->oracle == ORACLE_GLOBAL) {
        return ask_global(p, task, fs, *current);
    }
    return *current ? ATTACHED : DETACHED;
}

#endif
