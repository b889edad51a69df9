/* C-API functions taken as values: GLOB_DAT in code, R_X86_64_64 in static tables. */
#include "fixture.h"

#include <dlfcn.h>

typedef int predicate(PyObject *);

static PyObject *wrong_pointer(PyObject *self, PyObject *object) {
    predicate *volatile ask = PyObject_IsTrue;
    PyThreadState *saved = PyEval_SaveThread();
    int truth = ask(Py_True);
    PyEval_RestoreThread(saved);
    return PyBool_FromLong(truth);
}

static PyObject *right_pointer(PyObject *self, PyObject *object) {
    predicate *volatile ask = PyObject_IsTrue;
    return PyBool_FromLong(ask(Py_True));
}

OUT_OF_LINE static PyObject *apply(PyObject *(*operation)(PyObject *, PyObject *), PyObject *left,
                                   PyObject *right) {
    return operation(left, right);
}

/* As Cython does: PyNumber_* passed as callbacks. */
static PyObject *right_callbacks(PyObject *self, PyObject *args) {
    PyObject *left, *right;
    if (!PyArg_ParseTuple(args, "OO", &left, &right))
        return NULL;
    return Py_BuildValue("NNN", apply(PyNumber_Add, left, right),
                         apply(PyNumber_Multiply, left, right),
                         apply(PyNumber_Subtract, left, right));
}

static PyObject *callable_through_pointer(PyObject *self, PyObject *object) {
    int (*volatile ask)(PyObject *) = PyCallable_Check;
    return PyBool_FromLong(ask(object));
}

/* By dlsym in the global scope, as JIT compilers and Rust crates look names up. */
static PyObject *wrong_dlsym(PyObject *self, PyObject *args) {
    predicate *ask = (predicate *)dlsym(RTLD_DEFAULT, "PyObject_IsTrue");
    PyThreadState *saved = PyEval_SaveThread();
    int truth = ask(Py_True);
    PyEval_RestoreThread(saved);
    return PyBool_FromLong(truth);
}

static PyObject *right_dlsym(PyObject *self, PyObject *args) {
    predicate *ask = (predicate *)dlsym(RTLD_DEFAULT, "PyObject_IsTrue");
    return PyBool_FromLong(ask(Py_True));
}

static PyMethodDef methods[] = {
    {"wrong_pointer", wrong_pointer, METH_NOARGS, NULL},
    {"right_pointer", right_pointer, METH_NOARGS, NULL},
    {"right_callbacks", right_callbacks, METH_VARARGS, NULL},
    {"callable_through_pointer", callable_through_pointer, METH_O, NULL},
    /* An API function as a table's entry: called with the module and the argument. */
    {"get", PyObject_GetAttr, METH_O, NULL},
    {"wrong_dlsym", wrong_dlsym, METH_NOARGS, NULL},
    {"right_dlsym", right_dlsym, METH_NOARGS, NULL},
    {NULL, NULL, 0, NULL},
};

FIXTURE_MODULE(pointers, methods)
