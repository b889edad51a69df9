/* Threads open and close libraries while others look symbols up: what a lookup walks may be
 * unmapped under it. openclose LIBPYTHON LIBRARY... */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

enum { LOOKERS = 3, ROUNDS = 150, MOST = 8 };

static atomic_int opening;

static void *look_up(void *unused) {
    (void)unused;
    while (atomic_load(&opening) > 0)
        dlsym(RTLD_DEFAULT, "malloc");
    return NULL;
}

static void *open_and_close(void *path) {
    for (int i = 0; i < ROUNDS; i++) {
        void *library = dlopen(path, RTLD_NOW);
        if (!library) {
            fprintf(stderr, "%s\n", dlerror());
            exit(3);
        }
        dlclose(library);
    }
    atomic_fetch_sub(&opening, 1);
    return NULL;
}

int main(int argc, char **argv) {
    int libraries = argc - 2;
    if (libraries < 1 || libraries > MOST)
        return 2;
    void *python = dlopen(argv[1], RTLD_NOW | RTLD_GLOBAL);
    if (!python)
        return 3;
    ((void (*)(void))dlsym(python, "Py_Initialize"))();

    pthread_t threads[LOOKERS + MOST];
    atomic_store(&opening, libraries);
    for (int i = 0; i < LOOKERS + libraries; i++) {
        int looks = i < LOOKERS;
        if (pthread_create(&threads[i], NULL, looks ? look_up : open_and_close,
                           looks ? NULL : argv[2 + i - LOOKERS]) != 0)
            return 4;
    }
    for (int i = 0; i < LOOKERS + libraries; i++)
        pthread_join(threads[i], NULL);
    puts("ok");
    return 0;
}
