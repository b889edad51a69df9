/* Type slots that hold API functions which CPython compares by address, filled by static
 * initialisers (R_X86_64_64) and by code (GLOB_DAT). */
#include "fixture.h"

typedef struct {
    PyObject head;
    PyObject *held;
} Holder;

static int traverse(PyObject *self, visitproc visit, void *arg) {
    Py_VISIT(((Holder *)self)->held);
    return 0;
}

static int clear(PyObject *self) {
    Py_CLEAR(((Holder *)self)->held);
    return 0;
}

static void dealloc(PyObject *self) {
    if (PyType_IS_GC(Py_TYPE(self)))
        PyObject_GC_UnTrack(self);
    clear(self);
    Py_TYPE(self)->tp_free(self);
}

#define PLAIN (Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE)

/* By static initialiser. */
static PyTypeObject Static = {
    PyVarObject_HEAD_INIT(NULL, 0).tp_name = "slots.Static",
    .tp_basicsize = sizeof(Holder),
    .tp_flags = PLAIN,
    .tp_dealloc = dealloc,
    .tp_hash = PyObject_HashNotImplemented,
    .tp_getattro = PyObject_GenericGetAttr,
    .tp_setattro = PyObject_GenericSetAttr,
    .tp_alloc = PyType_GenericAlloc,
    .tp_new = PyType_GenericNew,
    .tp_free = PyObject_Free,
};

/* Its slots are assigned when the module is made. */
static PyTypeObject Assigned = {
    PyVarObject_HEAD_INIT(NULL, 0).tp_name = "slots.Assigned",
    .tp_basicsize = sizeof(Holder),
    .tp_flags = PLAIN,
    .tp_dealloc = dealloc,
};

/* Subtypes with garbage collection of types without: PyType_Ready gives them
 * PyObject_GC_Del where the base's tp_free is PyObject_Free, by address. */
static PyTypeObject StaticCollected = {
    PyVarObject_HEAD_INIT(NULL, 0).tp_name = "slots.StaticCollected",
    .tp_basicsize = sizeof(Holder),
    .tp_flags = PLAIN | Py_TPFLAGS_HAVE_GC,
    .tp_base = &Static,
    .tp_traverse = traverse,
    .tp_clear = clear,
};
static PyTypeObject AssignedCollected = {
    PyVarObject_HEAD_INIT(NULL, 0).tp_name = "slots.AssignedCollected",
    .tp_basicsize = sizeof(Holder),
    .tp_flags = PLAIN | Py_TPFLAGS_HAVE_GC,
    .tp_base = &Assigned,
    .tp_traverse = traverse,
    .tp_clear = clear,
};

static void assign(PyTypeObject *type) {
    type->tp_hash = PyObject_HashNotImplemented;
    type->tp_getattro = PyObject_GenericGetAttr;
    type->tp_setattro = PyObject_GenericSetAttr;
    type->tp_alloc = PyType_GenericAlloc;
    type->tp_new = PyType_GenericNew;
    type->tp_free = PyObject_Free;
}

/* The names of the slots that hold what the API's own address is in this module. */
static PyObject *same(PyObject *self, PyObject *object) {
    PyTypeObject *type = (PyTypeObject *)object;
    return Py_BuildValue("{sNsNsNsNsNsN}", "hash",
                         PyBool_FromLong(type->tp_hash == PyObject_HashNotImplemented), "getattro",
                         PyBool_FromLong(type->tp_getattro == PyObject_GenericGetAttr), "setattro",
                         PyBool_FromLong(type->tp_setattro == PyObject_GenericSetAttr), "alloc",
                         PyBool_FromLong(type->tp_alloc == PyType_GenericAlloc), "free",
                         PyBool_FromLong(type->tp_free == PyObject_Free), "gc_del",
                         PyBool_FromLong(type->tp_free == PyObject_GC_Del));
}

static PyMethodDef methods[] = {
    {"same", same, METH_O, NULL},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef slots = {
    PyModuleDef_HEAD_INIT, "slots", NULL, -1, methods, NULL, NULL, NULL, NULL};

PyMODINIT_FUNC PyInit_slots(void) {
    PyTypeObject *types[] = {&Static, &Assigned, &StaticCollected, &AssignedCollected};
    assign(&Assigned);
    PyObject *module = PyModule_Create(&slots);
    for (int i = 0; module && i < 4; i++) {
        if (PyType_Ready(types[i]) < 0)
            return NULL;
        Py_INCREF(types[i]);
        PyModule_AddObject(module, strrchr(types[i]->tp_name, '.') + 1, (PyObject *)types[i]);
    }
    return module;
}
