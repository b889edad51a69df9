/* The marks of more threads than there is room for: each has one of its own or none, and a
 * thread that ends leaves its mark to another. */
#include <pthread.h>

#include "check.h"
#include "journal_file.h"
#include "mark.h"
#include "thread.h"

#define THREADS (GW_MARKS + 20)

__thread struct gw_thread gw_thread __attribute__((tls_model("initial-exec")));
struct gw_journal *volatile gw_journal;

static _Alignas(8) char file[GW_JOURNAL_ENTRIES];
static pthread_barrier_t together;
static uint32_t with_mark;

bool gw_journal_ours(void) {
    return true;
}

static struct gw_mark *marks(void) {
    return (void *)(file + GW_JOURNAL_HEADER);
}

static void *work(void *arg) {
    uint64_t me = (uintptr_t)arg;
    gw_mark_open(me * 8, me);
    pthread_barrier_wait(&together); /* nobody ends before all have begun */
    struct gw_mark *mark = gw_thread.mark;
    if (mark) {
        __atomic_add_fetch(&with_mark, 1, __ATOMIC_RELAXED);
        CHECK(mark->open && mark->entry == me * 8 && mark->sequence == me, "thread %lu", me);
        gw_mark_close();
        CHECK(!mark->open && !gw_thread.open, "closed in thread %lu", me);
        gw_mark_open(me * 16, me + 1);
        CHECK(gw_thread.mark == mark && mark->open && mark->entry == me * 16, "again");
    }
    pthread_barrier_wait(&together);
    return NULL;
}

static void round_of(uint32_t threads, uint32_t wanted) {
    static pthread_t ids[THREADS];
    pthread_attr_t small;
    with_mark = 0;
    pthread_attr_init(&small);
    pthread_attr_setstacksize(&small, 64 * 1024);
    pthread_barrier_init(&together, NULL, threads);
    for (uintptr_t i = 0; i < threads; i++) {
        CHECK(!pthread_create(&ids[i], &small, work, (void *)(i + 1)), "thread %lu", i);
    }
    for (uint32_t i = 0; i < threads; i++) {
        pthread_join(ids[i], NULL);
    }
    CHECK(with_mark == wanted, "%u of %u threads had a mark", with_mark, threads);
    for (int i = 0; i < GW_MARKS; i++) {
        CHECK(!marks()[i].open && !marks()[i].tid, "mark %d of a thread that ended", i);
    }
}

int main(void) {
    gw_journal = (void *)file;
    gw_mark_begin();
    round_of(8, 8);
    round_of(THREADS, GW_MARKS);
    round_of(8, 8);
    return 0;
}
