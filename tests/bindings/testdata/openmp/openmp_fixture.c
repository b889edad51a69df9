/* A string made by a worker thread of OpenMP, and the same string made right. */
#include <Python.h>
#include <omp.h>

__attribute__((always_inline)) static inline PyObject *make(void) {
    return PyUnicode_FromString("made in OpenMP"); /* MARK make */
}

static PyObject *wrong(PyObject *self, PyObject *unused) {
    PyObject *made = NULL;
#pragma omp parallel num_threads(2) /* MARK region */
    if (omp_get_thread_num() == 1)
        made = make(); /* MARK worker */
    return made;
}

/* right makes it in the thread that has the GIL. */
static PyObject *right(PyObject *self, PyObject *unused) {
    PyObject *made = NULL;
#pragma omp parallel num_threads(2)
    if (omp_get_thread_num() == 0)
        made = make();
    return made;
}

static PyObject *acquired(PyObject *self, PyObject *unused) {
    PyObject *made = NULL;
    Py_BEGIN_ALLOW_THREADS;
#pragma omp parallel num_threads(2)
    if (omp_get_thread_num() == 1) {
        PyGILState_STATE gil = PyGILState_Ensure();
        made = make();
        PyGILState_Release(gil);
    }
    Py_END_ALLOW_THREADS;
    return made;
}

static PyMethodDef methods[] = {
    {"wrong", wrong, METH_NOARGS, NULL},
    {"right", right, METH_NOARGS, NULL},
    {"acquired_right", acquired, METH_NOARGS, NULL},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef module = {PyModuleDef_HEAD_INIT, .m_name = "openmp_fixture",
                                    .m_methods = methods};

PyMODINIT_FUNC PyInit_openmp_fixture(void) {
    return PyModule_Create(&module);
}
