/* Many journals, each grown once while threads claim: a thread that sees the new room must
 * find it mapped. */
#include <pthread.h>
#include <string.h>

#include "journals.h"

#define THREADS 4
#define FIRST   (128u * 1024)

static pthread_barrier_t together;
static int rounds;

static void *work(void *arg) {
    uint32_t me = (uint32_t)(uintptr_t)arg;
    for (int round = 0; round < rounds; round++) {
        if (me == 0) {
            fresh_journal();
            /* So near to the end that all of them meet it. */
            CHECK(gw_journal_claim(FIRST - 1024 - gw_journal->cursor), "filling");
        }
        pthread_barrier_wait(&together);
        for (uint32_t n = 0; n < 40; n++) {
            CHECK(write_entry(me, n), "round %d: entry %u of thread %u", round, n, me);
        }
        pthread_barrier_wait(&together);
        if (me == 0) {
            CHECK(gw_journal->cursor > FIRST, "the journal grew");
        }
    }
    return NULL;
}

int main(int argc, char **argv) {
    CHECK(argc == 3, "usage: growth FOLDER ROUNDS");
    session_in(argv[1], 4u << 20);
    rounds = atoi(argv[2]);
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
