/* C threads: never attached, attached for a while, and releasing what is not theirs. */
#include "cthread.h"
#include "fixture.h"

static void *only_touch(void *unused) {
    touch();
    return NULL;
}

/* The main thread holds the GIL until the C thread has ended: the current thread state is not
 * NULL up to 3.11, and not the C thread's. */
static PyObject *wrong_while_held(PyObject *self, PyObject *args) {
    run_thread(only_touch, NULL);
    Py_RETURN_NONE;
}

static PyObject *wrong_while_free(PyObject *self, PyObject *args) {
    Py_BEGIN_ALLOW_THREADS;
    run_thread(only_touch, NULL);
    Py_END_ALLOW_THREADS;
    Py_RETURN_NONE;
}

static void *touch_ensured(void *unused) {
    PyGILState_STATE state = PyGILState_Ensure();
    touch();
    PyGILState_Release(state);
    return NULL;
}

static PyObject *right_ensured(PyObject *self, PyObject *args) {
    for (int i = 0; i < 3; i++) {
        Py_BEGIN_ALLOW_THREADS;
        run_thread(touch_ensured, NULL);
        Py_END_ALLOW_THREADS;
    }
    Py_RETURN_NONE;
}

/* Twice, so that a thread state cached from the first time would be a deleted one. */
static void *touch_after_release(void *unused) {
    for (int i = 0; i < 2; i++) {
        PyGILState_STATE state = PyGILState_Ensure();
        touch();
        PyGILState_Release(state);
    }
    touch();
    return NULL;
}

static PyObject *wrong_after_release(PyObject *self, PyObject *args) {
    Py_BEGIN_ALLOW_THREADS;
    run_thread(touch_after_release, NULL);
    Py_END_ALLOW_THREADS;
    Py_RETURN_NONE;
}

/* The C thread takes the main thread's GIL away from under it, and gives it back. */
static void *release_anothers(void *unused) {
    PyThreadState *not_mine = PyEval_SaveThread();
    PyEval_RestoreThread(not_mine);
    return NULL;
}

static PyObject *wrong_release_anothers(PyObject *self, PyObject *args) {
    run_thread(release_anothers, NULL);
    Py_RETURN_NONE;
}

static void *release_own(void *unused) {
    PyGILState_STATE state = PyGILState_Ensure();
    PyThreadState *mine = PyEval_SaveThread();
    PyEval_RestoreThread(mine);
    PyGILState_Release(state);
    return NULL;
}

static PyObject *right_release_own(PyObject *self, PyObject *args) {
    Py_BEGIN_ALLOW_THREADS;
    run_thread(release_own, NULL);
    Py_END_ALLOW_THREADS;
    Py_RETURN_NONE;
}

/* A second release: there is nothing to release. No version survives it. */
static PyObject *wrong_release_twice(PyObject *self, PyObject *args) {
    PyThreadState *saved = PyEval_SaveThread();
    PyThreadState *nothing = PyEval_SaveThread();
    PyEval_RestoreThread(nothing ? nothing : saved);
    Py_RETURN_NONE;
}

static PyMethodDef methods[] = {
    {"wrong_while_held", wrong_while_held, METH_NOARGS, NULL},
    {"wrong_while_free", wrong_while_free, METH_NOARGS, NULL},
    {"right_ensured", right_ensured, METH_NOARGS, NULL},
    {"wrong_after_release", wrong_after_release, METH_NOARGS, NULL},
    {"wrong_release_anothers", wrong_release_anothers, METH_NOARGS, NULL},
    {"right_release_own", right_release_own, METH_NOARGS, NULL},
    {"wrong_release_twice", wrong_release_twice, METH_NOARGS, NULL},
    {NULL, NULL, 0, NULL},
};

FIXTURE_MODULE(foreign, methods)
