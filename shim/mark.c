#include "sys.h"

#include <pthread.h>

#include "journal_file.h"
#include "mark.h"
#include "thread.h"

/* Keys below this need no malloc in pthread_setspecific (glibc's nptl/descr.h,
 * PTHREAD_KEY_2NDLEVEL_SIZE; musl has room for all in the thread). */
#define CHEAP_KEYS 32

static pthread_key_t key;
static uint32_t has_key;

/* A thread ends: its calls have returned, and its mark is free for another. */
static void end_of_thread(void *unused) {
    struct gw_mark *mark = gw_thread.mark;
    (void)unused;
    if (mark && gw_journal_ours()) {
        __atomic_store_n(&mark->open, 0, __ATOMIC_RELEASE);
        __atomic_store_n(&mark->tid, 0, __ATOMIC_RELEASE);
    }
    gw_thread.mark = gw_thread.open = NULL;
}

void gw_mark_begin(void) {
    has_key = pthread_key_create(&key, end_of_thread) == 0 && key < CHEAP_KEYS;
}

/* Finds or claims this thread's mark; NULL if all are taken. */
static struct gw_mark *claim(void) {
    int32_t tid = (int32_t)GW_SYS(gettid, 0, 0, 0, 0);
    struct gw_mark *marks = (void *)((char *)gw_journal + GW_JOURNAL_HEADER);
    for (uint32_t i = 0; i < GW_MARKS; i++) {
        struct gw_mark *mark = &marks[((uint32_t)tid + i) % GW_MARKS];
        int32_t none = 0;
        if (__atomic_compare_exchange_n(&mark->tid, &none, tid, false, __ATOMIC_ACQ_REL,
                                        __ATOMIC_ACQUIRE) ||
            none == tid) {
            if (has_key) {
                (void)pthread_setspecific(key, mark);
            }
            return mark;
        }
    }
    return NULL;
}

void gw_mark_open(uint64_t entry, uint64_t sequence) {
    struct gw_mark *mark = gw_thread.mark;
    if (!mark) {
        mark = gw_thread.mark = claim();
    }
    if (mark) {
        mark->entry = entry;
        mark->sequence = sequence;
        __atomic_store_n(&mark->open, 1, __ATOMIC_RELEASE);
        gw_thread.open = mark;
    }
}

void gw_mark_close(void) {
    if (gw_thread.open && gw_journal_ours()) {
        __atomic_store_n(&gw_thread.open->open, 0, __ATOMIC_RELEASE);
    }
    gw_thread.open = NULL;
}
