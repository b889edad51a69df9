/* Takes the alloc sensor out of this process and puts it in again. */
#define PY_SSIZE_T_CLEAN
#include <Python.h>

/* Addresses in a table are the interpreter's own functions: R_X86_64_64 is not touched.
 * Volatile, or the compiler calls them by their names. */
static void (*volatile direct_get[])(PyMemAllocatorDomain,
                                     PyMemAllocatorEx *) = {PyMem_GetAllocator};
static void (*volatile direct_set[])(PyMemAllocatorDomain,
                                     PyMemAllocatorEx *) = {PyMem_SetAllocator};

static const PyMemAllocatorDomain domains[] = {PYMEM_DOMAIN_MEM, PYMEM_DOMAIN_OBJ};
static PyMemAllocatorEx with[2], without[2];

/* Remembers both; true if they differ. */
static PyObject *prepare(PyObject *self, PyObject *unused) {
    int differ = 0;
    for (int i = 0; i < 2; i++) {
        direct_get[0](domains[i], &with[i]);
        PyMem_GetAllocator(domains[i], &without[i]); /* what the program would see */
        differ += with[i].malloc != without[i].malloc && with[i].free != without[i].free;
    }
    return PyBool_FromLong(differ == 2);
}

static PyObject *sensor(PyObject *self, PyObject *on) {
    for (int i = 0; i < 2; i++)
        direct_set[0](domains[i], PyObject_IsTrue(on) ? &with[i] : &without[i]);
    Py_RETURN_NONE;
}

static PyMethodDef methods[] = {
    {"prepare", prepare, METH_NOARGS, NULL},
    {"sensor", sensor, METH_O, NULL},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT,
    .m_name = "allocswitch",
    .m_size = -1,
    .m_methods = methods,
};

PyMODINIT_FUNC PyInit_allocswitch(void) {
    return PyModule_Create(&definition);
}
