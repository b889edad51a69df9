#include "sys.h"

#include <pthread.h>
#include <time.h>

#include "birth.h"
#include "memory.h"
#include "test.h"
#include "unwind.h"

/* By thread pointer, the newest wins: a cache, for threads that live and violate. */
#define BIRTHS 1024

/* A thread may violate before its creator is back from pthread_create: it waits this
 * many times 100 microseconds at most. */
#define PATIENCE 1000

static struct gw_birth births[BIRTHS];

/* Calls of pthread_create that have begun, and that are over and noted; of the begun ones
 * that are not over yet, those of this thread: a signal handler may fork in the midst of one. */
static uint32_t begun, noted;
static __thread uint32_t own_begun;

static struct gw_birth *place(uintptr_t thread) {
    return &births[(thread * 0x9e3779b97f4a7c15ull >> 32) % BIRTHS];
}

static void note(uintptr_t thread, const struct gw_trace *trace, uint32_t test) {
    struct gw_birth *b = place(thread);
    __atomic_store_n(&b->thread, 0, __ATOMIC_RELEASE);
    b->test = test;
    b->frames = trace ? trace->frames : 0;
    gw_copy(b->pc, trace ? trace->pc : NULL, b->frames * sizeof b->pc[0]);
    __atomic_store_n(&b->thread, thread, __ATOMIC_RELEASE);
}

/* The program's own place for the thread's number is handed on: the new thread may look at
 * it, or free it, before the creator is back here. What is there afterwards is read as memory
 * that may not be there, and costs no more than this birth. */
int gw_birth_create(struct gw_frame *frame) {
    struct gw_walk *walk = gw_walk_begin();
    struct gw_memory memory = {.next = 0};
    uint64_t thread = 0;
    uint32_t test = gw_test_of_new_thread();
    if (walk) {
        gw_unwind(frame, GW_BIRTH_FRAMES, walk);
    }
    own_begun++;
    __atomic_add_fetch(&begun, 1, __ATOMIC_ACQ_REL);
    int result = pthread_create((pthread_t *)frame->rdi, (const pthread_attr_t *)frame->rsi,
                                (void *(*)(void *))frame->rdx, (void *)frame->rcx);
    if (result == 0 && gw_memory_read(&memory, frame->rdi, &thread)) {
        note((uintptr_t)thread, walk ? &walk->trace : NULL, test);
    }
    gw_walk_end(walk);
    __atomic_add_fetch(&noted, 1, __ATOMIC_ACQ_REL);
    own_begun--;
    return result;
}

void gw_birth_forked(void) {
    __atomic_store_n(&noted, __atomic_load_n(&begun, __ATOMIC_RELAXED) - own_begun,
                     __ATOMIC_RELEASE);
}

static bool find(struct gw_birth *birth) {
    uintptr_t thread = (uintptr_t)gw_thread_pointer();
    const struct gw_birth *b = place(thread);
    if (__atomic_load_n(&b->thread, __ATOMIC_ACQUIRE) != thread) {
        return false;
    }
    gw_copy(birth, b, sizeof *birth);
    return __atomic_load_n(&b->thread, __ATOMIC_ACQUIRE) == thread;
}

/* This thread's own creation is among those that have begun. Until as many are noted, what is
 * found may be the birth of an ended thread that had the same stack; where a later creation was
 * noted first it may be missing, until none is under way. */
void gw_birth_of_this(struct gw_birth *birth) {
    uint32_t awaited = __atomic_load_n(&begun, __ATOMIC_ACQUIRE) - own_begun;
    for (uint32_t turn = 0; turn < PATIENCE; turn++) {
        uint32_t now = __atomic_load_n(&noted, __ATOMIC_ACQUIRE);
        bool idle = now == __atomic_load_n(&begun, __ATOMIC_ACQUIRE) - own_begun;
        if ((int32_t)(now - awaited) >= 0 && find(birth)) {
            return;
        }
        if (idle) {
            break;
        }
        struct timespec pause = {0, 100000};
        GW_SYS(nanosleep, &pause, 0, 0, 0);
    }
    birth->frames = 0;
    birth->test = GW_TEST_NONE;
}
