/* Releases by functions that have returned when the thread violates. The report must say who
 * called them, where that is known, and never name a line that it was not. */
#define _GNU_SOURCE /* MAP_STACK */
#include "fixture.h"

#include <string.h>
#include <sys/mman.h>
#include <ucontext.h>

OUT_OF_LINE static PyThreadState *let_go(void) {
    PyThreadState *saved = PyEval_SaveThread(); /* MARK let go */
    __asm__ volatile("" ::: "memory");          /* not a tail call */
    return saved;
}

/* Two lines call the same function, and the second is the one. */
static PyObject *wrong_second(PyObject *self, PyObject *args) {
    PyEval_RestoreThread(let_go());
    PyThreadState *saved = let_go(); /* MARK second */
    touch();
    PyEval_RestoreThread(saved);
    Py_RETURN_NONE;
}

static PyObject *right_second(PyObject *self, PyObject *args) {
    PyEval_RestoreThread(let_go());
    PyEval_RestoreThread(let_go());
    touch();
    Py_RETURN_NONE;
}

/* A frame so large that its return address is not kept. */
OUT_OF_LINE static PyThreadState *let_go_far(void) {
    char room[512];
    memset(room, 1, sizeof room);
    __asm__ volatile("" ::"r"(room) : "memory");
    PyThreadState *saved = PyEval_SaveThread(); /* MARK far */
    __asm__ volatile("" ::"r"(room) : "memory");
    return saved;
}

static PyObject *wrong_far(PyObject *self, PyObject *args) {
    PyThreadState *saved = let_go_far(); /* MARK only */
    touch();
    PyEval_RestoreThread(saved);
    Py_RETURN_NONE;
}

/* Which of the two lines it was is not known. */
static PyObject *wrong_unsure(PyObject *self, PyObject *args) {
    PyThreadState *saved = NULL;
    if (self) {
        saved = let_go_far();
    } else {
        saved = let_go_far();
        __asm__ volatile("" ::: "memory"); /* two calls, not one */
    }
    touch();
    PyEval_RestoreThread(saved);
    Py_RETURN_NONE;
}

/* What let go was called by something that is not there any more, from a place in the stack
 * where another call stands now. */
OUT_OF_LINE static PyThreadState *far_below(void) {
    char room[64];
    memset(room, 1, sizeof room);
    __asm__ volatile("" ::"r"(room) : "memory");
    PyThreadState *saved = let_go_far();
    __asm__ volatile("" ::"r"(room) : "memory");
    return saved;
}

static PyObject *wrong_gone(PyObject *self, PyObject *args) {
    PyThreadState *saved = NULL;
    if (self) {
        saved = far_below();
    } else {
        saved = let_go_far();
    }
    touch();
    PyEval_RestoreThread(saved);
    Py_RETURN_NONE;
}

static PyObject *right_far(PyObject *self, PyObject *args) {
    PyEval_RestoreThread(let_go_far());
    PyEval_RestoreThread(far_below());
    touch();
    Py_RETURN_NONE;
}

/* yara-python's bug: a callback gives the GIL back and touches an object afterwards. */
OUT_OF_LINE static void callback(int late) {
    PyGILState_STATE state = PyGILState_Ensure();
    if (!late) {
        touch();
    }
    PyGILState_Release(state); /* MARK ensured */
    if (late) {
        touch();
    }
    __asm__ volatile("" ::: "memory");
}

static PyObject *with_callback(int late) {
    PyThreadState *saved = let_go();
    callback(0);
    callback(late);
    PyEval_RestoreThread(saved);
    Py_RETURN_NONE;
}

static PyObject *wrong_callback(PyObject *self, PyObject *args) {
    return with_callback(1);
}

static PyObject *right_callback(PyObject *self, PyObject *args) {
    return with_callback(0);
}

/* A coroutine's first frame, right below memory that is not there. */
static ucontext_t here, there;
static int touches_late;

OUT_OF_LINE static void at_the_top(void) {
    PyThreadState *saved = PyEval_SaveThread(); /* MARK top */
    if (touches_late) {
        touch();
    }
    PyEval_RestoreThread(saved);
    touch();
}

static PyObject *on_small_stack(int late) {
    const size_t size = 256 << 10, page = 4096;
    char *low = mmap(NULL, size + page, PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);
    if (low == MAP_FAILED || mprotect(low + size, page, PROT_NONE)) {
        return PyErr_SetFromErrno(PyExc_OSError);
    }
    touches_late = late;
    getcontext(&there);
    there.uc_stack.ss_sp = low;
    there.uc_stack.ss_size = size;
    there.uc_link = &here;
    makecontext(&there, at_the_top, 0);
    swapcontext(&here, &there);
    munmap(low, size + page);
    Py_RETURN_NONE;
}

static PyObject *wrong_top(PyObject *self, PyObject *args) {
    return on_small_stack(1);
}

static PyObject *right_top(PyObject *self, PyObject *args) {
    return on_small_stack(0);
}

static PyMethodDef methods[] = {
    {"wrong_second", wrong_second, METH_NOARGS, NULL},
    {"right_second", right_second, METH_NOARGS, NULL},
    {"wrong_far", wrong_far, METH_NOARGS, NULL},
    {"wrong_unsure", wrong_unsure, METH_NOARGS, NULL},
    {"wrong_gone", wrong_gone, METH_NOARGS, NULL},
    {"right_far", right_far, METH_NOARGS, NULL},
    {"wrong_callback", wrong_callback, METH_NOARGS, NULL},
    {"right_callback", right_callback, METH_NOARGS, NULL},
    {"wrong_top", wrong_top, METH_NOARGS, NULL},
    {"right_top", right_top, METH_NOARGS, NULL},
    {NULL, NULL, 0, NULL},
};

FIXTURE_MODULE(released, methods)
