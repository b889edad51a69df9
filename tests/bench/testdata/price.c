/* What a gate costs, measured inside one process. Each function has one loop, which calls
 * through a pointer, and two pointers: one read from this module's GOT, which is under
 * watch, and one that the linker filled by a R_X86_64_64 relocation, which never is. So
 * the two timings differ in nothing but the address; without gilwatch that is the same. */
#include <Python.h>

#include <stdbool.h>
#include <string.h>
#include <time.h>

typedef void (*function)(void);

/* The arguments of the calls, and where results go that must not be optimized away. */
static PyObject *tuple, *dict, *key, *integer, *real;
static volatile long sink;

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

/* Defines loop_NAME: nanoseconds of each of n calls through `called`. */
#define LOOP(name, statement)                                                                      \
    static double loop_##name(const function *called, long n) {                                    \
        double start = now();                                                                      \
        for (long i = 0; i < n; i++) {                                                             \
            statement;                                                                             \
        }                                                                                          \
        return (now() - start) / (double)n;                                                        \
    }

/* A call of called[at], whose type is that of the function. */
#define CALL(at, function) ((__typeof__(&(function)))called[at])

LOOP(is_true, sink = CALL(0, PyObject_IsTrue)(Py_True))
LOOP(as_long, sink = CALL(0, PyLong_AsLong)(integer))
LOOP(as_double, sink = (long)CALL(0, PyFloat_AsDouble)(real))
LOOP(tuple_size, sink = CALL(0, PyTuple_Size)(tuple))
LOOP(object_size, sink = CALL(0, PyObject_Size)(tuple))
LOOP(get_item, sink = (long)CALL(0, PyTuple_GetItem)(tuple, 1))
LOOP(from_long, PyObject *made = CALL(0, PyLong_FromLong)(7); Py_DECREF(made))
LOOP(from_double, PyObject *made = CALL(0, PyFloat_FromDouble)(7.0); Py_DECREF(made))
LOOP(contains, sink = CALL(0, PyDict_Contains)(dict, key))
LOOP(threads, CALL(1, PyEval_RestoreThread)(CALL(0, PyEval_SaveThread)()))
LOOP(ensure, CALL(1, PyGILState_Release)(CALL(0, PyGILState_Ensure)()))

/* What is measured: X(loop, function) or, for a pair of calls, Y(loop, first, second). */
#define MEASURED(X, Y)                                                                             \
    X(is_true, PyObject_IsTrue)                                                                    \
    X(as_long, PyLong_AsLong)                                                                      \
    X(as_double, PyFloat_AsDouble)                                                                 \
    X(tuple_size, PyTuple_Size)                                                                    \
    X(object_size, PyObject_Size)                                                                  \
    X(get_item, PyTuple_GetItem)                                                                   \
    X(from_long, PyLong_FromLong)                                                                  \
    X(from_double, PyFloat_FromDouble)                                                             \
    X(contains, PyDict_Contains)                                                                   \
    Y(threads, PyEval_SaveThread, PyEval_RestoreThread)                                            \
    Y(ensure, PyGILState_Ensure, PyGILState_Release)

struct measured {
    const char *name;
    double (*loop)(const function *called, long n);
    function called[2];
};

#define ONE(loop, f)        {#f, loop_##loop, {(function)f, NULL}},
#define TWO(loop, f, other) {#f "+" #other, loop_##loop, {(function)f, (function)other}},

/* Initialized by the linker: the functions themselves. */
static const struct measured direct[] = {MEASURED(ONE, TWO)};
enum { COUNT = sizeof direct / sizeof *direct };

/* Read by code, which gets them from the GOT: the gates, in a process under watch. An
 * initializer would not do: the compiler makes a table like the one above of it. */
#define READ_ONE(loop, f)        (called++)[0][0] = (function)f;
#define READ_TWO(loop, f, other) called[0][1] = (function)other, (called++)[0][0] = (function)f;

static void read_slots(function (*called)[2]) {
    MEASURED(READ_ONE, READ_TWO)
}

/* names() -> list of what measure takes. */
static PyObject *names(PyObject *self, PyObject *args) {
    PyObject *list = PyList_New(0);
    (void)self, (void)args;
    for (int i = 0; list && i < COUNT; i++) {
        PyObject *name = PyUnicode_FromString(direct[i].name);
        if (!name || PyList_Append(list, name) < 0) {
            Py_CLEAR(list);
        }
        Py_XDECREF(name);
    }
    return list;
}

/* One round: a timing of each kind, in an order that changes from round to round. */
static PyObject *time_pair(const struct measured *m, const function *gated, int round, long n) {
    double through_slot, past_it;
    if (round % 2) {
        through_slot = m->loop(gated, n);
        past_it = m->loop(m->called, n);
    } else {
        past_it = m->loop(m->called, n);
        through_slot = m->loop(gated, n);
    }
    return Py_BuildValue("dd", past_it, through_slot);
}

/* measure(which, n, rounds) -> (gated, [(direct, gated)...]): whether the slots hold other
 * addresses than the functions', and nanoseconds a call, for each round of n calls. */
static PyObject *measure(PyObject *self, PyObject *args) {
    int which, rounds;
    long n;
    function gated[COUNT][2];
    (void)self;
    if (!PyArg_ParseTuple(args, "ili", &which, &n, &rounds)) {
        return NULL;
    }
    if (which < 0 || which >= COUNT || n < 1) {
        PyErr_SetString(PyExc_ValueError, "no such measurement");
        return NULL;
    }
    read_slots(gated);
    PyObject *pairs = PyList_New(0);
    for (int round = 0; pairs && round < rounds; round++) {
        PyObject *pair = time_pair(&direct[which], gated[which], round, n);
        if (!pair || PyList_Append(pairs, pair) < 0) {
            Py_CLEAR(pairs);
        }
        Py_XDECREF(pair);
    }
    if (!pairs) {
        return NULL;
    }
    bool differ = gated[which][0] != direct[which].called[0];
    return Py_BuildValue("NN", PyBool_FromLong(differ), pairs);
}

static PyMethodDef methods[] = {
    {"names", names, METH_NOARGS, NULL},
    {"measure", measure, METH_VARARGS, NULL},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef module = {
    PyModuleDef_HEAD_INIT, "price", NULL, -1, methods, NULL, NULL, NULL, NULL,
};

PyMODINIT_FUNC PyInit_price(void) {
    tuple = Py_BuildValue("(iii)", 1, 2, 3);
    dict = Py_BuildValue("{s:i}", "key", 1);
    key = PyUnicode_InternFromString("key");
    integer = PyLong_FromLong(1234567);
    real = PyFloat_FromDouble(1.5);
    if (!tuple || !dict || !key || !integer || !real) {
        return NULL;
    }
    return PyModule_Create(&module);
}
