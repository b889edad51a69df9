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

static PyMethodDef methods[] = {
    {"wrong_state", wrong_state, METH_NOARGS, NULL},
    {"wrong_visit", wrong_visit, METH_NOARGS, NULL},
    {"right_visit", right_visit, METH_NOARGS, NULL},
    {"wrong_after_visit", wrong_after_visit, METH_NOARGS, NULL},
    {NULL, NULL, 0, NULL},
};

FIXTURE_MODULE(subinterp, methods)
