/* Many violations: of one site, and of as many stacks as are asked for. */
#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include <errno.h>
#include <pthread.h>
#include <stdint.h>

enum { BITS = 17, KEPT = 4711 };

/* True is answered before anything is looked up: every version survives the call, and leaves errno
 * alone. So must whatever is done about a violation. */
__attribute__((noinline, noclone)) static void site(void) {
    errno = KEPT;
    int truth = PyObject_IsTrue(Py_True);
    __asm__ volatile("" : "+r"(truth));
    if (errno != KEPT) {
        abort();
    }
}

static void descend(unsigned path, int bits);

__attribute__((noinline, noclone)) static void left(unsigned path, int bits) {
    descend(path, bits);
    __asm__ volatile("");
}

__attribute__((noinline, noclone)) static void right(unsigned path, int bits) {
    descend(path, bits);
    __asm__ volatile("");
}

/* Each path is a stack of its own. */
__attribute__((noinline, noclone)) static void descend(unsigned path, int bits) {
    if (bits == 0) {
        site();
    } else if (path & 1) {
        right(path >> 1, bits - 1);
    } else {
        left(path >> 1, bits - 1);
    }
    __asm__ volatile("");
}

struct share {
    unsigned first, stacks, calls;
};

static void *work(void *arg) {
    const struct share *share = arg;
    for (unsigned i = 0; i < share->stacks; i++) {
        for (unsigned n = 0; n < share->calls; n++) {
            descend(share->first + i, BITS);
        }
    }
    return NULL;
}

/* stacks(threads, each, calls): so many threads, each with so many stacks of its own, and so many
 * calls of each stack. */
static PyObject *stacks(PyObject *self, PyObject *args) {
    unsigned threads, each, calls;
    if (!PyArg_ParseTuple(args, "III", &threads, &each, &calls)) {
        return NULL;
    }
    pthread_t *ids = PyMem_Calloc(threads, sizeof *ids);
    struct share *shares = PyMem_Calloc(threads, sizeof *shares);
    if (!ids || !shares) {
        return PyErr_NoMemory();
    }
    PyThreadState *saved = PyEval_SaveThread();
    for (unsigned i = 0; i < threads; i++) {
        shares[i] = (struct share){i * each, each, calls};
        if (pthread_create(&ids[i], NULL, work, &shares[i]) != 0) {
            abort();
        }
    }
    for (unsigned i = 0; i < threads; i++) {
        pthread_join(ids[i], NULL);
    }
    PyEval_RestoreThread(saved);
    PyMem_Free(ids);
    PyMem_Free(shares);
    Py_RETURN_NONE;
}

/* one(n): n calls of one site. */
static PyObject *one(PyObject *self, PyObject *number) {
    unsigned long n = PyLong_AsUnsignedLong(number);
    PyThreadState *saved = PyEval_SaveThread();
    for (unsigned long i = 0; i < n; i++) {
        site();
    }
    PyEval_RestoreThread(saved);
    Py_RETURN_NONE;
}

static PyMethodDef methods[] = {
    {"stacks", stacks, METH_VARARGS, NULL},
    {"one", one, METH_O, NULL},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef module = {
    PyModuleDef_HEAD_INIT, "floods", NULL, -1, methods, NULL, NULL, NULL, NULL,
};

PyMODINIT_FUNC PyInit_floods(void) {
    return PyModule_Create(&module);
}
