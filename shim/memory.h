/* Memory that may not be there: a damaged stack, an object that was unloaded. Each page is
 * asked for once (the kernel says EFAULT where we would die), the last few are remembered. */
#ifndef GILWATCH_MEMORY_H
#define GILWATCH_MEMORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define GW_PAGE        4096ul
#define GW_PAGES_KNOWN 8

struct gw_memory {
    uintptr_t page[GW_PAGES_KNOWN];
    uint32_t next;
};

/* gw_memory_has tells whether all of [start, start + size) can be read. */
bool gw_memory_has(struct gw_memory *memory, uintptr_t start, size_t size);

/* gw_memory_read fills *value from an address of this process; false if it cannot. */
bool gw_memory_read(struct gw_memory *memory, uintptr_t address, uint64_t *value);

/* gw_memory_copy copies what can be read, whether it is the program's memory or lies between. */
void gw_memory_copy(void *to, uintptr_t from, size_t size);

#endif
