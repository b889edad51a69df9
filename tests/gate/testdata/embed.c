/* A program that embeds Python. Its argument names what it does. */
#include "fixture.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>

static int before_init(void) {
    int truth = touch();
    Py_Initialize();
    return truth;
}

static int after_finalize(void) {
    Py_Initialize();
    Py_Finalize();
    return touch();
}

static int detached(void) {
    Py_Initialize();
    PyThreadState *saved = PyEval_SaveThread();
    int truth = touch();
    PyEval_RestoreThread(saved);
    return truth;
}

static int attached(void) {
    Py_Initialize();
    PyThreadState *saved = PyEval_SaveThread();
    PyEval_RestoreThread(saved);
    PyRun_SimpleString("import math, json; json.dumps([math.pi])");
    return touch();
}

/* A second life of the interpreter in the same process. */
static int again(void) {
    Py_Initialize();
    touch();
    Py_Finalize();
    return attached();
}

static int again_detached(void) {
    Py_Initialize();
    touch();
    Py_Finalize();
    return detached();
}

/* A thread that used a state in the interpreter's first life, and calls in its second. */
static pthread_barrier_t used, begun;

/* Writes over the memory of states that were freed, wherever this thread's malloc keeps it. */
static void spoil(void) {
    for (int i = 0; i < 64; i++)
        memset(PyMem_RawMalloc(sizeof(PyThreadState)), 0xee, sizeof(PyThreadState));
}

static void *live_twice(void *right) {
    PyThreadState *mine = PyThreadState_New(PyInterpreterState_Main());
    PyEval_AcquireThread(mine);
    touch();
    PyThreadState_Clear(mine);
    PyEval_ReleaseThread(mine);
    pthread_barrier_wait(&used);
    pthread_barrier_wait(&begun);
    spoil();
    if (!right)
        return touch() ? &used : NULL;
    PyGILState_STATE state = PyGILState_Ensure();
    int truth = touch();
    PyGILState_Release(state);
    return truth ? &used : NULL;
}

static int two_lives(void *right) {
    pthread_t thread;
    void *truth;
    Py_Initialize();
    pthread_barrier_init(&used, NULL, 2);
    pthread_barrier_init(&begun, NULL, 2);
    if (pthread_create(&thread, NULL, live_twice, right) != 0)
        abort();
    PyThreadState *saved = PyEval_SaveThread();
    pthread_barrier_wait(&used);
    PyEval_RestoreThread(saved);
    Py_Finalize();
    spoil();
    Py_Initialize();
    saved = PyEval_SaveThread();
    pthread_barrier_wait(&begun);
    pthread_join(thread, &truth);
    PyEval_RestoreThread(saved);
    return truth != NULL;
}

static int two_lives_detached(void) {
    return two_lives(NULL);
}

static int two_lives_right(void) {
    return two_lives(&used);
}

static void tail_call_at_exit(void) {
    PyObject_IsTrue(Py_True);
}

/* Called by Py_Finalize, with the thread state gone. */
static int exit_function(void) {
    Py_Initialize();
    Py_AtExit(tail_call_at_exit);
    return 1;
}

static const struct {
    const char *name;
    int (*run)(void);
} modes[] = {
    {"before-init", before_init},
    {"after-finalize", after_finalize},
    {"detached", detached},
    {"attached", attached},
    {"again", again},
    {"again-detached", again_detached},
    {"two-lives", two_lives_right},
    {"two-lives-detached", two_lives_detached},
    {"exit-function", exit_function},
};

int main(int argc, char **argv) {
    for (size_t i = 0; argc == 2 && i < sizeof modes / sizeof *modes; i++) {
        if (strcmp(argv[1], modes[i].name) == 0) {
            int truth = modes[i].run();
            if (Py_IsInitialized())
                Py_Finalize();
            printf("%s %d\n", modes[i].name, truth);
            return truth == 1 ? 0 : 3;
        }
    }
    return 2;
}
