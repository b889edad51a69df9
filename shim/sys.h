/* What the shim asks of the kernel and of plain memory on a call's way. */
#ifndef GILWATCH_SYS_H
#define GILWATCH_SYS_H

#if defined(__GNUC__) && !defined(__clang__)
/* No vector register is touched by the shim's own code, so none has to be saved. */
#    pragma GCC target("general-regs-only")
#endif

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sys_amd64.h"

#define GW_SYS(nr, a, b, c, d) gw_sys6(SYS_##nr, (long)(a), (long)(b), (long)(c), (long)(d), 0, 0)

/* openat and its like, not their elders: seccomp filters of our day may know only what
 * today's libc calls. */
#define GW_OPEN(path, flags, mode) GW_SYS(openat, AT_FDCWD, path, (flags) | O_CLOEXEC, mode)

/* gw_map returns NULL where mmap fails. */
static inline void *gw_map(size_t len, int prot, int flags, int fd) {
    long p = gw_sys6(SYS_mmap, 0, (long)len, prot, flags, fd, 0);
    return p < 0 && p > -4096 ? NULL : (void *)p;
}

static inline bool gw_equal(const char *a, const char *b) {
    while (*a && *a == *b) {
        a++;
        b++;
    }
    return *a == *b;
}

static inline bool gw_has_prefix(const char *s, const char *prefix) {
    while (*prefix && *s == *prefix) {
        s++;
        prefix++;
    }
    return !*prefix;
}

static inline size_t gw_length(const char *s) {
    size_t n = 0;
    while (s[n]) {
        n++;
        __asm__("" : "+r"(n)); /* or the compiler makes it a call of libc's strlen */
    }
    return n;
}

/* gw_put copies as much of from as fits into to[size], always terminated. */
static inline void gw_put(char *to, size_t size, const char *from) {
    size_t n = gw_length(from);
    if (n >= size) {
        n = size - 1;
    }
    gw_copy(to, from, n);
    to[n] = 0;
}

/* gw_put_number writes v in decimal, terminated; at most 11 bytes. Returns its length. */
static inline size_t gw_put_number(char *to, uint32_t v) {
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

#endif
