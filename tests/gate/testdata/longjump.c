/* longjmp over frames from which a gate was called, and over a gate's own caller. */
#include "fixture.h"

#include <setjmp.h>

static jmp_buf out;

OUT_OF_LINE static void touch_then_jump(int depth) {
    int truth = touch();
    if (depth < 0)
        return; /* never: for the compiler, which would see no end */
    if (depth == 0)
        longjmp(out, truth);
    touch_then_jump(depth - 1);
    touch();
}

static PyObject *wrong_jump(PyObject *self, PyObject *args) {
    PyThreadState *volatile saved = PyEval_SaveThread();
    int code = setjmp(out);
    if (code == 0)
        touch_then_jump(0);
    PyEval_RestoreThread(saved);
    return PyLong_FromLong(code);
}

static PyObject *right_jump(PyObject *self, PyObject *args) {
    int code = setjmp(out);
    if (code == 0)
        touch_then_jump(20);
    return PyLong_FromLong(code);
}

/* Leaves the interpreter's frames and the gate of PyObject_CallObject behind. It costs the
 * thread one level of recursion depth and a few references, nothing else. */
static PyObject *jump_out(PyObject *self, PyObject *args) {
    longjmp(out, 2);
}

static PyMethodDef jump_out_def = {"jump_out", jump_out, METH_NOARGS, NULL};

static PyObject *right_jump_over_interpreter(PyObject *self, PyObject *args) {
    PyObject *function = PyCFunction_New(&jump_out_def, NULL);
    int code = setjmp(out);
    if (code == 0)
        PyObject_CallObject(function, NULL);
    touch();
    return PyLong_FromLong(code);
}

static PyMethodDef methods[] = {
    {"wrong_jump", wrong_jump, METH_NOARGS, NULL},
    {"right_jump", right_jump, METH_NOARGS, NULL},
    {"right_jump_over_interpreter", right_jump_over_interpreter, METH_NOARGS, NULL},
    {NULL, NULL, 0, NULL},
};

FIXTURE_MODULE(longjump, methods)
