#include "sys.h"

#include <sys/uio.h>

#include "memory.h"

/* Where valgrind itself lies in the process (its configure.ac, valt_load_address; the tool's
 * image takes some 30 MiB). That can be copied, and is none of the program's memory. */
#define VALGRIND      0x58000000ul
#define VALGRIND_SIZE 0x04000000ul

/* Valgrind holds the mask below for a mistake of the program's. The memory of a process is
 * what it does not check, and what nothing but a seccomp filter keeps a process from reading
 * of itself (kernel/ptrace.c, __ptrace_may_access). It is the slower way, of two copies. */
static bool copies(void *to, uintptr_t from, size_t size) {
    struct iovec here = {to, size}, there = {(void *)from, size};
    long pid = GW_SYS(getpid, 0, 0, 0, 0);
    return gw_sys6(SYS_process_vm_readv, pid, (long)&here, 1, (long)&there, 1, 0) == (long)size;
}

static bool page_copies(uintptr_t page) {
    char byte;
    return page - VALGRIND >= VALGRIND_SIZE && copies(&byte, page, 1);
}

/* rt_sigprocmask reads the new mask before it looks at `how`: EFAULT, the address cannot
 * be read; EINVAL, it can (kernel/signal.c). Nothing is changed either way. */
static bool page_readable(uintptr_t page) {
    if (gw_valgrind()) {
        return page_copies(page);
    }
    return gw_sys6(SYS_rt_sigprocmask, 99, (long)page, 0, 8, 0, 0) == -22 /* EINVAL */;
}

static bool has_page(struct gw_memory *memory, uintptr_t page) {
    for (uint32_t i = 0; i < GW_PAGES_KNOWN; i++) {
        if (memory->page[i] == page + 1) {
            return true;
        }
    }
    if (!page || !page_readable(page)) {
        return false;
    }
    memory->page[memory->next++ % GW_PAGES_KNOWN] = page + 1; /* 0: nothing known */
    return true;
}

bool gw_memory_has(struct gw_memory *memory, uintptr_t start, size_t size) {
    uintptr_t last = (start + size - 1) & ~(GW_PAGE - 1);
    for (uintptr_t page = start & ~(GW_PAGE - 1);; page += GW_PAGE) {
        if (!has_page(memory, page)) {
            return false;
        }
        if (page == last) {
            return true;
        }
    }
}

bool gw_memory_read(struct gw_memory *memory, uintptr_t address, uint64_t *value) {
    if (address & 7) {
        return false; /* no saved register stands there; and a word never crosses a page */
    }
    if (!has_page(memory, address & ~(GW_PAGE - 1))) {
        return false;
    }
    *value = *(volatile uint64_t *)address;
    return true;
}

void gw_memory_copy(void *to, uintptr_t from, size_t size) {
    if (!gw_valgrind()) {
        gw_copy(to, (const void *)from, size);
    } else {
        (void)copies(to, from, size); /* if a seccomp filter forbids it, *to stays as it was */
    }
}
