/* An extension that defines a function the interpreter exports as well, as uvloop and
 * shiboken6 do. Where its own is bound, its own must be called. */
#include "fixture.h"

#undef PyRun_String /* a macro for PyRun_StringFlags */

FIXTURE_EXPORT PyObject *PyRun_String(const char *source, int start, PyObject *globals,
                                      PyObject *locals) {
    return NULL; /* the interpreter's never returns NULL without an exception */
}

static PyObject *mine(PyObject *self, PyObject *args) {
    PyObject *globals = PyDict_New();
    Py_BEGIN_ALLOW_THREADS;
    Py_END_ALLOW_THREADS;
    PyObject *result = PyRun_String("1", Py_eval_input, globals, globals);
    Py_DECREF(globals);
    return PyBool_FromLong(result == NULL);
}

/* Its own function may be called detached: it is no C API. */
static PyObject *mine_detached(PyObject *self, PyObject *args) {
    PyObject *result;
    Py_BEGIN_ALLOW_THREADS;
    result = PyRun_String("1", Py_eval_input, NULL, NULL);
    Py_END_ALLOW_THREADS;
    return PyBool_FromLong(result == NULL);
}

static PyMethodDef methods[] = {
    {"mine", mine, METH_NOARGS, NULL},
    {"mine_detached", mine_detached, METH_NOARGS, NULL},
    {NULL, NULL, 0, NULL},
};

FIXTURE_MODULE(ownname, methods)
