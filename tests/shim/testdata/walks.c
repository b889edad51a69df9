/* Storage for walks: more at once than there are blocks, from several threads. */
#include <pthread.h>
#include <string.h>

#include "check.h"
#include "unwind.h"

#define THREADS 4
#ifndef DEEP
#    define DEEP 6 /* walks within walks, in each thread: more than there are blocks */
#endif

static void *work(void *arg) {
    struct gw_walk *walks[DEEP];
    for (int round = 0; round < 2000; round++) {
        for (int i = 0; i < DEEP; i++) {
            walks[i] = gw_walk_begin();
            CHECK(walks[i], "walk %d", i);
            walks[i]->ra_at = (uintptr_t)arg * DEEP + (unsigned)i;
        }
        for (int i = DEEP; i-- > 0;) {
            CHECK(walks[i]->ra_at == (uintptr_t)arg * DEEP + (unsigned)i, "walk %d is another's",
                  i);
            gw_walk_end(walks[i]);
        }
    }
    return NULL;
}

int main(void) {
    pthread_t threads[THREADS];
    for (uintptr_t i = 0; i < THREADS; i++) {
        CHECK(!pthread_create(&threads[i], NULL, work, (void *)i), "a thread");
    }
    for (int i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
    }
    struct gw_walk *first = gw_walk_begin();
    gw_walk_forget();
    CHECK(gw_walk_begin() == first, "after a fork all of it is free");
    gw_walk_end(NULL);
    return 0;
}
