#include "sys.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/resource.h>

#include "journal_file.h"
#include "session.h"

/* What a process without a violation has mapped: header, marks, and a module table of
 * a few hundred. The rest of the file is mapped when it is needed. */
#define FIRST_SIZE  (128ul * 1024)
#define GROW_STEP   (1024ul * 1024)
#define NAMES_TRIED 100000

#ifndef MADV_WIPEONFORK
#    define MADV_WIPEONFORK 18
#endif

struct gw_journal *volatile gw_journal;

/* The mapping that claims are made in. It is replaced by a larger one once; the old
 * one stays mapped, since pointers into it live on. */
struct mapping {
    uint64_t size;
    char *base;
};
static struct mapping first, whole;
static struct mapping *volatile mapped;

/* One page that the kernel clears in a forked child (madvise(2), MADV_WIPEONFORK), so
 * that a child of a bare clone(2), which runs no pthread_atfork handler, is told too. */
static volatile uint32_t *not_forked;

static void watch_for_fork(void) {
    if (!not_forked) {
        void *page = gw_map(4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1);
        if (!page) {
            return;
        }
        if (GW_SYS(madvise, page, 4096, MADV_WIPEONFORK, 0) < 0) {
            GW_SYS(munmap, page, 4096, 0, 0); /* before Linux 4.14: the handler must do */
            return;
        }
        not_forked = page;
    }
    *not_forked = 1;
}

bool gw_journal_ours(void) {
    return !not_forked || *not_forked;
}

static bool journal_path(char path[GW_PATH_MAX], int32_t pid, uint32_t serial) {
    char name[32];
    size_t n = gw_put_number(name, (uint32_t)pid);
    name[n++] = '.';
    gw_put_number(name + n, serial);
    return gw_session_path(path, name);
}

static long create_file(int32_t pid, uint32_t *serial) {
    char path[GW_PATH_MAX];
    for (*serial = 0; *serial < NAMES_TRIED; (*serial)++) {
        if (!journal_path(path, pid, *serial)) {
            return -1;
        }
        long fd = GW_OPEN(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW, 0600);
        if (fd != -17 /* EEXIST */) {
            return fd;
        }
    }
    return -1;
}

/* Storage is taken before it is written to: a page of a sparse file that finds the disk
 * full would be a SIGBUS in the watched program. Growing past RLIMIT_FSIZE would be a
 * SIGXFSZ (mm/truncate.c, inode_newsize_ok). */
static bool allocate(long fd, uint64_t size) {
    struct rlimit limit;
    if (GW_SYS(prlimit64, 0, RLIMIT_FSIZE, 0, &limit) < 0 || size > limit.rlim_cur) {
        return false;
    }
    long r;
    do {
        r = GW_SYS(fallocate, fd, 0, 0, size);
    } while (r == -4 /* EINTR */);
    return r == 0;
}

/* The file that `gw_journal` maps. It is opened again to grow, by a thread that may have no
 * KiB of stack to make a path on. */
static char file[GW_PATH_MAX];

/* Makes and maps the file; NULL if it cannot be. */
static struct gw_journal *make(void) {
    uint32_t serial;
    int32_t pid = (int32_t)GW_SYS(getpid, 0, 0, 0, 0);
    long fd = create_file(pid, &serial);
    if (fd < 0) {
        return NULL;
    }
    struct gw_journal *j = NULL;
    if (allocate(fd, FIRST_SIZE)) {
        j = gw_map(FIRST_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, (int)fd);
    }
    GW_SYS(close, fd, 0, 0, 0);
    if (!j) {
        char path[GW_PATH_MAX];
        if (journal_path(path, pid, serial)) {
            GW_SYS(unlinkat, AT_FDCWD, path, 0, 0);
        }
        return NULL;
    }
    j->version = GW_JOURNAL_VERSION;
    j->serial = serial;
    j->pid = pid;
    j->ppid = (int32_t)GW_SYS(getppid, 0, 0, 0, 0);
    j->allocated = FIRST_SIZE;
    j->cursor = GW_JOURNAL_ENTRIES;
    (void)journal_path(file, pid, serial); /* it was short enough to be made */
    __atomic_store_n(&j->magic, GW_JOURNAL_MAGIC, __ATOMIC_RELEASE);
    return j;
}

static void use(struct gw_journal *j) {
    first = (struct mapping){FIRST_SIZE, (char *)j};
    whole = (struct mapping){0, NULL};
    mapped = &first;
    gw_journal = j;
}

bool gw_journal_create(void) {
    struct gw_journal *j = make();
    if (j) {
        use(j);
        watch_for_fork();
    }
    return j != NULL;
}

bool gw_journal_renew(void) {
    struct mapping had_first = first, had_whole = whole;
    struct gw_journal *j = gw_session_lasts() ? make() : NULL; /* nobody would read or remove it */
    watch_for_fork(); /* whichever it is from here on, it is ours */
    if (!j) {
        return false;
    }
    use(j);
    if (had_first.base) {
        GW_SYS(munmap, had_first.base, had_first.size, 0, 0);
    }
    if (had_whole.base) {
        GW_SYS(munmap, had_whole.base, had_whole.size, 0, 0);
    }
    return true;
}

/* Gives the file storage up to `end`, which several threads may do at once: the second
 * fallocate finds nothing to do. */
static bool grow(uint64_t end) {
    uint64_t size = (end + GROW_STEP - 1) / GROW_STEP * GROW_STEP;
    if (end > gw_settings.journal_max) {
        return false;
    }
    size = size > gw_settings.journal_max ? gw_settings.journal_max : size;
    long fd = GW_OPEN(file, O_RDWR | O_NOFOLLOW, 0);
    if (fd < 0) {
        return false;
    }
    bool ok = allocate(fd, size);
    if (ok && !__atomic_load_n(&whole.base, __ATOMIC_ACQUIRE)) {
        char *base = gw_map(gw_settings.journal_max, PROT_READ | PROT_WRITE,
                            MAP_SHARED | MAP_NORESERVE, (int)fd);
        char *none = NULL;
        if (base && !__atomic_compare_exchange_n(&whole.base, &none, base, false, __ATOMIC_ACQ_REL,
                                                 __ATOMIC_ACQUIRE)) {
            GW_SYS(munmap, base, gw_settings.journal_max, 0, 0); /* another thread was first */
        }
        ok = __atomic_load_n(&whole.base, __ATOMIC_ACQUIRE) != NULL;
    }
    GW_SYS(close, fd, 0, 0, 0);
    if (!ok) {
        return false;
    }
    /* The mapping before the room in it: who sees the room must find it mapped. */
    __atomic_store_n(&whole.size, gw_settings.journal_max, __ATOMIC_RELAXED);
    __atomic_store_n(&mapped, &whole, __ATOMIC_RELEASE);
    uint64_t had = __atomic_load_n(&gw_journal->allocated, __ATOMIC_ACQUIRE);
    while (had < size && !__atomic_compare_exchange_n(&gw_journal->allocated, &had, size, false,
                                                      __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE)) {
    }
    return true;
}

void *gw_journal_claim(size_t size) {
    struct gw_journal *j = gw_journal;
    if (!j) {
        return NULL;
    }
    size = (size + 7) & ~7ul;
    uint64_t at = __atomic_load_n(&j->cursor, __ATOMIC_ACQUIRE);
    do {
        if (at + size > __atomic_load_n(&j->allocated, __ATOMIC_ACQUIRE) && !grow(at + size)) {
            return NULL;
        }
    } while (!__atomic_compare_exchange_n(&j->cursor, &at, at + size, false, __ATOMIC_ACQ_REL,
                                          __ATOMIC_ACQUIRE));
    struct mapping *m = __atomic_load_n(&mapped, __ATOMIC_ACQUIRE);
    struct gw_entry *entry = (void *)(__atomic_load_n(&m->base, __ATOMIC_ACQUIRE) + at);
    entry->size = (uint32_t)size;
    return entry;
}

void gw_journal_commit(void *entry, enum gw_entry_type type) {
    __atomic_store_n(&((struct gw_entry *)entry)->type, (uint32_t)type, __ATOMIC_RELEASE);
}

uint64_t gw_journal_offset(const void *entry) {
    const char *p = entry;
    if (p >= first.base && p < first.base + first.size) {
        return (uint64_t)(p - first.base);
    }
    return (uint64_t)(p - __atomic_load_n(&whole.base, __ATOMIC_ACQUIRE));
}

void *gw_journal_at(uint64_t offset) {
    uint64_t end = __atomic_load_n(&gw_journal->cursor, __ATOMIC_ACQUIRE);
    struct mapping *m = __atomic_load_n(&mapped, __ATOMIC_ACQUIRE);
    if (offset < GW_JOURNAL_ENTRIES || offset % 8 || offset >= end) {
        return NULL;
    }
    return __atomic_load_n(&m->base, __ATOMIC_ACQUIRE) + offset;
}
