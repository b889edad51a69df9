/* A signal handler forks while the same thread opens libraries and looks symbols up: the fork
 * comes at any point of what the loader, or one in front of it, does.
 * forksignal LIBPYTHON LIBRARY */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <signal.h>
#include <stdio.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

enum { FORKS = 150 };

static volatile sig_atomic_t forks, bad;

static void fork_and_wait(int number) {
    (void)number;
    pid_t pid = fork();
    if (pid == 0)
        _exit(0);
    int status;
    if (pid < 0 || waitpid(pid, &status, 0) != pid || status != 0)
        bad++;
    forks++;
}

int main(int argc, char **argv) {
    if (argc != 3)
        return 2;
    void *python = dlopen(argv[1], RTLD_NOW | RTLD_GLOBAL);
    if (!python)
        return 3;
    ((void (*)(void))dlsym(python, "Py_Initialize"))();
    signal(SIGALRM, fork_and_wait);
    /* One shot a round: a periodic timer could leave no time between two forks. */
    const struct itimerval shot = {{0, 0}, {0, 300}};
    while (forks < FORKS) {
        int before = forks;
        setitimer(ITIMER_REAL, &shot, NULL);
        while (forks == before) {
            void *library = dlopen(argv[2], RTLD_NOW);
            if (!library) {
                fprintf(stderr, "%s\n", dlerror());
                return 4;
            }
            dlsym(library, "PyInit_calls");
            dlclose(library);
        }
    }
    printf("bad children: %d\n", (int)bad);
    return 0;
}
