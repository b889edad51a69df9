/* Forks while another thread looks symbols up: the child has a copy of every lock, held or not.
 * forkdlopen LIBPYTHON [LIBRARY that the child opens] */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

enum { FORKS = 120, STUCK_SECONDS = 20 };

static atomic_int done;

static void *look_up(void *unused) {
    (void)unused;
    while (!atomic_load(&done))
        dlsym(RTLD_DEFAULT, "malloc");
    return NULL;
}

static void child(const char *library) {
    alarm(STUCK_SECONDS); /* a child that hangs ends by a signal */
    int opened = !library || dlopen(library, RTLD_NOW);
    dlsym(RTLD_DEFAULT, "free");
    _exit(opened ? 0 : 1);
}

int main(int argc, char **argv) {
    if (argc < 2)
        return 2;
    void *python = dlopen(argv[1], RTLD_NOW | RTLD_GLOBAL);
    if (!python)
        return 3;
    ((void (*)(void))dlsym(python, "Py_Initialize"))();
    pthread_t looker;
    if (pthread_create(&looker, NULL, look_up, NULL) != 0)
        return 4;
    int bad = 0;
    for (int i = 0; i < FORKS && bad == 0; i++) {
        pid_t pid = fork();
        if (pid == 0)
            child(argv[2]);
        int status;
        bad += pid < 0 || waitpid(pid, &status, 0) != pid || status != 0;
    }
    atomic_store(&done, 1);
    pthread_join(looker, NULL);
    printf("bad children: %d\n", bad);
    return 0;
}
