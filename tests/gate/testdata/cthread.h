/* Threads that C makes, run to their end while the caller keeps, or gives up, the GIL. */
#ifndef CTHREAD_H
#define CTHREAD_H

#include <pthread.h>
#include <stdlib.h>

/* Runs body(argument) in a new thread and waits for its end, without touching the GIL. */
static inline void run_thread(void *(*body)(void *), void *argument) {
    pthread_t thread;
    if (pthread_create(&thread, NULL, body, argument) != 0 || pthread_join(thread, NULL) != 0)
        abort();
}

#endif
