#ifndef GILWATCH_TASK_H
#define GILWATCH_TASK_H

/* The number of a task in gilwatch's own pid namespace; 0 if it is not in it. */
static __always_inline __u32 number_of(struct task_struct *task) {
    struct pid *pid = BPF_CORE_READ(task, thread_pid);
    __u32 level = own_level;
    int nr = 0;
    if (!pid || BPF_CORE_READ(pid, level) < level) {
        return 0;
    }
    bpf_probe_read_kernel(&nr, sizeof nr,
                          (void *)pid + bpf_core_field_offset(struct pid, numbers) +
                              level * bpf_core_type_size(struct upid));
    return (__u32)nr;
}

static __always_inline struct process *process_of(struct task_struct *task) {
    return bpf_task_storage_get(&processes, task->group_leader, 0, 0);
}

static __always_inline void head(struct record *r, __u32 type, const struct process *p,
                                 struct task_struct *task) {
    r->type = type;
    r->process = p->id;
    r->pid = number_of(task->group_leader);
    r->tid = number_of(task);
    r->time = bpf_ktime_get_ns();
}

static __always_inline void copy_registers(struct registers *to, const struct pt_regs *from) {
    to->dwarf[0] = from->rax;
    to->dwarf[1] = from->rdx;
    to->dwarf[2] = from->rcx;
    to->dwarf[3] = from->rbx;
    to->dwarf[4] = from->rsi;
    to->dwarf[5] = from->rdi;
    to->dwarf[6] = from->rbp;
    to->dwarf[7] = from->rsp;
    to->dwarf[8] = from->r8;
    to->dwarf[9] = from->r9;
    to->dwarf[10] = from->r10;
    to->dwarf[11] = from->r11;
    to->dwarf[12] = from->r12;
    to->dwarf[13] = from->r13;
    to->dwarf[14] = from->r14;
    to->dwarf[15] = from->r15;
    to->dwarf[16] = from->rip;
}

/* Copies whole pages, from the one that sp lies in, up to the first that is not there. */
static __always_inline __u32 copy_stack(__u8 *to, __u64 sp, const __u32 pages) {
    __u64 from = sp & ~(__u64)(PAGE - 1);
    __u32 i = 0;
    for (; i < pages; i++) {
        if (bpf_probe_read_user(to + i * PAGE, PAGE, (void *)(from + i * PAGE))) {
            break;
        }
    }
    return i;
}

#endif
