/* The stacks this process has met: hash -> violation, open addressing. */
#include "sys.h"

#include <sys/mman.h>

#include "interpreter.h"
#include "record.h"

/* Twice the stacks that a journal of the largest size can hold, at 8 bytes a slot; only
 * what is used is ever touched. */
#define SLOTS  (1u << 19)
#define PROBES 64

static struct gw_violation_entry **table;

static struct gw_violation_entry **slots(void) {
    struct gw_violation_entry **t = __atomic_load_n(&table, __ATOMIC_ACQUIRE);
    if (t) {
        return t;
    }
    struct gw_violation_entry **none = NULL;
    t = gw_map(SLOTS * sizeof *t, PROT_READ | PROT_WRITE,
               MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1);
    if (t &&
        !__atomic_compare_exchange_n(&table, &none, t, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE)) {
        GW_SYS(munmap, t, SLOTS * sizeof *t, 0, 0);
        t = none;
    }
    return t;
}

void gw_stacks_forget(void) {
    if (table) {
        GW_SYS(madvise, table, SLOTS * sizeof *table, MADV_DONTNEED, 0);
    }
}

static uint64_t mix(uint64_t h, uint64_t v) {
    h ^= v;
    h *= 0x9e3779b97f4a7c15ull;
    return h ^ (h >> 29);
}

uint64_t gw_stack_hash(uint32_t function, enum gw_kind kind, uint64_t released, uint32_t frames,
                       const uint64_t *pc) {
    uint64_t h = mix(mix(function, kind), released);
    for (uint32_t i = 0; i < frames; i++) {
        h = mix(h, pc[i]);
    }
    return h;
}

static bool equal(const struct gw_violation_entry *e, uint32_t function, enum gw_kind kind,
                  uint64_t released, uint32_t frames, const uint64_t *pc) {
    if (e->kind != kind || e->released != released || e->frames != frames ||
        !gw_equal(e->function, gw_functions[function].name)) {
        return false;
    }
    const uint64_t *other = (const void *)(e + 1);
    for (uint32_t i = 0; i < frames; i++) {
        if (other[i] != pc[i]) {
            return false;
        }
    }
    return true;
}

struct gw_violation_entry *gw_stacks_find(uint64_t hash, uint32_t function, enum gw_kind kind,
                                          uint64_t released, uint32_t frames, const uint64_t *pc) {
    struct gw_violation_entry **t = slots();
    for (uint32_t i = 0; t && i < PROBES; i++) {
        struct gw_violation_entry *e = __atomic_load_n(&t[(hash + i) % SLOTS], __ATOMIC_ACQUIRE);
        if (!e) {
            return NULL;
        }
        if (equal(e, function, kind, released, frames, pc)) {
            return e;
        }
    }
    return NULL;
}

void gw_stacks_add(uint64_t hash, struct gw_violation_entry *entry) {
    struct gw_violation_entry **t = slots();
    for (uint32_t i = 0; t && i < PROBES; i++) {
        struct gw_violation_entry *none = NULL;
        if (__atomic_compare_exchange_n(&t[(hash + i) % SLOTS], &none, entry, false,
                                        __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE)) {
            return;
        }
    }
}
