/* Where a thread was created: pthread_create's slots have a hook that keeps the stack of
 * the creator, which nothing else in the process remembers. */
#ifndef GILWATCH_BIRTH_H
#define GILWATCH_BIRTH_H

#include <stdint.h>

#include "gate.h"

#define GW_BIRTH_FRAMES 16

struct gw_birth {
    uintptr_t thread; /* thread pointer of the new thread: its pthread_t */
    uint32_t frames;
    uint32_t test;                /* number of the test it belongs to: test.h */
    uint64_t pc[GW_BIRTH_FRAMES]; /* return addresses of the creator, innermost first */
};

/* gw_birth_hook stands in pthread_create's slots (birth_amd64.S). */
void gw_birth_hook(void);

/* gw_birth_create calls pthread_create with the arguments in the frame. */
int gw_birth_create(struct gw_frame *frame);

/* gw_birth_forked is called in a forked child, in which the other threads' calls never end. */
void gw_birth_forked(void);

/* gw_birth_of_this fills `birth` for the calling thread; 0 frames, no test: not known. */
void gw_birth_of_this(struct gw_birth *birth);

#endif
