#ifndef GILWATCH_MAPS_H
#define GILWATCH_MAPS_H

struct {
    __uint(type, BPF_MAP_TYPE_TASK_STORAGE);
    __uint(map_flags, BPF_F_NO_PREALLOC);
    __type(key, int);
    __type(value, struct process);
} processes SEC(".maps");

struct {
    __uint(type, BPF_MAP_TYPE_TASK_STORAGE);
    __uint(map_flags, BPF_F_NO_PREALLOC);
    __type(key, int);
    __type(value, struct thread);
} threads SEC(".maps");

struct {
    __uint(type, BPF_MAP_TYPE_ARRAY);
    __uint(map_flags, BPF_F_MMAPABLE);
    __uint(max_entries, 1 << 17); /* raised when it is loaded, if there are more */
    __type(key, __u32);
    __type(value, struct site);
} sites SEC(".maps");

struct {
    __uint(type, BPF_MAP_TYPE_HASH);
    __uint(max_entries, 1 << 15);
    __uint(map_flags, BPF_F_NO_PREALLOC);
    __type(key, struct variant);
    __type(value, struct occurrences);
} variants SEC(".maps");

/* Processes whose main thread has ended before others, by the kernel's number. Such a thread
 * may execute a program: it is then the main thread, and what the old one stored is gone. */
struct {
    __uint(type, BPF_MAP_TYPE_LRU_HASH);
    __uint(max_entries, 1024);
    __type(key, __u32);
    __type(value, struct process);
} headless SEC(".maps");

/* Up to 3.11: which thread attached a state last. */
struct holder {
    __u64 state;
    __u32 process;
    __u32 unused;
};

struct {
    __uint(type, BPF_MAP_TYPE_LRU_HASH);
    __uint(max_entries, 4096);
    __type(key, struct holder);
    __type(value, __u32);
} holders SEC(".maps");

struct {
    __uint(type, BPF_MAP_TYPE_RINGBUF);
    __uint(max_entries, 16 << 20);
} records SEC(".maps");

/* What is counted over all processes. */
__u64 sequence;   /* of the last violating call */
__u64 lost;       /* violating calls that found no room in `variants` */
__u64 lost_notes; /* records of loads, forks and ends that found no room */
__u32 next_child; /* numbers of forked processes */
__u32 own_level;  /* gilwatch's pid namespace, see `level` */

#endif
