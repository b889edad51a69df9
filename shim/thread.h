/* What the shim knows of the calling thread. Its storage is initial-exec TLS: there
 * before any constructor of an extension, still there in the thread's last destructor,
 * reached without a call. The assembly uses the offsets below. */
#ifndef GILWATCH_THREAD_H
#define GILWATCH_THREAD_H

#define GW_THREAD_OWN      0
#define GW_THREAD_OPEN     8
#define GW_THREAD_DEPTH    16
#define GW_THREAD_SWAPPED  20
#define GW_THREAD_HOME     24
#define GW_THREAD_RELEASED 32
#define GW_THREAD_INNER    (GW_THREAD_RELEASED + GW_RELEASED_RING * GW_RELEASE_SIZE)

/* Entries of the ring of release sites; a power of two. Deeper nesting than this
 * overwrites the outermost. */
#define GW_RELEASED_RING 8

/* struct gw_release. */
#define GW_RELEASE_SIZE 80
#define GW_RELEASE_SP   0
#define GW_RELEASE_RBP  8
#define GW_RELEASE_WORD 16
#define GW_RELEASE_KEPT (GW_RELEASE_SIZE - GW_RELEASE_WORD) /* bytes of the stack */

/* `own` where this thread's state is not known, and where this thread is known to have
 * given it up through a gate: equal to no pointer and not NULL. */
#define GW_OWN_UNKNOWN  1
#define GW_OWN_GIVEN_UP 2

#ifndef __ASSEMBLER__

#    include <stdint.h>

#    include "journal.h"

/* A violation this thread met lately: found again by three compares, and then by the
 * return addresses, which still stand where they stood. */
struct gw_seen {
    uintptr_t sp;
    uintptr_t released;
    struct gw_violation_entry *entry;
    struct gw_share_entry *share; /* the running test's, then: test.h */
    uint32_t function;
    uint32_t kind;
};

#    define GW_SEEN 4

/* A recorded call that has not been seen to return: incall.h. */
struct gw_call {
    uintptr_t at; /* where its return address stands */
    uintptr_t ra;
    uint64_t path;
};

#    define GW_CALLS 4

struct gw_thread {
    uintptr_t own; /* 3.8 to 3.11: the thread state this thread attached last */
    struct gw_mark *open;
    uint32_t depth;   /* open releases; indexes the ring */
    uint32_t swapped; /* this thread did PyThreadState_Swap(NULL) and the like */
    uintptr_t home;   /* 3.8 to 3.11: what it attached by a gate last */
    struct gw_release released[GW_RELEASED_RING];
    /* The last PyGILState_Release inside of the open release, which may be over already:
     * the stack tells which of the two explains. */
    struct gw_release inner;
    uintptr_t stack_low, stack_end; /* this much of its own stack is known: stack.h */
    struct gw_mark *mark;           /* this thread's, once it has one */
    uint32_t next_seen;
    uint32_t born; /* number of the test that this thread was made in: test.h */
    struct gw_seen seen[GW_SEEN];
    uint32_t calls;   /* in use in call[], outermost first */
    uint32_t strange; /* a release was made on a stack that is not its own: gate.c */
    struct gw_call call[GW_CALLS];
    struct gw_attempt *attempt; /* a bounded take of the GIL is under way: take.c */
    uint32_t acquired;          /* calls under way with a GIL that was taken for them */
    uint32_t patience;          /* how often the last takes in a row came to nothing */
};

extern __thread struct gw_thread gw_thread __attribute__((tls_model("initial-exec")));

/* gw_thread_forget drops what points into a journal that is no longer ours. */
void gw_thread_forget(void);

#endif
#endif
