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
#define NAMES_TRIED 1000

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

static size_t put_number(char *to, uint32_t v) {
    char digits[10];
    size_t n = 0, len = 0;
    do {
        digits[n++] = (char)('0' + v % 10);
        v /= 10;
    } while (v);
    while (n) {
        to[len++] = digits[--n];
    }
    to[len] = 0;
    return len;
}

static bool journal_path(char path[GW_PATH_MAX], int32_t pid, uint32_t serial) {
    char name[32];
    size_t n = put_number(name, (uint32_t)pid);
    name[n++] = '.';
    put_number(name + n, serial);
    return gw_session_path(path, name);
}

static long create_file(int32_t pid, uint32_t *serial) {
    char path[GW_PATH_MAX];
    for (*serial = 0; *serial < NAMES_TRIED; (*serial)++) {
        if (!journal_path(path, pid, *serial)) {
            return -1;
        }
        long fd = GW_SYS(open, path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600, 0);
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
    return GW_SYS(fallocate, fd, 0, 0, size) == 0;
}

bool gw_journal_create(void) {
    uint32_t serial;
    int32_t pid = (int32_t)GW_SYS(getpid, 0, 0, 0, 0);
    long fd = create_file(pid, &serial);
    if (fd < 0) {
        return false;
    }
    char *base = NULL;
    if (allocate(fd, FIRST_SIZE)) {
        base = gw_map(FIRST_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, (int)fd);
    }
    GW_SYS(close, fd, 0, 0, 0);
    if (!base) {
        return false;
    }
    first = (struct mapping){FIRST_SIZE, base};
    whole = (struct mapping){0, NULL};
    mapped = &first;
    struct gw_journal *j = (void *)base;
    j->version = GW_JOURNAL_VERSION;
    j->serial = serial;
    j->pid = pid;
    j->ppid = (int32_t)GW_SYS(getppid, 0, 0, 0, 0);
    j->allocated = FIRST_SIZE;
    j->cursor = GW_JOURNAL_ENTRIES;
    __atomic_store_n(&j->magic, GW_JOURNAL_MAGIC, __ATOMIC_RELEASE);
    gw_journal = j;
    watch_for_fork();
    return true;
}

void gw_journal_abandon(void) {
    gw_journal = NULL;
    mapped = NULL;
    if (first.base) {
        GW_SYS(munmap, first.base, first.size, 0, 0);
    }
    if (whole.base) {
        GW_SYS(munmap, whole.base, whole.size, 0, 0);
    }
    first = whole = (struct mapping){0, NULL};
}

/* Gives the file storage up to `end`, which several threads may do at once: the second
 * fallocate finds nothing to do. */
static bool grow(uint64_t end) {
    char path[GW_PATH_MAX];
    uint64_t size = (end + GROW_STEP - 1) / GROW_STEP * GROW_STEP;
    if (end > gw_settings.journal_max || !journal_path(path, gw_journal->pid, gw_journal->serial)) {
        return false;
    }
    size = size > gw_settings.journal_max ? gw_settings.journal_max : size;
    long fd = GW_SYS(open, path, O_RDWR | O_CLOEXEC | O_NOFOLLOW, 0, 0);
    if (fd < 0) {
        return false;
    }
    bool ok = allocate(fd, size);
    if (ok && !whole.base) {
        char *base = gw_map(gw_settings.journal_max, PROT_READ | PROT_WRITE,
                            MAP_SHARED | MAP_NORESERVE, (int)fd);
        char *none = NULL;
        if (base && !__atomic_compare_exchange_n(&whole.base, &none, base, false, __ATOMIC_ACQ_REL,
                                                 __ATOMIC_ACQUIRE)) {
            GW_SYS(munmap, base, gw_settings.journal_max, 0, 0); /* another thread was first */
        }
        ok = whole.base != NULL;
    }
    GW_SYS(close, fd, 0, 0, 0);
    if (!ok) {
        return false;
    }
    whole.size = gw_settings.journal_max;
    uint64_t had = __atomic_load_n(&gw_journal->allocated, __ATOMIC_ACQUIRE);
    while (had < size && !__atomic_compare_exchange_n(&gw_journal->allocated, &had, size, false,
                                                      __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE)) {
    }
    __atomic_store_n(&mapped, &whole, __ATOMIC_RELEASE);
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
    struct gw_entry *entry = (void *)(m->base + at);
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
    return (uint64_t)(p - whole.base);
}

struct gw_mark *gw_mark_of_thread(int32_t tid) {
    struct gw_mark *marks = (void *)((char *)gw_journal + GW_JOURNAL_HEADER);
    for (uint32_t i = 0; i < GW_MARKS; i++) {
        struct gw_mark *mark = &marks[((uint32_t)tid + i) % GW_MARKS];
        int32_t none = 0;
        if (__atomic_load_n(&mark->tid, __ATOMIC_ACQUIRE) == tid ||
            __atomic_compare_exchange_n(&mark->tid, &none, tid, false, __ATOMIC_ACQ_REL,
                                        __ATOMIC_ACQUIRE) ||
            none == tid) {
            return mark;
        }
    }
    return NULL;
}
