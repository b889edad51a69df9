/* Who attached a state last: threads hand states around and read meanwhile. */
#include "check.h"
#include "holder.h"

#include <pthread.h>

#define THREADS 4
#define STATES  512
#define ROUNDS  50000

static pthread_barrier_t together;

static uintptr_t state(uint32_t owner, uint32_t n) {
    return 0x7f0000000000 + (owner * STATES + n) * 0x1c0;
}

static void *work(void *arg) {
    uint32_t me = (uint32_t)(uintptr_t)arg;
    for (uint32_t n = 0; n < ROUNDS; n++) {
        uintptr_t own = state(me, n % STATES), shared = state(THREADS, n % STATES);
        gw_holder_note(own);
        CHECK(!gw_holder_is_other(own), "state %#lx, which is this thread's", own);
        gw_holder_note(shared);
        (void)gw_holder_is_other(shared);
    }
    /* At rest: the last that noted a state holds it, and nobody else does. */
    for (uintptr_t turn = 0; turn < THREADS; turn++) {
        pthread_barrier_wait(&together);
        if (turn == me) {
            gw_holder_note(state(THREADS, 0));
        }
        pthread_barrier_wait(&together);
        CHECK(gw_holder_is_other(state(THREADS, 0)) == (turn != me), "turn %lu in thread %u", turn,
              me);
    }
    CHECK(!gw_holder_is_other(0x1230), "a state that nobody attached");
    return NULL;
}

int main(void) {
    pthread_t threads[THREADS];
    pthread_barrier_init(&together, NULL, THREADS);
    for (uintptr_t i = 0; i < THREADS; i++) {
        CHECK(!pthread_create(&threads[i], NULL, work, (void *)i), "a thread");
    }
    for (int i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
    }
    return 0;
}
