/* Calls without the GIL while somebody holds it, or nobody: who that is, the fixture says. */
#define _GNU_SOURCE
#include "fixture.h"

#include <pthread.h>
#include <semaphore.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "cthread.h"

static PyObject *name_thread(PyObject *self, PyObject *name) {
    const char *text = PyUnicode_AsUTF8(name);
    if (!text)
        return NULL;
    prctl(PR_SET_NAME, text, 0, 0, 0);
    Py_RETURN_NONE;
}

/* Gives the GIL up, and calls while the thread that changes byte 0 of the buffer has it. */
static PyObject *wrong_spinning(PyObject *self, PyObject *buffer) {
    Py_buffer view;
    if (PyObject_GetBuffer(buffer, &view, PyBUF_SIMPLE) != 0)
        return NULL;
    volatile unsigned char *byte = view.buf;
    Py_BEGIN_ALLOW_THREADS;
    for (unsigned char before = *byte; *byte == before;) {
    }
    touch();
    Py_END_ALLOW_THREADS;
    PyBuffer_Release(&view);
    Py_RETURN_NONE;
}

static sem_t blocked, unblocked;

/* Gives the GIL up until another thread has made its call. */
static PyObject *block(PyObject *self, PyObject *args) {
    Py_BEGIN_ALLOW_THREADS;
    sem_post(&blocked);
    while (sem_wait(&unblocked) != 0) {
    }
    Py_END_ALLOW_THREADS;
    Py_RETURN_NONE;
}

static PyObject *beside_blocked(int wrong) {
    Py_BEGIN_ALLOW_THREADS;
    while (sem_wait(&blocked) != 0) {
    }
    if (wrong)
        touch();
    sem_post(&unblocked);
    Py_END_ALLOW_THREADS;
    touch();
    Py_RETURN_NONE;
}

static PyObject *wrong_beside_blocked(PyObject *self, PyObject *args) {
    return beside_blocked(1);
}

static PyObject *right_beside_blocked(PyObject *self, PyObject *args) {
    return beside_blocked(0);
}

static void *touch_in_thread(void *unused) {
    touch();
    return unused;
}

/* A thread calls while this one, which waits for it, has the GIL. */
static PyObject *wrong_waited_for(PyObject *self, PyObject *args) {
    run_thread(touch_in_thread, NULL);
    Py_RETURN_NONE;
}

/* A thread that takes the GIL in some way and keeps it until it is told to let go. */
struct keeper {
    void (*take)(struct keeper *keeper);
    void (*leave)(struct keeper *keeper);
    PyThreadState *state, *home;
    PyGILState_STATE ensured;
    sem_t has, enough;
    long tid;
};

static void *keep(void *argument) {
    struct keeper *keeper = argument;
    prctl(PR_SET_NAME, "keeper", 0, 0, 0);
    keeper->tid = syscall(SYS_gettid);
    keeper->take(keeper);
    sem_post(&keeper->has);
    while (sem_wait(&keeper->enough) != 0) {
    }
    keeper->leave(keeper);
    return NULL;
}

/* Another thread calls while the keeper has the GIL. Returns the keeper's thread id. */
static PyObject *call_beside(struct keeper *keeper) {
    pthread_t thread;
    sem_init(&keeper->has, 0, 0);
    sem_init(&keeper->enough, 0, 0);
    Py_BEGIN_ALLOW_THREADS;
    if (pthread_create(&thread, NULL, keep, keeper) != 0)
        abort();
    while (sem_wait(&keeper->has) != 0) {
    }
    touch();
    sem_post(&keeper->enough);
    pthread_join(thread, NULL);
    Py_END_ALLOW_THREADS;
    return PyLong_FromLong(keeper->tid);
}

static void ensure(struct keeper *keeper) {
    keeper->ensured = PyGILState_Ensure();
}

static void release(struct keeper *keeper) {
    PyGILState_Release(keeper->ensured);
}

static PyObject *wrong_ensured(PyObject *self, PyObject *args) {
    struct keeper keeper = {.take = ensure, .leave = release};
    return call_beside(&keeper);
}

static void adopt(struct keeper *keeper) {
    PyEval_AcquireThread(keeper->state);
}

static void disown(struct keeper *keeper) {
    PyEval_ReleaseThread(keeper->state);
}

/* The keeper attaches a state that the calling thread made for it. */
static PyObject *wrong_adopted(PyObject *self, PyObject *args) {
    struct keeper keeper = {.take = adopt, .leave = disown};
    keeper.state = PyThreadState_New(PyThreadState_Get()->interp);
    PyObject *tid = call_beside(&keeper);
    PyThreadState_Clear(keeper.state);
    PyThreadState_Delete(keeper.state);
    return tid;
}

#if PY_VERSION_HEX >= 0x030C0000
static void enter_own(struct keeper *keeper) {
    keeper->ensured = PyGILState_Ensure();
    keeper->home = PyThreadState_Get();
    PyInterpreterConfig config = {.check_multi_interp_extensions = 1,
                                  .gil = PyInterpreterConfig_OWN_GIL};
    if (PyStatus_Exception(Py_NewInterpreterFromConfig(&keeper->state, &config)))
        abort();
}

static void end_own(struct keeper *keeper) {
    Py_EndInterpreter(keeper->state);
    PyThreadState_Swap(keeper->home);
    PyGILState_Release(keeper->ensured);
}

/* The keeper has the lock of an interpreter of its own, which is another. */
static PyObject *wrong_beside_own(PyObject *self, PyObject *args) {
    struct keeper keeper = {.take = enter_own, .leave = end_own};
    return call_beside(&keeper);
}
#endif

static PyMethodDef methods[] = {
    {"name_thread", name_thread, METH_O, NULL},
    {"wrong_spinning", wrong_spinning, METH_O, NULL},
    {"block", block, METH_NOARGS, NULL},
    {"wrong_beside_blocked", wrong_beside_blocked, METH_NOARGS, NULL},
    {"wrong_waited_for", wrong_waited_for, METH_NOARGS, NULL},
    {"wrong_ensured", wrong_ensured, METH_NOARGS, NULL},
    {"wrong_adopted", wrong_adopted, METH_NOARGS, NULL},
#if PY_VERSION_HEX >= 0x030C0000
    {"wrong_beside_own", wrong_beside_own, METH_NOARGS, NULL},
#endif
    {"right_beside_blocked", right_beside_blocked, METH_NOARGS, NULL},
    {NULL, NULL, 0, NULL},
};

FIXTURE_MODULE(holder, methods)
