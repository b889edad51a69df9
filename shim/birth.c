#include "sys.h"

#include <pthread.h>
#include <time.h>

#include "birth.h"
#include "test.h"
#include "unwind.h"

/* By thread pointer, the newest wins: a cache, for threads that live and violate. */
#define BIRTHS 1024

/* A thread may violate before its creator is back from pthread_create: it waits this
 * many times 100 microseconds at most. */
#define PATIENCE 1000

static struct gw_birth births[BIRTHS];
static uint32_t under_way; /* pthread_create calls that have not been noted yet */

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

int gw_birth_create(struct gw_frame *frame) {
    struct gw_walk *walk = gw_walk_begin();
    pthread_t thread = 0;
    uint32_t test = gw_test_of_new_thread();
    if (walk) {
        gw_unwind(frame, GW_BIRTH_FRAMES, walk);
    }
    __atomic_add_fetch(&under_way, 1, __ATOMIC_ACQ_REL);
    int result = pthread_create(&thread, (const pthread_attr_t *)frame->rsi,
                                (void *(*)(void *))frame->rdx, (void *)frame->rcx);
    if (result == 0) {
        *(pthread_t *)frame->rdi = thread;
        note((uintptr_t)thread, walk ? &walk->trace : NULL, test);
    }
    gw_walk_end(walk);
    __atomic_sub_fetch(&under_way, 1, __ATOMIC_ACQ_REL);
    return result;
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

void gw_birth_of_this(struct gw_birth *birth) {
    for (uint32_t turn = 0; turn < PATIENCE; turn++) {
        if (find(birth)) {
            return;
        }
        if (!__atomic_load_n(&under_way, __ATOMIC_ACQUIRE)) {
            break;
        }
        struct timespec pause = {0, 100000};
        GW_SYS(nanosleep, &pause, 0, 0, 0);
    }
    birth->frames = 0;
    birth->test = GW_TEST_NONE;
}
