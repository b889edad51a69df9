/* A C signal handler that uses Python while the interpreter itself waits without the GIL. */
#include "fixture.h"

#include <signal.h>

static volatile sig_atomic_t came;

/* The first signal that comes without the GIL is the one. */
static void flags(int number) {
    (void)number;
    came = came || !PyGILState_Check();
}

static void uses_python(int number) {
    if (!came && !PyGILState_Check())
        touch();
    flags(number);
}

static PyObject *install(void (*handler)(int)) {
    struct sigaction action = {.sa_handler = handler};
    if (sigaction(SIGALRM, &action, NULL) != 0)
        return PyErr_SetFromErrno(PyExc_OSError);
    Py_RETURN_NONE;
}

static PyObject *install_wrong(PyObject *self, PyObject *unused) {
    return install(uses_python);
}

static PyObject *install_right(PyObject *self, PyObject *unused) {
    return install(flags);
}

static PyObject *flag(PyObject *self, PyObject *unused) {
    return PyBool_FromLong(came);
}

static PyMethodDef methods[] = {
    {"install_wrong", install_wrong, METH_NOARGS, NULL},
    {"install_right", install_right, METH_NOARGS, NULL},
    {"flag", flag, METH_NOARGS, NULL},
    {NULL, NULL, 0, NULL},
};

FIXTURE_MODULE(handler, methods)
