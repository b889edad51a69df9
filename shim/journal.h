/* The journal: a process's own file in the session folder, mapped shared, so that
 * what stands in it outlives the process, however that dies.
 *
 * This header is the one source of the layout: internal/journal/layout.go is made
 * from it by `go tool cgo -godefs`. All integers are in host order.
 *
 *   0                  struct gw_journal                 (GW_JOURNAL_HEADER bytes)
 *   GW_JOURNAL_HEADER  struct gw_mark[GW_MARKS]          (up to GW_JOURNAL_ENTRIES)
 *   GW_JOURNAL_ENTRIES entries, each 8-aligned, each begun by struct gw_entry
 *
 * An entry is claimed by moving `cursor`, filled, and then its `type` is stored with
 * release order: a type of 0 means "claimed, not finished", its size is already
 * right. What lies behind `cursor` is not in use. */
#ifndef GILWATCH_JOURNAL_H
#define GILWATCH_JOURNAL_H

#include <stdint.h>

#define GW_JOURNAL_MAGIC   0x4c4e524a57474c49ull
#define GW_JOURNAL_VERSION 7
#define GW_JOURNAL_HEADER  8192
#define GW_JOURNAL_ENTRIES 24576
#define GW_MARKS           512
#define GW_FRAMES_MAX      128
#define GW_BUILD_ID_MAX    32
#define GW_TEST_MAX        1024 /* bytes of a test's name that are kept */
#define GW_RELEASE_WORDS   8    /* of the stack at a release: a guard's frame */
#define GW_RELEASES_MAX    2    /* that may explain a violation */
#define GW_REGISTER_SP     7    /* the stack pointer's DWARF number */

enum gw_state {
    GW_STATE_STARTING = 0,
    GW_STATE_WATCHING = 1,
    GW_STATE_OFF = 2, /* not watched, or no longer; `reason` says why */
};

enum gw_build {
    GW_BUILD_UNKNOWN = 0,
    GW_BUILD_SHARED = 1, /* the interpreter is a shared object */
    GW_BUILD_STATIC = 2, /* the interpreter is the executable */
};

enum gw_oracle {
    GW_ORACLE_NONE = 0,
    GW_ORACLE_GLOBAL = 1, /* 3.8 to 3.11: the runtime's current thread state */
    GW_ORACLE_TLS = 2,    /* 3.12 and later: a thread-local at a known offset */
    GW_ORACLE_GETTER = 3, /* the exported getter is called */
};

enum gw_kind {
    GW_KIND_GIL_NOT_HELD = 1,
    GW_KIND_BEFORE_INIT = 2,
    GW_KIND_AFTER_FINALIZE = 3,
    GW_KIND_NOT_ATTACHED_HERE = 4,
};

/* What saw the violation; in gw_settings, what is to look. Bits. */
enum gw_sensor {
    GW_SENSOR_CALLS = 1, /* a gate */
    GW_SENSOR_ALLOC = 2, /* an allocator's thunk */
};

/* What is done at a violation, once it is recorded: --on-violation. */
enum gw_action {
    GW_ACTION_REPORT = 0,
    GW_ACTION_ACQUIRE = 1, /* the call is made with the GIL held */
    GW_ACTION_STOP = 2,    /* the process stops before the call */
    GW_ACTION_ABORT = 3,   /* it gets SIGABRT before the call */
};

/* What the collector answers the thread that waits with a violation. */
enum gw_looked {
    GW_LOOKED_NOT = 0,
    GW_LOOKED_ACT = 1,   /* what the settings ask for is done */
    GW_LOOKED_SPARE = 2, /* the user knows of this one: it neither stops nor aborts */
    GW_LOOKED_NAMES = 3, /* not yet answered: whether the user does is told by names */
};

/* Why an action was not taken. */
enum gw_declined {
    GW_DECLINED_NOT = 0,
    GW_DECLINED_BUSY = 1,       /* the GIL was not to be had in time */
    GW_DECLINED_KIND = 2,       /* no interpreter to attach to, or another's state is current */
    GW_DECLINED_FUNCTION = 3,   /* the function switches or deletes thread states itself */
    GW_DECLINED_HANDLER = 4,    /* in a signal handler, which may have interrupted anything */
    GW_DECLINED_FINALIZING = 5, /* the interpreter lets no thread attach any more */
    GW_DECLINED_VFORK = 6,      /* in a vfork child, which runs in its parent's memory */
    GW_DECLINED_ELSEWHERE = 7,  /* up to 3.11: the thread's state is attached in another thread */
    GW_DECLINED_FULL = 8,       /* GW_ACQUIRED calls are under way */
    GW_DECLINED_CPU = 9,        /* the CPU's shadow stack holds return addresses */
    GW_DECLINED_MACRO = 10,     /* a macro is no call that could be acquired for */
    GW_DECLINED_DELETED = 11,   /* another thread has deleted the thread's state */
};

enum gw_entry_type {
    GW_ENTRY_MODULE = 1,
    GW_ENTRY_UNLOAD = 2,
    GW_ENTRY_VIOLATION = 3,
    GW_ENTRY_CHILD = 4, /* a program was started that cannot be watched */
    GW_ENTRY_TEST = 5,
    GW_ENTRY_SHARE = 6,
};

struct gw_journal {
    uint64_t magic;
    uint32_t version;
    uint32_t serial;    /* the N of the file's name, PID.N */
    uint64_t allocated; /* bytes of the file that have storage */
    uint64_t cursor;    /* where the next entry begins */
    uint64_t started;   /* CLOCK_REALTIME, ns */
    uint64_t ended;     /* the same; 0 unless the process ended by exit() */
    uint64_t lost;      /* occurrences whose stack found no room */
    uint64_t untold;    /* occurrences whose test found no room */
    uint64_t sequence;  /* of the last occurrence, over all threads */
    uint64_t interpreter_bias;
    uint64_t runtime; /* address of _PyRuntime; 0 not exported */
    int32_t pid;
    int32_t ppid;
    uint32_t state;  /* enum gw_state */
    uint32_t build;  /* enum gw_build */
    uint32_t oracle; /* enum gw_oracle */
    uint32_t free_threaded;
    uint32_t modules;       /* with at least one slot under watch */
    uint32_t functions;     /* on the watch list */
    uint32_t slots;         /* under watch */
    uint32_t slots_foreign; /* of watched functions, but found with another's address */
    uint32_t late;          /* the interpreter was loaded after the program had begun */
    uint32_t argc;
    uint32_t argv_size; /* bytes used in argv, each argument ended by NUL */
    /* Offset of a thread's word, from its pointer, that says which state it attached: up to
     * 3.11 gw_thread.own, later the interpreter's; 0: none has a fixed place. */
    int32_t attached;
    uint32_t pid_namespace; /* inode of /proc/self/ns/pid; 0 not known */
    uint32_t unused;
    char python[64]; /* as Py_GetVersion begins: "3.12.1" */
    char reason[256];
    char exe[1024];
    char argv[4096];
};

/* The violating call a thread made last. `open` is cleared when the thread is seen
 * to attach again or makes another one: a process that dies by a signal with an open
 * newest mark died in that call. */
struct gw_mark {
    int32_t tid;
    uint32_t open;
    uint64_t entry; /* offset of the violation */
    uint64_t sequence;
    uint64_t unused;
};

struct gw_entry {
    uint32_t type; /* enum gw_entry_type */
    uint32_t size; /* of the whole entry, a multiple of 8 */
};

/* Which file a name led to when its object was found loaded. A file that is written to, or
 * that takes the name, has another st_mtime or inode. */
struct gw_file {
    uint64_t device;
    uint64_t inode;  /* GW_FILE_UNKNOWN: it could not be looked at */
    int64_t written; /* st_mtime, ns */
};

#define GW_FILE_UNKNOWN UINT64_MAX

struct gw_module_entry {
    struct gw_entry entry;
    uint64_t bias; /* load bias: address minus the file's p_vaddr */
    uint64_t start;
    uint64_t end;
    struct gw_file file; /* all 0 where there is a build id, which tells more */
    uint32_t slots;      /* under watch */
    uint32_t interpreter;
    uint32_t build_id_size;
    uint32_t path_size; /* with its NUL; the path follows the struct */
    uint8_t build_id[GW_BUILD_ID_MAX];
};

struct gw_unload_entry {
    struct gw_entry entry;
    uint64_t module; /* offset of its entry */
};

/* A release as its gate saw it. The function that released has often returned when the thread
 * violates, a guard's constructor for one, and the stack that it had is gone. So the words
 * that it and the next calls overwrite are copied: the frame can be unwound later. */
struct gw_release {
    uint64_t sp; /* at the gate's entry: where word[0] stood */
    uint64_t rbp;
    uint64_t word[GW_RELEASE_WORDS]; /* word[0] is where the release returned to; 0 none */
};

struct gw_violation_entry {
    struct gw_entry entry;
    uint64_t count;    /* occurrences of this very stack that are in no share */
    uint64_t first;    /* CLOCK_REALTIME, ns */
    uint64_t last;     /* the same, to the tick of the kernel's coarse clock */
    uint64_t sequence; /* of the first occurrence */
    uint64_t released; /* return address of the call that gave the GIL up last; 0 unknown */
    uint64_t tstate;   /* PyGILState_GetThisThreadState(): 0, this thread has none */
    uint64_t current;  /* current thread state as the oracle read it */
    uint64_t self;     /* pthread_self() */
    uint64_t gate;     /* address of the gate: what a call through a register has in it */
    uint64_t shares;   /* offset of the newest gw_share_entry; 0 none */
    uint32_t kind;     /* enum gw_kind */
    int32_t pid;       /* differs from the journal's in a vfork child */
    int32_t tid;
    uint32_t looked; /* enum gw_looked, a futex: the collector sets it and wakes */
    uint32_t frames; /* return addresses that follow, innermost first */
    uint32_t truncated;
    uint32_t started;  /* frames of the thread's creator; 0 not known */
    uint32_t sensor;   /* enum gw_sensor */
    char thread[16];   /* comm of the thread */
    char function[88]; /* the C-API function */
    uint64_t regs[17]; /* at the gate's entry, DWARF numbering */
    uint64_t acted;    /* occurrences at which the settings' action was taken */
    uint64_t declined; /* and at which it was not */
    uint32_t why;      /* enum gw_declined, the last one */
    uint32_t handler;  /* the stack has a signal handler's frame */
    uint32_t macro;    /* `function` is one of the macros that gilwatch_check is called by */
    uint32_t action;   /* enum gw_action: what `acted` and `declined` count */
    uint32_t releases; /* struct gw_release that follow, newest first */
    uint32_t unused;
};

/* Behind a gw_violation_entry: uint64_t pc[frames]; uint64_t started_pc[started], the
 * return addresses where the thread was created; struct gw_release release[releases]: that
 * which gave the GIL up last and, where that was PyGILState_Release inside of another that is
 * open still, the other; uint32_t at[frames], the place of each pc, in 8-byte words above
 * the stack pointer at entry. */

/* Numbers of tests. */
#define GW_TEST_UNASKED 0
#define GW_TEST_NONE    1

/* A value of PYTEST_CURRENT_TEST, written when a violation or a thread needs it. */
struct gw_test_entry {
    struct gw_entry entry;
    uint32_t number; /* above GW_TEST_NONE, or the entry is not in use */
    uint32_t length; /* of the text, which follows */
};

/* Occurrences of a violation while one test ran, in threads made in one test. */
struct gw_share_entry {
    struct gw_entry entry;
    uint64_t violation; /* offset of its entry */
    uint64_t next;      /* offset of the violation's next share; 0 none */
    uint64_t count;
    uint64_t first; /* as those of the violation */
    uint64_t last;
    uint32_t test; /* the test that ran */
    uint32_t born; /* the test that the thread was made in */
};

struct gw_child_entry {
    struct gw_entry entry;
    int32_t pid;
    uint32_t reason_size; /* with NUL; the reason follows, then the path */
    uint32_t path_size;
    int32_t ppid; /* 0 not known */
};

/* What a process without an interpreter, which has no journal, has to tell of programs it
 * starts: the file `children` in the session folder, gw_child_entry after gw_child_entry,
 * each appended in one write. */

/* Settings: the file `settings` in the session folder, written before a process is
 * started, never changed. */
#define GW_SETTINGS_MAGIC 0x5445535f57474c49ull

struct gw_settings {
    uint64_t magic;
    uint32_t version;
    uint32_t wait_ms;     /* how long a thread waits for the collector at a new stack */
    uint64_t journal_max; /* bytes a journal may grow to */
    uint32_t embedded;    /* 1: a process may start the collector inside the shim */
    uint32_t sensors;     /* enum gw_sensor: those in use */
    uint32_t action;      /* enum gw_action */
    uint32_t acquire_ms;  /* how long a thread waits for the GIL that it is to acquire */
};

/* A note to the collector, written to the FIFO `bell` in one write, so never torn
 * (PIPE_BUF is larger). */
#define GW_BELL_MAGIC 0x57474c42u

enum gw_bell_type {
    GW_BELL_HELLO = 1,
    GW_BELL_VIOLATION = 2,
    GW_BELL_NO_JOURNAL = 3, /* a process could not make one, and is not watched */
};

struct gw_bell {
    uint32_t magic;
    uint32_t type;
    int32_t pid;
    uint32_t serial;
    uint64_t entry;
};

_Static_assert(sizeof(struct gw_journal) <= GW_JOURNAL_HEADER, "header");
_Static_assert(GW_JOURNAL_HEADER + GW_MARKS * sizeof(struct gw_mark) <= GW_JOURNAL_ENTRIES,
               "marks");
_Static_assert(sizeof(struct gw_violation_entry) % 8 == 0, "entries are 8-aligned");
_Static_assert(sizeof(struct gw_share_entry) % 8 == 0, "entries are 8-aligned");
_Static_assert(sizeof(struct gw_module_entry) % 8 == 0, "entries are 8-aligned");

#endif
