/* The interpreter's memory allocators, as it exports them. Source:
 * Include/cpython/pymem.h (PyMemAllocatorEx, PyMemAllocatorDomain). */
#ifndef GILWATCH_ALLOCATORS_H
#define GILWATCH_ALLOCATORS_H

#include <stdbool.h>

#define GW_DOMAIN_MEM          1
#define GW_DOMAIN_OBJ          2
#define GW_ALLOCATOR_FUNCTIONS 4

/* PyMemAllocatorEx: malloc, calloc, realloc, free. */
struct gw_allocator {
    void *context;
    void *function[GW_ALLOCATOR_FUNCTIONS];
};

/* gw_allocators_open finds the functions below in the interpreter, and tells whether the
 * sensor may be put into this process: CPython itself must not miss what it replaces. */
bool gw_allocators_open(void);

void gw_allocators_get(int domain, struct gw_allocator *allocator);
void gw_allocators_set(int domain, struct gw_allocator *allocator);

/* gw_alloc_original puts what is behind our thunks into the struct. */
void gw_alloc_original(struct gw_allocator *allocator);

#endif
