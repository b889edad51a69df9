#include "sys.h"

#include <fcntl.h>

#include "child.h"
#include "journal_file.h"
#include "session.h"

static int32_t own_pid(void) {
    return (int32_t)GW_SYS(getpid, 0, 0, 0, 0);
}

/* Writes the entry for a child; the room is known to be enough. */
static void put_child(struct gw_child_entry *e, int32_t pid, const char *path, const char *reason) {
    size_t reason_size = gw_length(reason) + 1, path_size = gw_length(path) + 1;
    e->pid = pid;
    e->ppid = pid == own_pid() ? (int32_t)GW_SYS(getppid, 0, 0, 0, 0) : own_pid();
    e->reason_size = (uint32_t)reason_size;
    e->path_size = (uint32_t)path_size;
    gw_copy(e + 1, reason, reason_size);
    gw_copy((char *)(e + 1) + reason_size, path, path_size);
}

/* A process without an interpreter has no journal. */
static void append_child(int32_t pid, const char *path, const char *reason, size_t size) {
    char file[GW_PATH_MAX];
    struct {
        struct gw_child_entry entry;
        char text[1536];
    } child;
    if (size > sizeof child || !gw_session_lasts() || !gw_session_path(file, "children")) {
        return;
    }
    child.entry.entry = (struct gw_entry){GW_ENTRY_CHILD, (uint32_t)size};
    put_child(&child.entry, pid, path, reason);
    long fd = GW_OPEN(file, O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_NONBLOCK, 0600);
    if (fd >= 0) {
        GW_SYS(write, fd, &child, size, 0);
        GW_SYS(close, fd, 0, 0, 0);
    }
}

void gw_child_note(int32_t pid, const char *path, const char *reason) {
    size_t size = sizeof(struct gw_child_entry) + gw_length(reason) + gw_length(path) + 2;
    struct gw_child_entry *e = gw_journal_claim(size);
    if (e) {
        put_child(e, pid, path, reason);
        gw_journal_commit(e, GW_ENTRY_CHILD);
    } else if (!gw_journal) {
        append_child(pid, path, reason, (size + 7) & ~7ul);
    }
}
