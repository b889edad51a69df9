#include "sys.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <unistd.h>

#include "journal_file.h"
#include "session.h"

char gw_session_folder[GW_PATH_MAX];
char gw_session_shim[GW_PATH_MAX];
struct gw_settings gw_settings;

/* Made once: a thread that rings may have no KiB of stack to make it on. */
static char bell[GW_PATH_MAX];

bool gw_session_path(char path[GW_PATH_MAX], const char *name) {
    size_t folder = gw_length(gw_session_folder), n = gw_length(name);
    if (folder + 1 + n + 1 > GW_PATH_MAX) {
        return false;
    }
    gw_copy(path, gw_session_folder, folder);
    path[folder] = '/';
    gw_copy(path + folder + 1, name, n + 1);
    return true;
}

static bool find_folder(void) {
    Dl_info self;
    if (!dladdr(&gw_session_folder, &self) || !self.dli_fname || self.dli_fname[0] != '/') {
        return false;
    }
    gw_put(gw_session_shim, GW_PATH_MAX, self.dli_fname);
    gw_put(gw_session_folder, GW_PATH_MAX, self.dli_fname);
    size_t n = gw_length(gw_session_folder);
    while (n > 0 && gw_session_folder[n] != '/') {
        n--;
    }
    gw_session_folder[n] = 0;
    return n > 0;
}

static bool read_settings(void) {
    char path[GW_PATH_MAX];
    if (!gw_session_path(path, "settings")) {
        return false;
    }
    long fd = GW_OPEN(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK, 0);
    if (fd < 0) {
        return false;
    }
    long n = GW_SYS(read, fd, &gw_settings, sizeof gw_settings, 0);
    GW_SYS(close, fd, 0, 0, 0);
    return n == (long)sizeof gw_settings && gw_settings.magic == GW_SETTINGS_MAGIC &&
           gw_settings.version == GW_JOURNAL_VERSION;
}

bool gw_session_open(void) {
    return find_folder() && read_settings() && gw_session_path(bell, "bell");
}

bool gw_session_lasts(void) {
    char path[GW_PATH_MAX];
    return gw_session_path(path, "settings") && GW_SYS(faccessat, AT_FDCWD, path, F_OK, 0) == 0;
}

/* The FIFO is opened for each note: the watched program has no descriptor of ours, and
 * nothing is lost when it closes all it has. A FIFO asks for no socket, which seccomp
 * filters forbid more often than files; O_NONBLOCK fails with ENXIO where no collector
 * listens, and the write with EAGAIN where it cannot keep up. */
static long open_bell(void) {
    return GW_OPEN(bell, O_WRONLY | O_NONBLOCK | O_NOFOLLOW, 0);
}

bool gw_bell_is_heard(void) {
    long fd = open_bell();
    if (fd >= 0) {
        GW_SYS(close, fd, 0, 0, 0);
    }
    return fd != -6; /* ENXIO: no reader. Else it is there, but out of our reach for now. */
}

/* A collector that is killed between our open and our write would make that a SIGPIPE. So
 * we open the other end too: as long as that is open, somebody could read. */
bool gw_bell_ring(enum gw_bell_type type, uint64_t entry) {
    long fd = open_bell();
    if (fd < 0) {
        return false;
    }
    long reader = GW_OPEN(bell, O_RDONLY | O_NONBLOCK | O_NOFOLLOW, 0);
    struct gw_bell note = {
        .magic = GW_BELL_MAGIC,
        .type = type,
        .pid = gw_journal ? gw_journal->pid : (int32_t)GW_SYS(getpid, 0, 0, 0, 0),
        .serial = gw_journal ? gw_journal->serial : 0,
        .entry = entry,
    };
    long n = reader < 0 ? -1 : GW_SYS(write, fd, &note, sizeof note, 0);
    if (reader >= 0) {
        GW_SYS(close, reader, 0, 0, 0);
    }
    GW_SYS(close, fd, 0, 0, 0);
    return n == (long)sizeof note;
}
