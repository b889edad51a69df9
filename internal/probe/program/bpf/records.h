/* What the programs and gilwatch tell each other: internal/probe/program makes its Go types
 * from here (bpf2go -type). */
#ifndef GILWATCH_RECORDS_H
#define GILWATCH_RECORDS_H

#define PAGE          4096u
#define STACK_PAGES   9 /* of a violating thread's stack: 32 KiB and the page it begins in */
#define BIRTH_PAGES   3 /* of a thread's that creates another */
#define SCAN_WORDS    128
#define PY_FRAMES     64 /* Python frames whose chain is kept */
#define PY_CODES      10 /* of those, with what their code objects say */
#define PY_FRAME_SIZE 128
#define RELEASED_RING 8   /* as GW_RELEASED_RING of the shim */
#define RELEASE_WORDS 8   /* as GW_RELEASE_WORDS */
#define MAX_VARIANTS  64  /* of one site's stacks, told apart by the addresses on them */
#define MAX_STATES    256 /* thread states that are looked through for a thread's own */

/* Where a process keeps the current thread state. */
enum oracle {
    ORACLE_NONE = 0,    /* not known, or no interpreter: nothing is judged */
    ORACLE_GLOBAL = 1,  /* 3.8 to 3.11: one word at `place` */
    ORACLE_STATIC = 2,  /* 3.12 and later: a word at `place` from the thread pointer */
    ORACLE_DYNAMIC = 3, /* the same, by the module's TLS index at `place` */
};

/* Offsets into CPython's structures; internal/pystack says what each one is. */
struct places {
    __u32 interpreters, interpreter_next, interpreter_threads;
    __u32 thread_next, thread_id, thread_frame, thread_cframe, cframe_frame;
    __u32 frame_back, frame_code;
    __u32 code_name, code_file, code_lines;
    __u32 known; /* 0: no Python stacks */
};

/* A process under watch, in the storage of its first thread. */
struct process {
    __u32 id; /* gilwatch's number for it */
    __u32 oracle;
    __u32 minor;       /* of 3.N */
    __u32 dtv_step;    /* bytes of a dtv entry: 16 in glibc, 8 in musl */
    __u64 place;       /* see enum oracle */
    __u64 more;        /* added to the offset that a TLS index holds */
    __u64 initialized; /* address of _PyRuntime.initialized; 0 not known */
    __u64 runtime;     /* of _PyRuntime */
    __u32 was_initialized;
    __u32 follow;       /* children are watched, too */
    __u32 stop;         /* it is stopped when it loads an object */
    __u32 open_tid;     /* the thread that made the last violating call, not seen to return */
    __u64 open_variant; /* which one that was */
    __u32 open_site;
    __u32 group;    /* only sites of the same group count: those found for its interpreter */
    __u32 programs; /* that it has executed since it is watched */
    __u32 unused;
    __u64 unjudged; /* calls of which nothing could be said */
    struct places places;
};

/* A call that gave the GIL up: struct gw_release in shim/journal.h. */
struct release {
    __u64 sp, rbp;
    __u64 word[RELEASE_WORDS]; /* word[0] is where it returned to; 0 none */
};

/* A thread, in its own storage. */
struct thread {
    __u64 own;   /* up to 3.11: the state it attached last, OWN_UNKNOWN or OWN_GIVEN_UP */
    __u64 state; /* the state that it had when it was last seen to have one */
    struct release released[RELEASED_RING];
    struct release inner; /* PyGILState_Release inside of an open one */
    __u32 depth;
    __u32 swapped;
    __u64 scan[SCAN_WORDS]; /* room to look at its stack */
};

#define OWN_UNKNOWN  1
#define OWN_GIVEN_UP 2

/* A call site, shared with gilwatch. */
struct site {
    __u64 hits;
    __u32 parity; /* only the link that was made with it counts */
    __u32 group;  /* see struct process */
    __u32 below;  /* its code's bytes before it in its module, */
    __u32 above;  /* and behind it */
    __u32 variants;
    __u32 unused;
};

struct variant {
    __u32 process;
    __u32 site;
    __u64 stack; /* hash of the addresses of the module's own code on the stack */
};

struct occurrences {
    __u64 count;
    __u64 first, last; /* CLOCK_MONOTONIC, ns */
    __u64 sequence;    /* of the first */
    __u32 kind;
    __u32 sent; /* the record with its stack found room */
    __u32 pid, tid;
    __u64 address; /* of the call */
};

enum record_type {
    RECORD_VIOLATION = 1,
    RECORD_LOAD = 2,
    RECORD_FORK = 3,
    RECORD_EXEC = 4,
    RECORD_EXIT = 5,
    RECORD_BIRTH = 6,
    RECORD_EXEC_BY_THREAD = 7, /* by another thread than the main one */
};

struct record {
    __u32 type;
    __u32 process;
    __u32 pid, tid; /* in gilwatch's pid namespace; 0 not in it */
    __u64 time;     /* CLOCK_MONOTONIC, ns */
};

/* RECORD_LOAD, RECORD_EXEC, RECORD_EXEC_BY_THREAD: the record alone. */

struct fork_record {
    struct record head; /* process and pid are the child's */
    __u32 parent;
    __u32 parent_pid;
};

struct exit_record {
    struct record head;
    __u32 status; /* as wait(2) gives it */
    __u32 open_tid;
    struct variant open;
    __u64 unjudged;
};

struct registers {
    __u64 dwarf[17]; /* numbered as DWARF does; 16 is the address of the instruction */
};

struct birth_record {
    struct record head; /* tid is the new thread's */
    struct registers registers;
    __u64 stack_at;
    __u8 stack[BIRTH_PAGES * PAGE];
};

/* Pieces of the process's memory: address 0 is none. */
struct py_frame {
    __u64 at, len;
    __u8 bytes[PY_FRAME_SIZE];
};

/* Sizes are powers of two: what is short because its page ends has fewer bytes. */
struct py_code {
    __u64 at, name_at, file_at, lines_at;
    __u32 code_len, name_len, file_len, lines_len;
    __u8 code[256];
    __u8 name[256];
    __u8 file[512];
    __u8 lines[1024];
};

struct violation_record {
    struct record head;
    struct variant variant;
    struct registers registers;
    struct release released[2]; /* what may explain, newest first */
    __u64 current;
    __u64 state; /* this thread's own thread state; 0 none, or not known */
    __u64 own;
    __u64 self;     /* thread pointer */
    __u64 frame_at; /* where the address of the newest Python frame is kept, */
    __u64 frame;    /* and that address */
    __u64 cframe_at, cframe;
    __u32 kind;
    __u32 pages; /* of the stack that could be read */
    char name[16];
    __u64 stack_at;
    __u8 stack[STACK_PAGES * PAGE];
    struct py_frame frames[PY_FRAMES];
    struct py_code codes[PY_CODES];
};

/* Bits of a site's cookie. */
#define COOKIE_SITE(c)   ((__u32)(c)&0xffffff)
#define COOKIE_PARITY(c) ((__u32)((c) >> 24) & 1)
#define COOKIE_JUMP(c)   ((__u32)((c) >> 25) & 1)
#define COOKIE_LEGAL(c)  ((__u32)((c) >> 26) & 7)
#define COOKIE_EVENT(c)  ((__u32)((c) >> 32) & 15)
#define COOKIE_LENGTH(c) ((__u32)((c) >> 36) & 15)

/* As enum gw_legal, gw_event and gw_kind of the shim. */
enum legal { LEGAL_NEVER, LEGAL_ALWAYS, LEGAL_BEFORE_INIT, LEGAL_AFTER_SWAP };
enum event {
    EVENT_NONE,
    EVENT_SAVE,
    EVENT_RELEASE,
    EVENT_RESTORE,
    EVENT_ENSURE,
    EVENT_ENSURE_RELEASE,
    EVENT_SWAP,
    EVENT_NEW_INTERPRETER,
    EVENT_END_INTERPRETER,
    EVENT_DELETE_CURRENT,
    EVENT_RELEASE_LOCK,
    EVENT_INITIALIZE,
    EVENT_FINALIZE,
};
enum kind {
    KIND_NONE,
    KIND_GIL_NOT_HELD,
    KIND_BEFORE_INIT,
    KIND_AFTER_FINALIZE,
    KIND_NOT_ATTACHED_HERE,
};

#endif
