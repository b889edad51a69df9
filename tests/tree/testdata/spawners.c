/* The functions of libc that start a program, called from an extension. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../../gate/testdata/fixture.h"

#define MANY 16

static int take(PyObject *list, const char *argv[MANY]) {
    Py_ssize_t n = PyList_Size(list);
    for (Py_ssize_t i = 0; i < n && i < MANY - 1; i++) {
        if (!(argv[i] = PyUnicode_AsUTF8(PyList_GetItem(list, i)))) {
            return 0;
        }
    }
    return n == 6; /* what leaf() makes */
}

#define ALL argv[0], argv[1], argv[2], argv[3], argv[4], argv[5], (char *)NULL

static PyObject *run_execl(PyObject *self, PyObject *list) {
    const char *argv[MANY];
    if (take(list, argv)) {
        execl(argv[0], ALL);
    }
    return NULL;
}

static PyObject *run_execle(PyObject *self, PyObject *list) {
    const char *argv[MANY];
    char *env[] = {"A=b", NULL};
    if (take(list, argv)) {
        execle(argv[0], ALL, env);
    }
    return NULL;
}

static PyObject *run_execlp(PyObject *self, PyObject *list) {
    const char *argv[MANY];
    if (take(list, argv)) {
        execlp(argv[0], ALL);
    }
    return NULL;
}

static PyObject *run_system(PyObject *self, PyObject *line) {
    return PyLong_FromLong(system(PyUnicode_AsUTF8(line)));
}

static PyObject *run_popen(PyObject *self, PyObject *line) {
    FILE *f = popen(PyUnicode_AsUTF8(line), "r");
    while (fgetc(f) != EOF) {
    }
    return PyLong_FromLong(pclose(f));
}

static PyMethodDef methods[] = {
    {"execl", run_execl, METH_O, NULL},   {"execle", run_execle, METH_O, NULL},
    {"execlp", run_execlp, METH_O, NULL}, {"system", run_system, METH_O, NULL},
    {"popen", run_popen, METH_O, NULL},   {NULL, NULL, 0, NULL},
};

FIXTURE_MODULE(spawners, methods)
