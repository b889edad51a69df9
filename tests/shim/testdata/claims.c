/* Eight threads claim entries, over the end of the first mapping into the grown one, until
 * each has its share or there is no room. Prints how many of each thread's fitted. */
#include <pthread.h>
#include <string.h>

#include "journals.h"

#define THREADS 8

static uint32_t share, fitted[THREADS];
static pthread_barrier_t together;

static void *work(void *arg) {
    uint32_t me = (uint32_t)(uintptr_t)arg;
    pthread_barrier_wait(&together);
    while (fitted[me] < share && write_entry(me, fitted[me])) {
        fitted[me]++;
    }
    return NULL;
}

int main(int argc, char **argv) {
    CHECK(argc == 4, "usage: claims FOLDER JOURNAL_MAX SHARE");
    session_in(argv[1], strtoul(argv[2], NULL, 10));
    share = (uint32_t)strtoul(argv[3], NULL, 10);
    CHECK(!gw_journal_claim(16), "a claim before there is a journal");
    if (!gw_journal_create()) {
        puts("no journal");
        return 0;
    }
    pthread_t threads[THREADS];
    pthread_barrier_init(&together, NULL, THREADS);
    for (uintptr_t i = 0; i < THREADS; i++) {
        CHECK(!pthread_create(&threads[i], NULL, work, (void *)i), "a thread");
    }
    for (int i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
        printf("%u\n", fitted[i]);
    }
    CHECK(gw_journal->cursor <= gw_journal->allocated, "%lu bytes in use", gw_journal->cursor);
    return 0;
}
