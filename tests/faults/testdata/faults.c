/* Violations in several threads at once, counted in a file that outlives the process, and the ways
 * to die in the middle of them.
 *
 * Each thread has functions of its own to call from, so that a violation's innermost frame tells
 * thread and site. It adds to `before` ahead of a call and to `after` behind it: of a process that
 * died in the middle, what is reported lies between the two. */
#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

enum { THREADS = 4, SITES = 3, PATH_BITS = 8, CALLS_A_PATH = 64 };

struct counter {
    volatile uint64_t before, after;
};

/* Row THREADS is the dying thread's: its fatal call, and its calls on an overflowing stack. */
static struct { struct counter counters[THREADS + 1][SITES]; } * counts;

static volatile int stop;

/* True is answered before anything is looked up: every version survives the call. */
#define SITE(thread, site)                                                                         \
    __attribute__((noinline, noclone)) static void t##thread##_s##site(void) {                     \
        struct counter *c = &counts->counters[thread][site];                                       \
        c->before++;                                                                               \
        int truth = PyObject_IsTrue(Py_True);                                                      \
        __asm__ volatile("" : "+r"(truth));                                                        \
        c->after++;                                                                                \
    }
#define SITES_OF(thread) SITE(thread, 0) SITE(thread, 1) SITE(thread, 2)

SITES_OF(0)
SITES_OF(1)
SITES_OF(2)
SITES_OF(3)

static void (*const sites[THREADS][SITES])(void) = {
    {t0_s0, t0_s1, t0_s2},
    {t1_s0, t1_s1, t1_s2},
    {t2_s0, t2_s1, t2_s2},
    {t3_s0, t3_s1, t3_s2},
};

static void descend(unsigned path, int bits, void (*site)(void));

__attribute__((noinline, noclone)) static void left(unsigned path, int bits, void (*site)(void)) {
    descend(path, bits, site);
    __asm__ volatile("");
}

__attribute__((noinline, noclone)) static void right(unsigned path, int bits, void (*site)(void)) {
    descend(path, bits, site);
    __asm__ volatile("");
}

/* Each path is a stack of its own. */
__attribute__((noinline, noclone)) static void descend(unsigned path, int bits,
                                                       void (*site)(void)) {
    if (bits == 0) {
        site();
    } else if (path & 1) {
        right(path >> 1, bits - 1, site);
    } else {
        left(path >> 1, bits - 1, site);
    }
    __asm__ volatile("");
}

/* Old stacks and, every now and then, a new one. */
static void *violate(void *number) {
    void (*const *own)(void) = sites[(uintptr_t)number];
    for (unsigned n = 0; !stop; n++) {
        descend(n / CALLS_A_PATH, PATH_BITS, own[n % SITES]);
    }
    return NULL;
}

/* ---- deaths ---- */

static volatile char *unbacked; /* a page behind the end of its file */

__attribute__((noinline, noclone)) static void fatal_segv(void) {
    counts->counters[THREADS][0].before++;
    PyObject *text = PyObject_Repr((PyObject *)16);
    counts->counters[THREADS][0].after += text != NULL;
}

__attribute__((noinline, noclone)) static void fatal_abort(void) {
    counts->counters[THREADS][0].before++;
    PyThreadState *state = PyThreadState_Get();
    counts->counters[THREADS][0].after += state != NULL;
}

__attribute__((noinline, noclone)) static void fatal_bus(void) {
    counts->counters[THREADS][0].before++;
    Py_ssize_t size = PyObject_Size((PyObject *)unbacked);
    counts->counters[THREADS][0].after += size >= 0;
}

static void die_of_bus(void) {
    int fd = memfd_create("unbacked", MFD_CLOEXEC);
    unbacked = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (fd < 0 || unbacked == MAP_FAILED) {
        _exit(1);
    }
    fatal_bus();
}

__attribute__((noinline, noclone)) static int overflow(int depth) {
    volatile char room[512];
    room[0] = (char)depth;
    struct counter *c = &counts->counters[THREADS][1];
    c->before++;
    int truth = PyObject_IsTrue(Py_True);
    c->after++;
    return (stop ? 0 : overflow(depth + 1)) + truth + room[0];
}

static void die_of_overflow(void) {
    (void)overflow(0);
}

static void die_outside(void) {
    static int *volatile nowhere = (int *)8;
    *nowhere = 1;
}

static void die_of_kill(void) {
    kill(getpid(), SIGKILL);
}

static void leave(void) {
    _exit(5);
}

static void become_another(void) {
    char exe[4096];
    ssize_t n = readlink("/proc/self/exe", exe, sizeof exe - 1);
    exe[n > 0 ? n : 0] = 0;
    char *arguments[] = {exe, "-c", "pass", NULL};
    execv(exe, arguments);
    _exit(1);
}

static void use_all_memory(void) {
    for (;;) {
        char *more = malloc(1 << 20);
        if (more) {
            memset(more, 1, 1 << 20);
        }
    }
}

static void sleep_for(long microseconds) {
    struct timespec t = {microseconds / 1000000, microseconds % 1000000 * 1000};
    nanosleep(&t, NULL);
}

static int gun[2];

/* Another process shoots this one, which may be anywhere then. */
static void wait_for_the_shot(void) {
    if (write(gun[1], "", 1) == 1) {
        for (;;) {
            pause();
        }
    }
}

static void load_the_gun(long delay) {
    char byte;
    if (pipe(gun) != 0) {
        _exit(1);
    }
    if (fork() == 0) {
        if (read(gun[0], &byte, 1) == 1) {
            sleep_for(delay);
            kill(getppid(), SIGKILL);
        }
        _exit(0);
    }
}

static const struct {
    const char *name;
    void (*die)(void);
} deaths[] = {
    {"segv", fatal_segv},     {"abort", fatal_abort},
    {"bus", die_of_bus},      {"overflow", die_of_overflow},
    {"outside", die_outside}, {"kill", die_of_kill},
    {"leave", leave},         {"exec", become_another},
    {"oom", use_all_memory},  {"shot", wait_for_the_shot},
};

struct plan {
    const char *name;
    long delay;
};

static void *killer(void *arg) {
    const struct plan *plan = arg;
    if (!gun[1]) {
        sleep_for(plan->delay);
    }
    for (size_t i = 0; i < sizeof deaths / sizeof deaths[0]; i++) {
        if (strcmp(plan->name, deaths[i].name) == 0) {
            deaths[i].die();
        }
    }
    return NULL;
}

/* ---- what Python calls ---- */

static int map_counts(const char *path) {
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0 || ftruncate(fd, sizeof *counts) != 0) {
        PyErr_SetFromErrnoWithFilename(PyExc_OSError, path);
        return -1;
    }
    counts = mmap(NULL, sizeof *counts, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    close(fd);
    if (counts == MAP_FAILED) {
        PyErr_SetFromErrno(PyExc_OSError);
        return -1;
    }
    return 0;
}

/* run(counts, death, delay): violates in THREADS threads and dies that death after so many
 * microseconds. "exit" returns at that moment, while the threads go on; "end" stops and joins them
 * first. */
static PyObject *run(PyObject *self, PyObject *args) {
    const char *path;
    static struct plan plan;
    pthread_t threads[THREADS], another;
    if (!PyArg_ParseTuple(args, "ssl", &path, &plan.name, &plan.delay) || map_counts(path) != 0) {
        return NULL;
    }
    plan.name = strdup(plan.name);
    if (strcmp(plan.name, "shot") == 0) {
        load_the_gun(plan.delay);
    }
    PyThreadState *saved = PyEval_SaveThread();
    for (uintptr_t i = 0; i < THREADS; i++) {
        pthread_create(&threads[i], NULL, violate, (void *)i);
    }
    puts("ready");
    fflush(stdout);
    pthread_attr_t small; /* soon used up */
    pthread_attr_init(&small);
    pthread_attr_setstacksize(&small, 1 << 18);
    pthread_create(&another, &small, killer, &plan);
    pthread_join(another, NULL);
    if (strcmp(plan.name, "end") == 0) {
        stop = 1;
        for (int i = 0; i < THREADS; i++) {
            pthread_join(threads[i], NULL);
        }
    }
    PyEval_RestoreThread(saved);
    Py_RETURN_NONE;
}

static PyMethodDef methods[] = {
    {"run", run, METH_VARARGS, NULL},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef module = {
    PyModuleDef_HEAD_INIT, "faults", NULL, -1, methods, NULL, NULL, NULL, NULL,
};

PyMODINIT_FUNC PyInit_faults(void) {
    return PyModule_Create(&module);
}
