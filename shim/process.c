#include "sys.h"

#include <fcntl.h>
#include <sys/stat.h>

#include "clock.h"
#include "gate.h"
#include "interpreter.h"
#include "journal_file.h"
#include "oracle.h"
#include "process.h"
#include "session.h"
#include "thread.h"
#include "watch.h"

static void read_argv(struct gw_journal *j) {
    long fd = GW_OPEN("/proc/self/cmdline", O_RDONLY, 0);
    if (fd < 0) {
        return;
    }
    long n = GW_SYS(read, fd, j->argv, sizeof j->argv - 1, 0);
    GW_SYS(close, fd, 0, 0, 0);
    for (long i = 0; i < n; i++) {
        j->argc += j->argv[i] == 0;
    }
    j->argv_size = n > 0 ? (uint32_t)n : 0;
}

/* "3.12.1 (main, ...)" up to the blank. */
static void put_version(struct gw_journal *j) {
    const char *version = gw_interpreter.version;
    for (size_t i = 0; version && version[i] && version[i] != ' ' && i < sizeof j->python - 1;
         i++) {
        j->python[i] = version[i];
    }
}

static int32_t attached_offset(void) {
    if (gw_interpreter.minor <= 11) {
        return (int32_t)((char *)&gw_thread.own - gw_thread_pointer());
    }
    return gw_oracle_kind == GW_ORACLE_TLS ? (int32_t)gw_oracle_tls_offset : 0;
}

/* A process in another pid namespace writes pids that are others there. */
static uint32_t pid_namespace(void) {
    struct stat s;
    return GW_SYS(newfstatat, AT_FDCWD, "/proc/self/ns/pid", &s, 0) == 0 ? (uint32_t)s.st_ino : 0;
}

static void describe(struct gw_journal *j) {
    j->started = gw_now(CLOCK_REALTIME);
    j->pid_namespace = pid_namespace();
    long n = GW_SYS(readlinkat, AT_FDCWD, "/proc/self/exe", j->exe, sizeof j->exe - 1);
    j->exe[n > 0 ? n : 0] = 0;
    read_argv(j);
    put_version(j);
    const struct gw_interpreter *in = &gw_interpreter;
    j->build = in->object.name[0] ? GW_BUILD_SHARED : GW_BUILD_STATIC;
    j->free_threaded = in->free_threaded;
    j->late = in->late;
    j->interpreter_bias = in->object.bias;
    j->runtime = in->object.symtab ? (uintptr_t)gw_object_address(&in->object, "_PyRuntime") : 0;
    j->functions = in->functions;
    j->oracle = gw_oracle_kind;
    j->attached = attached_offset();
    j->state = GW_STATE_WATCHING;
}

void gw_process_describe(void) {
    describe(gw_journal);
    (void)gw_bell_ring(GW_BELL_HELLO, 0);
}

void gw_process_begin(void) {
    if (gw_journal_create()) {
        gw_process_describe();
        return;
    }
    gw_watch_off = 1; /* nowhere to write: every call passes */
    (void)gw_bell_ring(GW_BELL_NO_JOURNAL, 0);
}

void gw_process_off(const char *reason) {
    gw_watch_off = 1;
    if (gw_journal) {
        gw_put(gw_journal->reason, sizeof gw_journal->reason, reason);
        gw_journal->state = GW_STATE_OFF;
    }
}
