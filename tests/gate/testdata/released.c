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
    PyThreadState *saved = let_go_far();
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

/* Each step lets go if none did before it. The first one did, and has returned; the second
 * stands in its place, and has one line that would have. */
OUT_OF_LINE static void first_step(PyThreadState **saved) {
    if (!*saved) {
        *saved = let_go_far();
    }
    __asm__ volatile("" ::: "memory");
}

OUT_OF_LINE static void second_step(PyThreadState **saved) {
    if (!*saved) {
        *saved = let_go_far(); /* MARK not taken */
    }
    touch();
    __asm__ volatile("" ::: "memory");
}

static PyObject *wrong_steps(PyObject *self, PyObject *args) {
    PyThreadState *saved = NULL;
    first_step(&saved);
    second_step(&saved);
    PyEval_RestoreThread(saved);
    Py_RETURN_NONE;
}

/* The function that let go was called again, by another line. */
OUT_OF_LINE static void step(PyThreadState **saved) {
    if (*saved) {
        touch();
    } else {
        *saved = let_go(); /* MARK stepped */
    }
    __asm__ volatile("" ::: "memory");
}

static PyObject *wrong_again(PyObject *self, PyObject *args) {
    PyThreadState *saved = NULL;
    step(&saved); /* MARK first */
    step(&saved);
    PyEval_RestoreThread(saved);
    Py_RETURN_NONE;
}

static PyObject *right_again(PyObject *self, PyObject *args) {
    PyThreadState *saved = NULL;
    step(&saved);
    PyEval_RestoreThread(saved);
    step(&saved);
    Py_RETURN_NONE;
}

static PyObject *right_far(PyObject *self, PyObject *args) {
    PyEval_RestoreThread(let_go_far());
    PyEval_RestoreThread(far_below());
    PyThreadState *saved = NULL;
    first_step(&saved);
    PyEval_RestoreThread(saved);
    second_step(&saved);
    touch();
    Py_RETURN_NONE;
}

/* yara-python's bug: a callback gives the GIL back and touches an object afterwards. */
OUT_OF_LINE static void callback(int early, int late) {
    if (early) {
        touch();
    }
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

OUT_OF_LINE static PyObject *with_callback(int early, int late) {
    PyThreadState *saved = let_go(); /* MARK around */
    callback(0, 0);
    callback(early, late);
    PyEval_RestoreThread(saved);
    Py_RETURN_NONE;
}

static PyObject *wrong_callback(PyObject *self, PyObject *args) {
    return with_callback(0, 1);
}

/* The callback touches before it takes the GIL: what the one before gave back explains nothing. */
static PyObject *wrong_callback_early(PyObject *self, PyObject *args) {
    return with_callback(1, 0);
}

static PyObject *right_callback(PyObject *self, PyObject *args) {
    return with_callback(0, 0);
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

static void on_stack(char *low, size_t size, int late) {
    touches_late = late;
    getcontext(&there);
    there.uc_stack.ss_sp = low;
    there.uc_stack.ss_size = size;
    there.uc_link = &here;
    makecontext(&there, at_the_top, 0);
    swapcontext(&here, &there);
}

static PyObject *on_small_stack(int late) {
    const size_t size = 256 << 10, page = 4096;
    char *low = mmap(NULL, size + page, PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);
    if (low == MAP_FAILED || mprotect(low + size, page, PROT_NONE)) {
        return PyErr_SetFromErrno(PyExc_OSError);
    }
    on_stack(low, size, late);
    munmap(low, size + page);
    Py_RETURN_NONE;
}

static PyObject *wrong_top(PyObject *self, PyObject *args) {
    return on_small_stack(1);
}

static PyObject *right_top(PyObject *self, PyObject *args) {
    return on_small_stack(0);
}

/* The same in blocks of malloc's, which end anywhere in a page. */
static PyObject *on_block(int late) {
    for (size_t size = 64 << 10; size < 68 << 10; size += 512) {
        char *low = malloc(size);
        if (!low) {
            return PyErr_NoMemory();
        }
        on_stack(low, size, late);
        free(low);
    }
    Py_RETURN_NONE;
}

static PyObject *wrong_block(PyObject *self, PyObject *args) {
    return on_block(1);
}

static PyObject *right_block(PyObject *self, PyObject *args) {
    return on_block(0);
}

static PyMethodDef methods[] = {
    {"wrong_second", wrong_second, METH_NOARGS, NULL},
    {"right_second", right_second, METH_NOARGS, NULL},
    {"wrong_far", wrong_far, METH_NOARGS, NULL},
    {"wrong_gone", wrong_gone, METH_NOARGS, NULL},
    {"wrong_steps", wrong_steps, METH_NOARGS, NULL},
    {"wrong_again", wrong_again, METH_NOARGS, NULL},
    {"right_again", right_again, METH_NOARGS, NULL},
    {"right_far", right_far, METH_NOARGS, NULL},
    {"wrong_callback", wrong_callback, METH_NOARGS, NULL},
    {"wrong_callback_early", wrong_callback_early, METH_NOARGS, NULL},
    {"right_callback", right_callback, METH_NOARGS, NULL},
    {"wrong_top", wrong_top, METH_NOARGS, NULL},
    {"right_top", right_top, METH_NOARGS, NULL},
    {"wrong_block", wrong_block, METH_NOARGS, NULL},
    {"right_block", right_block, METH_NOARGS, NULL},
    {NULL, NULL, 0, NULL},
};

FIXTURE_MODULE(released, methods)
