/* Thread states that are made in one thread and attached in another. A is the thread that makes
 * one, B the thread that uses it. */
#include "cthread.h"
#include "fixture.h"

static PyInterpreterState *interpreter;
static PyThreadState *made;

static void *make(void *unused) {
    made = PyThreadState_New(interpreter);
    return NULL;
}

static void *make_and_touch(void *unused) {
    make(NULL);
    touch();
    return NULL;
}

static void discard(void) {
    PyThreadState_Clear(PyThreadState_Get());
    PyThreadState_DeleteCurrent();
}

static void *use(void *unused) {
    PyEval_AcquireThread(made);
    touch();
    PyEval_ReleaseThread(made);
    PyEval_RestoreThread(made);
    touch();
    discard();
    return NULL;
}

static void *use_and_touch_after(void *unused) {
    PyEval_AcquireThread(made);
    touch();
    PyEval_ReleaseThread(made);
    touch();
    PyEval_AcquireThread(made);
    discard();
    return NULL;
}

static void *use_and_touch_after_delete(void *unused) {
    PyEval_AcquireThread(made);
    touch();
    discard();
    touch();
    return NULL;
}

/* Runs one thread body after the other, with the GIL given up. */
static PyObject *in_turn(void *(*first)(void *), void *(*second)(void *)) {
    interpreter = PyThreadState_Get()->interp;
    Py_BEGIN_ALLOW_THREADS;
    run_thread(first, NULL);
    run_thread(second, NULL);
    Py_END_ALLOW_THREADS;
    Py_RETURN_NONE;
}

static PyObject *right_moved(PyObject *self, PyObject *args) {
    return in_turn(make, use);
}

static PyObject *wrong_after_release(PyObject *self, PyObject *args) {
    return in_turn(make, use_and_touch_after);
}

static PyObject *wrong_after_delete(PyObject *self, PyObject *args) {
    return in_turn(make, use_and_touch_after_delete);
}

static PyObject *wrong_maker(PyObject *self, PyObject *args) {
    return in_turn(make_and_touch, use);
}

/* A attaches and detaches the state it made, then B attaches it; while it is attached in B, A
 * calls. What A knew of its state is then stale: the current one equals it, and is not A's. */
static pthread_barrier_t handed, touched;

static void *lend(void *unused) {
    make(NULL);
    PyEval_AcquireThread(made);
    touch();
    PyEval_ReleaseThread(made);
    pthread_barrier_wait(&handed);
    pthread_barrier_wait(&handed);
    touch();
    pthread_barrier_wait(&touched);
    return NULL;
}

static void *lend_and_wait(void *unused) {
    make(NULL);
    PyEval_AcquireThread(made);
    touch();
    PyEval_ReleaseThread(made);
    pthread_barrier_wait(&handed);
    pthread_barrier_wait(&handed);
    pthread_barrier_wait(&touched);
    return NULL;
}

static PyObject *lending(void *(*lender)(void *)) {
    pthread_t a;
    interpreter = PyThreadState_Get()->interp;
    pthread_barrier_init(&handed, NULL, 2);
    pthread_barrier_init(&touched, NULL, 2);
    PyThreadState *saved = PyEval_SaveThread();
    if (pthread_create(&a, NULL, lender, NULL) != 0)
        abort();
    pthread_barrier_wait(&handed); /* A has made, used and released the state */
    PyEval_AcquireThread(made);
    pthread_barrier_wait(&handed); /* it is attached here */
    pthread_barrier_wait(&touched);
    touch();
    PyEval_ReleaseThread(made);
    pthread_join(a, NULL);
    PyEval_AcquireThread(made);
    discard();
    PyEval_RestoreThread(saved);
    Py_RETURN_NONE;
}

static PyObject *wrong_lender(PyObject *self, PyObject *args) {
    return lending(lend);
}

static PyObject *right_lender(PyObject *self, PyObject *args) {
    return lending(lend_and_wait);
}

static PyMethodDef methods[] = {
    {"right_moved", right_moved, METH_NOARGS, NULL},
    {"wrong_after_release", wrong_after_release, METH_NOARGS, NULL},
    {"wrong_after_delete", wrong_after_delete, METH_NOARGS, NULL},
    {"wrong_maker", wrong_maker, METH_NOARGS, NULL},
    {"wrong_lender", wrong_lender, METH_NOARGS, NULL},
    {"right_lender", right_lender, METH_NOARGS, NULL},
    {NULL, NULL, 0, NULL},
};

FIXTURE_MODULE(states, methods)
