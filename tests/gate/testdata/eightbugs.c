/* Eight bugs, each of which ends a process from 3.12 on: objects are made, and a method is
 * called, between a release and the next attach. The right twin makes the same. */
#include "fixture.h"

static int payload;

static PyObject *capsule(void) {
    return PyCapsule_New(&payload, "payload", NULL);
}

static PyObject *integer(void) {
    return PyLong_FromLong(1234567);
}

static PyObject *real(void) {
    return PyFloat_FromDouble(2.5);
}

static PyObject *text(void) {
    return PyUnicode_FromString("text");
}

static PyObject *list(void) {
    return PyList_New(3);
}

static PyObject *dict(void) {
    return PyDict_New();
}

/* Nine doubles: the last one is passed on the stack. */
static PyObject *tuple(void) {
    return Py_BuildValue("(dddddddddi)", 1., 2., 3., 4., 5., 6., 7., 8., 9., 10);
}

static PyObject *word;

static PyObject *method(void) {
    return PyObject_CallMethod(word, "upper", NULL);
}

static PyObject *(*const makers[])(void) = {
    capsule, integer, real, text, list, dict, tuple, method,
};

#define MAKERS (Py_ssize_t)(sizeof makers / sizeof makers[0])

static PyObject *make(int detached) {
    PyObject *made[MAKERS];
    word = PyUnicode_FromString("word");
    PyThreadState *saved = detached ? PyEval_SaveThread() : NULL;
    for (Py_ssize_t i = 0; i < MAKERS; i++)
        made[i] = makers[i]();
    if (detached)
        PyEval_RestoreThread(saved);
    Py_DECREF(word);
    PyObject *all = PyList_New(0);
    for (Py_ssize_t i = 1; i < MAKERS; i++) { /* a capsule's repr has its address */
        if (i == 4)
            PyList_SetSlice(made[i], 0, 3, NULL);
        PyList_Append(all, made[i]);
        Py_DECREF(made[i]);
    }
    Py_DECREF(made[0]);
    return all;
}

static PyObject *wrong(PyObject *self, PyObject *args) {
    return make(1);
}

static PyObject *right(PyObject *self, PyObject *args) {
    return make(0);
}

static PyMethodDef methods[] = {
    {"wrong", wrong, METH_NOARGS, NULL},
    {"right", right, METH_NOARGS, NULL},
    {NULL, NULL, 0, NULL},
};

FIXTURE_MODULE(eightbugs, methods)
