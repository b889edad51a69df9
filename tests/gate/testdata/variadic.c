/* Variadic calls: al holds the number of vector registers, doubles lie in xmm0 to xmm7 and then
 * on the stack, integers in registers and then on the stack. */
#include "fixture.h"

/* Eleven doubles, eight integers and a string, in this order mixed. */
static PyObject *build(PyObject *self, PyObject *args) {
    return Py_BuildValue("(dddddddddddiiiiiiLns)", 1.5, 2.5, 3.5, 4.5, 5.5, 6.5, 7.5, 8.5, 9.5,
                         10.5, 11.5, 1, 2, 3, 4, 5, 6, (long long)1 << 40, (Py_ssize_t)-8, "end");
}

static PyObject *format(PyObject *self, PyObject *args) {
    return PyErr_Format(PyExc_ValueError, "%d %s %zd %c %i %ld %x %s", 1, "two", (Py_ssize_t)3, '4',
                        5, 6L, 7, "eight");
}

static PyObject *write_out(PyObject *self, PyObject *args) {
    PySys_WriteStdout("%g %g %g %g %g %g %g %g %g %g %d %d %d %d %d %d %s\n", 0.5, 1.5, 2.5, 3.5,
                      4.5, 5.5, 6.5, 7.5, 8.5, 9.5, 1, 2, 3, 4, 5, 6, "end");
    Py_RETURN_NONE;
}

static PyObject *parse(PyObject *self, PyObject *args) {
    double d[10];
    int i[2];
    if (!PyArg_ParseTuple(args, "ddddddddddii", d, d + 1, d + 2, d + 3, d + 4, d + 5, d + 6, d + 7,
                          d + 8, d + 9, i, i + 1))
        return NULL;
    double sum = 0;
    for (int n = 0; n < 10; n++)
        sum = sum * 2 + d[n];
    return Py_BuildValue("dii", sum, i[0], i[1]);
}

static PyObject *parse_keywords(PyObject *self, PyObject *args, PyObject *keywords) {
    static char *names[] = {"a", "b", "c", "d", "e", "f", "g", "h", "i", NULL};
    double d[9];
    if (!PyArg_ParseTupleAndKeywords(args, keywords, "ddddddddd", names, d, d + 1, d + 2, d + 3,
                                     d + 4, d + 5, d + 6, d + 7, d + 8))
        return NULL;
    double sum = 0;
    for (int n = 0; n < 9; n++)
        sum = sum * 2 + d[n];
    return PyFloat_FromDouble(sum);
}

/* Eight targets: from the ninth on PyArg_ParseTuple allocates. Four of them lie on the stack. */
static int parse_eight(PyObject *args, double *d) {
    return PyArg_ParseTuple(args, "dddddddd", d, d + 1, d + 2, d + 3, d + 4, d + 5, d + 6, d + 7);
}

static PyObject *sum_eight(int parsed, const double *d) {
    if (!parsed)
        return NULL;
    double sum = 0;
    for (int n = 0; n < 8; n++)
        sum = sum * 2 + d[n];
    return PyFloat_FromDouble(sum);
}

static PyObject *wrong_parse(PyObject *self, PyObject *args) {
    double d[8];
    PyThreadState *saved = PyEval_SaveThread();
    int parsed = parse_eight(args, d);
    PyEval_RestoreThread(saved);
    return sum_eight(parsed, d);
}

static PyObject *right_parse(PyObject *self, PyObject *args) {
    double d[8];
    Py_BEGIN_ALLOW_THREADS;
    Py_END_ALLOW_THREADS;
    int parsed = parse_eight(args, d);
    return sum_eight(parsed, d);
}

/* A double in xmm0 that must still be there after a violation was recorded. */
#if PY_VERSION_HEX >= 0x030b0000
#    define PACK(value, to) PyFloat_Pack8(value, to, 1)
#else
#    define PACK(value, to) _PyFloat_Pack8(value, (unsigned char *)(to), 1)
#endif

static PyObject *wrong_pack(PyObject *self, PyObject *args) {
    double packed = 0;
    PyThreadState *saved = PyEval_SaveThread();
    int failed = PACK(-1234.5678, (char *)&packed);
    PyEval_RestoreThread(saved);
    return failed ? NULL : PyFloat_FromDouble(packed);
}

static PyObject *right_pack(PyObject *self, PyObject *args) {
    double packed = 0;
    int failed = PACK(-1234.5678, (char *)&packed);
    return failed ? NULL : PyFloat_FromDouble(packed);
}

static PyMethodDef methods[] = {
    {"build", build, METH_NOARGS, NULL},
    {"format", format, METH_NOARGS, NULL},
    {"write_out", write_out, METH_NOARGS, NULL},
    {"parse", parse, METH_VARARGS, NULL},
    {"parse_keywords", (PyCFunction)parse_keywords, METH_VARARGS | METH_KEYWORDS, NULL},
    {"wrong_parse", wrong_parse, METH_VARARGS, NULL},
    {"right_parse", right_parse, METH_VARARGS, NULL},
    {"wrong_pack", wrong_pack, METH_NOARGS, NULL},
    {"right_pack", right_pack, METH_NOARGS, NULL},
    {NULL, NULL, 0, NULL},
};

FIXTURE_MODULE(variadic, methods)
