/* Places that a report must name by file and line: each is marked in the source. */
#include "fixture.h"

#include "cthread.h"

static inline __attribute__((always_inline)) PyThreadState *release_inlined(void) {
    return PyEval_SaveThread(); /* MARK release inner */
}

static inline __attribute__((always_inline)) int call_inlined(void) {
    int truth = PyObject_IsTrue(Py_True); /* MARK call inner */
    __asm__ volatile("" : "+r"(truth));
    return truth;
}

OUT_OF_LINE static void work(void) {
    PyThreadState *saved = release_inlined(); /* MARK release outer */
    call_inlined();                           /* MARK call outer */
    PyEval_RestoreThread(saved);
}

OUT_OF_LINE static void work_right(void) {
    PyThreadState *saved = release_inlined();
    PyEval_RestoreThread(saved);
    call_inlined();
}

/* The same call in two lines of one function. */
OUT_OF_LINE static void call_twice(int wrong) {
    PyThreadState *saved = wrong ? PyEval_SaveThread() : NULL;
    int truth = PyObject_IsTrue(Py_True); /* MARK first */
    __asm__ volatile("" : "+r"(truth));
    truth = PyObject_IsTrue(Py_False); /* MARK second */
    __asm__ volatile("" : "+r"(truth));
    if (saved)
        PyEval_RestoreThread(saved);
}

static PyObject *wrong_twice(PyObject *self, PyObject *args) {
    call_twice(1);
    Py_RETURN_NONE;
}

static PyObject *right_twice(PyObject *self, PyObject *args) {
    call_twice(0);
    Py_RETURN_NONE;
}

static PyObject *wrong_released(PyObject *self, PyObject *args) {
    work();
    Py_RETURN_NONE;
}

static PyObject *right_released(PyObject *self, PyObject *args) {
    work_right();
    Py_RETURN_NONE;
}

static void *in_thread(void *unused) {
    touch();
    return unused;
}

static void *attached_in_thread(void *unused) {
    PyGILState_STATE state = PyGILState_Ensure();
    touch();
    PyGILState_Release(state);
    return unused;
}

static PyObject *wrong_thread(PyObject *self, PyObject *args) {
    Py_BEGIN_ALLOW_THREADS;
    run_thread(in_thread, NULL); /* MARK thread */
    Py_END_ALLOW_THREADS;
    Py_RETURN_NONE;
}

static PyObject *right_thread(PyObject *self, PyObject *args) {
    Py_BEGIN_ALLOW_THREADS;
    run_thread(attached_in_thread, NULL);
    Py_END_ALLOW_THREADS;
    Py_RETURN_NONE;
}

static PyMethodDef methods[] = {
    {"wrong_released", wrong_released, METH_NOARGS, NULL},
    {"right_released", right_released, METH_NOARGS, NULL},
    {"wrong_thread", wrong_thread, METH_NOARGS, NULL},
    {"right_thread", right_thread, METH_NOARGS, NULL},
    {"wrong_twice", wrong_twice, METH_NOARGS, NULL},
    {"right_twice", right_twice, METH_NOARGS, NULL},
    {NULL, NULL, 0, NULL},
};

FIXTURE_MODULE(lines, methods)
