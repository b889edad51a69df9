/* The alloc sensor: the memory allocators of the MEM and OBJ domains, entered without an
 * attached thread state. It sees what crosses no GOT slot: calls through type slots
 * (tp_alloc, tp_free) and function tables, and inline functions that allocate.
 *
 * Each function of an allocator is exchanged for a thunk, which asks what a gate asks
 * and jumps on. The context stays as it is, so a thunk is equal to the function behind
 * it in everything, whoever took it with PyMem_GetAllocator and keeps it for however
 * long. Sources: Objects/obmalloc.c (PyMem_SetAllocator), Modules/_tracemalloc.c. */
#ifndef GILWATCH_ALLOC_H
#define GILWATCH_ALLOC_H

/* Different functions that one place of an allocator may have in the life of a process:
 * pymalloc's, tracemalloc's, another tool's. */
#define GW_ALLOC_GENERATIONS 8
#define GW_ALLOC_FUNCTIONS   8 /* malloc, calloc, realloc, free in two domains */
#define GW_ALLOC_THUNKS      64
#define GW_ALLOC_THUNK_SIZE  64

#include "gate.h"

#ifndef __ASSEMBLER__

#    include <stdint.h>

/* Where each thunk jumps. */
extern void *gw_alloc_target[GW_ALLOC_THUNKS];
/* GW_ORACLE_GETTER, 3.12 and later: the interpreter's getter. */
extern void *(*gw_alloc_getter)(void);

extern char gw_alloc_tls[], gw_alloc_global[], gw_alloc_by_getter[];

/* gw_alloc_refresh puts the sensor in, or in again after the program has set an
 * allocator; only in an attached thread. */
void gw_alloc_refresh(void);

/* gw_alloc_remove gives the program its allocators back. */
void gw_alloc_remove(void);

/* gw_alloc_enter is the slow way of a thunk. Returns where to jump. */
void *gw_alloc_enter(uint32_t thunk, struct gw_frame *frame);

/* gw_alloc_stand_in is what runs in place of a function that looks at the allocators or
 * sets them, so that it finds the program's own. */
void *gw_alloc_stand_in(uint32_t function);

#endif
#endif
