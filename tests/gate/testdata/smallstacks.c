/* Calls on stacks with little room, or with an end of their own. */
#define _GNU_SOURCE /* process_vm_readv, MAP_FIXED_NOREPLACE */
#include "fixture.h"

#include <alloca.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <ucontext.h>
#include <unistd.h>

enum { BELOW = 1 << 16, FILL = 0x5a, PAGE = 4096 };

static volatile int answer;

static void on_signal(int number) {
    answer = touch();
}

static char *map(size_t size) {
    char *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED)
        abort();
    return memory;
}

/* Bytes of the memory below a stack that are no longer what they were, counted from the stack's
 * lower end to the farthest one. */
static long overwritten(const char *below) {
    for (long i = 0; i < BELOW; i++) {
        if (below[i] != FILL)
            return BELOW - i;
    }
    return 0;
}

/* A signal handler calls in on an alternate stack with `spare` bytes over what the kernel asks. */
static PyObject *alternate(PyObject *spare, int released) {
    size_t size = (size_t)sysconf(_SC_MINSIGSTKSZ) + PyLong_AsLong(spare);
    char *memory = map(BELOW + size);
    memset(memory, FILL, BELOW);
    stack_t stack = {.ss_sp = memory + BELOW, .ss_size = size}, old_stack;
    struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_ONSTACK}, old_action;
    if (sigaltstack(&stack, &old_stack) != 0)
        return PyErr_SetFromErrno(PyExc_OSError);
    sigaction(SIGUSR2, &action, &old_action);
    answer = 0;
    if (released) {
        PyThreadState *saved = PyEval_SaveThread();
        raise(SIGUSR2);
        PyEval_RestoreThread(saved);
    } else {
        raise(SIGUSR2);
    }
    sigaction(SIGUSR2, &old_action, NULL);
    sigaltstack(&old_stack, NULL);
    return Py_BuildValue("il", answer, overwritten(memory));
}

static PyObject *wrong_alternate(PyObject *self, PyObject *spare) {
    return alternate(spare, 1);
}

static PyObject *right_alternate(PyObject *self, PyObject *spare) {
    return alternate(spare, 0);
}

static ucontext_t caller, coroutine;
static size_t depth;

static OUT_OF_LINE void call_from_depth(void) {
    volatile char *room = alloca(depth);
    room[0] = 1;
    for (volatile int turn = 0; turn < 3; turn++) /* from the second on the stack is known */
        answer += touch();
    room[depth - 1] = 1;
}

static void run_on(char *stack, size_t size, void (*function)(void)) {
    getcontext(&coroutine);
    coroutine.uc_stack.ss_sp = stack;
    coroutine.uc_stack.ss_size = size;
    coroutine.uc_link = &caller;
    makecontext(&coroutine, function, 0);
    swapcontext(&caller, &coroutine);
}

static void switch_to(char *stack, size_t size, size_t room) {
    depth = room;
    run_on(stack, size, call_from_depth);
}

/* Leaves no hole between a stack and the thread pointer, as a large heap may. */
static void fill_above(char *stack) {
    char *self = __builtin_thread_pointer();
    for (char *page = stack; page < self && self - stack < 64 << 20; page += PAGE) {
        char byte;
        struct iovec here = {&byte, 1}, there = {page, 1};
        mmap(page, PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
        if (process_vm_readv(getpid(), &here, 1, &there, 1, 0) != 1 &&
            mprotect(page, PAGE, PROT_READ))
            abort();
    }
}

/* Two coroutines call in at the same address of one mapping: the first with a lot of stack above
 * it, the second with the mapping's end close above. What was learnt of a stack is stale then. */
static int run_coroutines(int filled) {
    const size_t size = 1 << 20, deep = 400000;
    char *stack = map(size);
    answer = 0;
    if (filled)
        fill_above(stack);
    switch_to(stack, size, deep);
    size_t cut = (size - deep + 2 * PAGE) & ~(size_t)(PAGE - 1);
    munmap(stack + cut, size - cut);
    switch_to(stack, cut, deep - (size - cut));
    munmap(stack, cut);
    return answer;
}

static PyObject *wrong_coroutine(PyObject *self, PyObject *filled) {
    int fill = PyObject_IsTrue(filled);
    PyThreadState *saved = PyEval_SaveThread();
    int calls = run_coroutines(fill);
    PyEval_RestoreThread(saved);
    return PyLong_FromLong(calls);
}

static PyObject *right_coroutine(PyObject *self, PyObject *filled) {
    PyThreadState *saved = PyEval_SaveThread();
    PyEval_RestoreThread(saved);
    return PyLong_FromLong(run_coroutines(PyObject_IsTrue(filled)));
}

static size_t shift;
static long quickest;

static OUT_OF_LINE void release(void) {
    struct timespec from, to;
    clock_gettime(CLOCK_MONOTONIC, &from);
    PyThreadState *saved = PyEval_SaveThread();
    PyEval_RestoreThread(saved);
    clock_gettime(CLOCK_MONOTONIC, &to);
    long took = (to.tv_sec - from.tv_sec) * 1000000000 + to.tv_nsec - from.tv_nsec;
    if (took < quickest)
        quickest = took;
}

static void releases(void) {
    volatile char *room = alloca(shift);
    room[0] = 1;
    for (int turn = 0; turn < 8; turn++)
        release();
}

/* Releases at each place of a coroutine's page, with much readable memory above the stack. No
 * place takes a hundred times as long as another. */
static PyObject *right_places(PyObject *self, PyObject *args) {
    const size_t size = 32 << 20, end = 256 << 10;
    char *stack = map(size);
    long least = LONG_MAX, most = 0;
    for (shift = 16; shift <= PAGE; shift += 16) {
        quickest = LONG_MAX;
        run_on(stack, end, releases);
        least = quickest < least ? quickest : least;
        most = quickest > most ? quickest : most;
    }
    munmap(stack, size);
    if (most / 100 > least)
        return PyErr_Format(PyExc_AssertionError, "%ld to %ld ns", least, most);
    return PyBool_FromLong(most > 0);
}

/* Starts `true` with the environment and returns how it ended, or -1. */
static void *spawn_true(void *environment) {
    char *arguments[] = {"true", NULL};
    pid_t pid;
    int status;
    if (posix_spawnp(&pid, "true", NULL, NULL, arguments, environment) != 0 ||
        waitpid(pid, &status, 0) != pid)
        return (void *)-1L;
    return (void *)(long)status;
}

/* A thread of 64 KiB starts a program with an environment of that many variables. */
static PyObject *right_spawn(PyObject *self, PyObject *variables) {
    long count = PyLong_AsLong(variables);
    char **environment = calloc(count + 1, sizeof *environment);
    for (long i = 0; environment && i < count; i++) {
        char variable[32];
        snprintf(variable, sizeof variable, "V%ld=1", i);
        environment[i] = strdup(variable);
    }
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, 1 << 16);
    pthread_t thread;
    void *status = (void *)-1L;
    PyThreadState *saved = PyEval_SaveThread();
    if (environment && pthread_create(&thread, &attributes, spawn_true, environment) == 0)
        pthread_join(thread, &status);
    PyEval_RestoreThread(saved);
    pthread_attr_destroy(&attributes);
    for (long i = 0; environment && i < count; i++)
        free(environment[i]);
    free(environment);
    return PyLong_FromLong((long)status);
}

static PyMethodDef methods[] = {
    {"wrong_alternate", wrong_alternate, METH_O, NULL},
    {"right_alternate", right_alternate, METH_O, NULL},
    {"wrong_coroutine", wrong_coroutine, METH_O, NULL},
    {"right_coroutine", right_coroutine, METH_O, NULL},
    {"right_places", right_places, METH_NOARGS, NULL},
    {"right_spawn", right_spawn, METH_O, NULL},
    {NULL, NULL, 0, NULL},
};

FIXTURE_MODULE(smallstacks, methods)
