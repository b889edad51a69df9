/* A Go library starts its runtime from the last entry of its DT_INIT_ARRAY
 * (_rt0_amd64_linux_lib, src/runtime/asm_amd64.s): threads, signal handlers, a gigabyte
 * of address space. A watched process must not notice that it is watched, so an earlier
 * constructor takes that entry out and keeps it. */
#include "sys.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <link.h>
#include <linux/close_range.h>
#include <linux/futex.h>
#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>
#include <unistd.h>

#include "awake.h"
#include "exports.h"
#include "journal_file.h"
#include "session.h"

typedef void (*init_function)(int, char **, char **);

static init_function start_runtime;
static int32_t awake_pid;   /* the process the runtime runs in */
static uint32_t awake_once; /* somebody has tried, here or in the parent */

static void sleep_on(int argc, char **argv, char **envp) {
    (void)argc;
    (void)argv;
    (void)envp;
}

extern ElfW(Dyn) _DYNAMIC[] __attribute__((visibility("hidden")));

static init_function *last_of_init_array(void) {
    Dl_info self;
    uintptr_t array = 0;
    size_t size = 0;
    if (!dladdr(_DYNAMIC, &self)) {
        return NULL;
    }
    uintptr_t base = (uintptr_t)self.dli_fbase;
    for (const ElfW(Dyn) *d = _DYNAMIC; d->d_tag != DT_NULL; d++) {
        if (d->d_tag == DT_INIT_ARRAY) {
            array = d->d_un.d_ptr < base ? base + d->d_un.d_ptr : d->d_un.d_ptr;
        } else if (d->d_tag == DT_INIT_ARRAYSZ) {
            size = d->d_un.d_val;
        }
    }
    return array && size ? (init_function *)array + size / sizeof(init_function) - 1 : NULL;
}

__attribute__((constructor(101))) static void put_to_sleep(void) {
    init_function *last = last_of_init_array();
    uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
    if (!last) {
        return;
    }
    void *start = (void *)((uintptr_t)last & ~(page - 1));
    if (mprotect(start, page, PROT_READ | PROT_WRITE) == 0) {
        start_runtime = *last;
        *last = sleep_on;
        (void)mprotect(start, page, PROT_READ);
    }
}

/* What the starting thread and the collector's thread tell each other: futexes. */
enum { NOT_YET, YES, NO };
static uint32_t listening, finishing, finished;

static void tell(uint32_t *word, uint32_t value) {
    __atomic_store_n(word, value, __ATOMIC_RELEASE);
    GW_SYS(futex, word, FUTEX_WAKE_PRIVATE, INT32_MAX, 0);
}

static uint32_t told(uint32_t *word) {
    uint32_t value;
    while ((value = __atomic_load_n(word, __ATOMIC_ACQUIRE)) == NOT_YET) {
        GW_SYS(futex, word, FUTEX_WAIT_PRIVATE, NOT_YET, 0);
    }
    return value;
}

/* The threads from here on get a descriptor table of their own, with the program's stderr
 * and nothing else: the program sees no descriptor of ours, may close all it has
 * (os.closerange: Go ends the process when its epoll is closed), and an end of file that
 * somebody waits for is not kept back by a copy. Before Linux 5.9 the table stays shared. */
static void leave_descriptors(void) {
    if (GW_SYS(close_range, 3, ~0u, CLOSE_RANGE_UNSHARE, 0) != 0) {
        return;
    }
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);
    for (int fd = 0; null >= 0 && fd <= 2; fd++) {
        if (fd != null && (fd != 2 || fcntl(fd, F_GETFD) < 0)) {
            (void)dup2(null, fd);
        }
    }
}

/* The runtime makes its threads from this one, and so with its table and its mask. It never
 * ends: a thread that has entered Go may not. */
static void *collect(void *unused) {
    (void)unused;
    static char *argv[] = {"gilwatch", NULL, NULL, NULL}; /* argv, environment, auxv: empty */
    leave_descriptors();
    start_runtime(1, argv, argv + 2);
    tell(&listening, gilwatchListen(gw_session_folder) ? YES : NO);
    told(&finishing);
    gilwatchFinish();
    tell(&finished, YES);
    return NULL;
}

/* The runtime's threads are born with every signal blocked, and what it made of the
 * dispositions is undone: faulthandler's handlers stay the program's. */
static bool start_blocked(void) {
    static struct sigaction had[NSIG]; /* 10 KB, and this runs once */
    sigset_t all, mask;
    pthread_t thread;
    sigfillset(&all);
    if (pthread_sigmask(SIG_BLOCK, &all, &mask) != 0) {
        return false;
    }
    for (int s = 1; s < NSIG; s++) {
        had[s].sa_handler = SIG_ERR;
        (void)sigaction(s, NULL, &had[s]);
    }
    bool started = pthread_create(&thread, NULL, collect, NULL) == 0;
    if (started) {
        (void)pthread_detach(thread);
        started = told(&listening) == YES;
    }
    for (int s = 1; s < NSIG; s++) {
        if (s != SIGKILL && s != SIGSTOP && had[s].sa_handler != SIG_ERR) {
            (void)sigaction(s, &had[s], NULL);
        }
    }
    (void)pthread_sigmask(SIG_SETMASK, &mask, NULL);
    return started;
}

bool gw_awake_collector(void) {
    uint32_t never = 0;
    if (!gw_settings.embedded || !start_runtime ||
        !__atomic_compare_exchange_n(&awake_once, &never, 1, false, __ATOMIC_ACQ_REL,
                                     __ATOMIC_ACQUIRE)) {
        return false;
    }
    if (!start_blocked()) {
        return false;
    }
    awake_pid = (int32_t)GW_SYS(getpid, 0, 0, 0, 0);
    return true;
}

bool gw_awake_here(void) {
    return awake_pid && awake_pid == GW_SYS(getpid, 0, 0, 0, 0);
}

void gw_awake_finish(void) {
    tell(&finishing, YES);
    told(&finished);
}
