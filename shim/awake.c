/* A Go library starts its runtime from the last entry of its DT_INIT_ARRAY
 * (_rt0_amd64_linux_lib, src/runtime/asm_amd64.s): threads, signal handlers, a gigabyte
 * of address space. A watched process must not notice that it is watched, so an earlier
 * constructor takes that entry out and keeps it. */
#include "sys.h"

#include <dlfcn.h>
#include <link.h>
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

/* The runtime's threads are born with every signal blocked, and what it made of the
 * dispositions is undone: faulthandler's handlers stay the program's. */
static bool start_blocked(void) {
    static char *argv[] = {"gilwatch", NULL, NULL, NULL}; /* argv, environment, auxv: empty */
    struct sigaction had[NSIG];
    sigset_t all, mask;
    sigfillset(&all);
    if (pthread_sigmask(SIG_BLOCK, &all, &mask) != 0) {
        return false;
    }
    for (int s = 1; s < NSIG; s++) {
        had[s].sa_handler = SIG_ERR;
        (void)sigaction(s, NULL, &had[s]);
    }
    start_runtime(1, argv, argv + 2);
    bool listening = gilwatchListen(gw_session_folder) != 0;
    for (int s = 1; s < NSIG; s++) {
        if (s != SIGKILL && s != SIGSTOP && had[s].sa_handler != SIG_ERR) {
            (void)sigaction(s, &had[s], NULL);
        }
    }
    (void)pthread_sigmask(SIG_SETMASK, &mask, NULL);
    return listening;
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
    gilwatchFinish();
}
