/* The kernel's structures, as far as they are read. The field offsets are those of the
 * running kernel: libbpf's CO-RE relocations, filled in from its BTF when the programs are
 * loaded. */
#ifndef GILWATCH_KERNEL_H
#define GILWATCH_KERNEL_H

#define KERNEL __attribute__((preserve_access_index))

typedef struct {
    int counter;
} atomic_t;

struct thread_struct {
    unsigned long fsbase;
} KERNEL;

struct upid {
    int nr;
} KERNEL;

struct pid {
    unsigned int level;
    struct upid numbers[1];
} KERNEL;

#define SIGNAL_GROUP_EXIT 4 /* include/linux/sched/signal.h */

struct signal_struct {
    atomic_t live;
    int group_exit_code;
    unsigned int flags;
} KERNEL;

struct task_struct {
    int pid;
    int tgid;
    int exit_code;
    struct task_struct *group_leader;
    struct pid *thread_pid;
    struct signal_struct *signal;
    struct thread_struct thread;
    char comm[16];
} KERNEL;

#endif
