/* Storage for walks: a few blocks that are there from the start, then pages. */
#include "sys.h"

#include <sys/mman.h>

#include "unwind.h"

#define BLOCKS 8

static struct gw_walk blocks[BLOCKS];
static uint32_t taken; /* a bit for each block */

struct gw_walk *gw_walk_begin(void) {
    uint32_t had = __atomic_load_n(&taken, __ATOMIC_RELAXED);
    while (had != (1u << BLOCKS) - 1) {
        uint32_t bit = ~had & (had + 1); /* the lowest that is free */
        if (__atomic_compare_exchange_n(&taken, &had, had | bit, false, __ATOMIC_ACQUIRE,
                                        __ATOMIC_RELAXED)) {
            return &blocks[__builtin_ctz(bit)];
        }
    }
    return gw_map(sizeof(struct gw_walk), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1);
}

void gw_walk_end(struct gw_walk *walk) {
    if (walk >= blocks && walk < blocks + BLOCKS) {
        __atomic_and_fetch(&taken, ~(1u << (walk - blocks)), __ATOMIC_RELEASE);
    } else if (walk) {
        GW_SYS(munmap, walk, sizeof *walk, 0, 0);
    }
}

void gw_walk_forget(void) {
    __atomic_store_n(&taken, 0, __ATOMIC_RELEASE);
}
