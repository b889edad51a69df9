/* A program that embeds Python. Its argument names what it does. */
#include "fixture.h"

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
