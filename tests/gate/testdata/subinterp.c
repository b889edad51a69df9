/* Sub-interpreters made, entered and ended from C. */
#include "fixture.h"

/* Makes a sub-interpreter, works in it, optionally calls detached, ends it and goes back. */
static PyObject *visit(int wrong) {
    PyThreadState *home = PyThreadState_Get();
    PyThreadState *away = Py_NewInterpreter();
    if (!away) {
        PyThreadState_Swap(home);
        return PyErr_Format(PyExc_RuntimeError, "no sub-interpreter");
    }
    touch();
    PyRun_SimpleString("import math, json; json.dumps([math.pi])");
    PyThreadState_Swap(home);
    touch();
    PyThreadState_Swap(away);
    PyThreadState *saved = PyEval_SaveThread();
    if (wrong)
        touch();
    PyEval_RestoreThread(saved);
    Py_EndInterpreter(away);
    PyThreadState_Swap(home);
    touch();
    Py_RETURN_NONE;
}

/* Calls detached in a sub-interpreter: is the state that the call ran with the one given up? */
static PyObject *wrong_state(PyObject *self, PyObject *args) {
    PyThreadState *home = PyThreadState_Get(), *away = Py_NewInterpreter();
    PyThreadState *saved = PyEval_SaveThread();
    int same = PyThreadState_Get() == away;
    PyEval_RestoreThread(saved);
    Py_EndInterpreter(away);
    PyThreadState_Swap(home);
    return PyBool_FromLong(same);
}

static PyObject *wrong_visit(PyObject *self, PyObject *args) {
    return visit(1);
}

static PyObject *right_visit(PyObject *self, PyObject *args) {
    return visit(0);
}

/* In the first interpreter, once there was a second one: PyGILState_Check says 1 for ever. */
static PyObject *wrong_after_visit(PyObject *self, PyObject *args) {
    Py_XDECREF(visit(0));
    Py_BEGIN_ALLOW_THREADS;
    touch();
    Py_END_ALLOW_THREADS;
    Py_RETURN_NONE;
}

/* From 3.12 on Py_NewInterpreter takes the GIL itself, where it is not held. Right behind a
 * PyThreadState_Swap(NULL) that is what CPython's own tests do; that swap is over once the thread
 * has attached again. */
static PyObject *after_swap(int attached) {
    PyThreadState *home = PyThreadState_Swap(NULL);
    if (attached) {
        PyEval_RestoreThread(home);
        PyEval_SaveThread();
    }
    PyThreadState *away = Py_NewInterpreter();
    Py_EndInterpreter(away);
    PyEval_RestoreThread(home);
    Py_RETURN_NONE;
}

static PyObject *wrong_after_swap(PyObject *self, PyObject *args) {
    return after_swap(1);
}

static PyObject *right_after_swap(PyObject *self, PyObject *args) {
    return after_swap(0);
}

static PyMethodDef methods[] = {
    {"wrong_after_swap", wrong_after_swap, METH_NOARGS, NULL},
    {"right_after_swap", right_after_swap, METH_NOARGS, NULL},
    {"wrong_state", wrong_state, METH_NOARGS, NULL},
    {"wrong_visit", wrong_visit, METH_NOARGS, NULL},
    {"right_visit", right_visit, METH_NOARGS, NULL},
    {"wrong_after_visit", wrong_after_visit, METH_NOARGS, NULL},
    {NULL, NULL, 0, NULL},
};

FIXTURE_MODULE(subinterp, methods)
