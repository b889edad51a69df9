/* Calls of the interpreter that cross no GOT slot of ours: through a type's slots, through
 * tables of function pointers. */
#include "fixture.h"

#include <datetime.h>

typedef struct {
    PyObject_HEAD;
    double value;
} Item;

static PyTypeObject ItemType = {
    PyVarObject_HEAD_INIT(NULL, 0).tp_name = "alloc.Item",
    .tp_basicsize = sizeof(Item),
    .tp_flags = Py_TPFLAGS_DEFAULT,
    .tp_new = PyType_GenericNew,
};

/* As a library takes one from who embeds it. */
struct memory {
    void *(*allocate)(size_t size);
    void *(*resize)(void *block, size_t size);
    void (*release)(void *block);
};
static struct memory objects = {PyObject_Malloc, PyObject_Realloc, PyObject_Free};
static struct memory blocks = {PyMem_Malloc, PyMem_Realloc, PyMem_Free};
static void *volatile kept; /* written after each call, so that none is a tail call */

OUT_OF_LINE static PyObject *new_item(void) {
    kept = ItemType.tp_alloc(&ItemType, 0); /* MARK tp_alloc */
    return kept;
}

OUT_OF_LINE static void free_item(PyObject *item) {
    Py_TYPE(item)->tp_free(item); /* MARK tp_free */
    kept = NULL;
}

OUT_OF_LINE static void use_table(struct memory *memory) {
    for (int i = 0; i < 3; i++) {
        kept = memory->allocate(48);
        kept = memory->resize(kept, 480);
        memory->release(kept);
    }
}

static PyObject *tp_alloc(int wrong) {
    PyThreadState *saved = PyEval_SaveThread();
    PyObject *item = wrong ? new_item() : NULL;
    PyEval_RestoreThread(saved);
    Py_XDECREF(wrong ? item : new_item());
    Py_RETURN_NONE;
}

static PyObject *tp_free(int wrong) {
    PyObject *item = new_item();
    PyThreadState *saved = PyEval_SaveThread();
    if (wrong)
        free_item(item);
    PyEval_RestoreThread(saved);
    if (!wrong)
        free_item(item);
    Py_RETURN_NONE;
}

static PyObject *table(struct memory *memory, int wrong) {
    PyThreadState *saved = PyEval_SaveThread();
    if (wrong)
        use_table(memory);
    PyEval_RestoreThread(saved);
    use_table(memory);
    Py_RETURN_NONE;
}

/* The last reference: a call of _Py_Dealloc, which a gate sees. What that frees is part of
 * the same call. */
static PyObject *last_reference(int wrong) {
    PyObject *item = new_item();
    PyThreadState *saved = PyEval_SaveThread();
    if (wrong)
        Py_CLEAR(item); /* MARK last_reference */
    PyEval_RestoreThread(saved);
    Py_XDECREF(item);
    Py_RETURN_NONE;
}

/* datetime's table leads into a module, or into the interpreter where that is built in. */
static PyObject *datetime(int wrong) {
    PyDateTime_IMPORT;
    if (!PyDateTimeAPI)
        return NULL;
    PyThreadState *saved = PyEval_SaveThread();
    PyObject *date = NULL;
    if (wrong)
        date = PyDate_FromDate(2026, 2, 3); /* MARK datetime */
    PyEval_RestoreThread(saved);
    return date ? date : PyDate_FromDate(2026, 2, 3);
}

#define PAIR(name, call)                                                                           \
    static PyObject *wrong_##name(PyObject *self, PyObject *args) {                                \
        int wrong = 1;                                                                             \
        return call;                                                                               \
    }                                                                                              \
    static PyObject *right_##name(PyObject *self, PyObject *args) {                                \
        int wrong = 0;                                                                             \
        return call;                                                                               \
    }

PAIR(tp_alloc, tp_alloc(wrong))
PAIR(tp_free, tp_free(wrong))
PAIR(objects, table(&objects, wrong))
PAIR(blocks, table(&blocks, wrong))
PAIR(last_reference, last_reference(wrong))
PAIR(datetime, datetime(wrong))

/* Through a gate, in a loop: each call is counted once, though it allocates. */
static PyObject *wrong_gate(PyObject *self, PyObject *args) {
    Py_BEGIN_ALLOW_THREADS;
    for (int i = 0; i < 3; i++)
        kept = PyMem_Malloc(100);
    Py_END_ALLOW_THREADS;
    Py_RETURN_NONE;
}

/* Where CPython's own check is blind: once there was a sub-interpreter. */
static PyObject *visit(PyObject *self, PyObject *args) {
    PyThreadState *home = PyThreadState_Get();
    PyThreadState *away = Py_NewInterpreter();
    if (away) {
        use_table(&objects);
        Py_EndInterpreter(away);
    }
    PyThreadState_Swap(home);
    Py_RETURN_NONE;
}

static PyMethodDef methods[] = {
    {"wrong_tp_alloc", wrong_tp_alloc, METH_NOARGS, NULL},
    {"right_tp_alloc", right_tp_alloc, METH_NOARGS, NULL},
    {"wrong_tp_free", wrong_tp_free, METH_NOARGS, NULL},
    {"right_tp_free", right_tp_free, METH_NOARGS, NULL},
    {"wrong_objects", wrong_objects, METH_NOARGS, NULL},
    {"right_objects", right_objects, METH_NOARGS, NULL},
    {"wrong_blocks", wrong_blocks, METH_NOARGS, NULL},
    {"right_blocks", right_blocks, METH_NOARGS, NULL},
    {"wrong_last_reference", wrong_last_reference, METH_NOARGS, NULL},
    {"right_last_reference", right_last_reference, METH_NOARGS, NULL},
    {"wrong_datetime", wrong_datetime, METH_NOARGS, NULL},
    {"right_datetime", right_datetime, METH_NOARGS, NULL},
    {"wrong_gate", wrong_gate, METH_NOARGS, NULL},
    {"visit", visit, METH_NOARGS, NULL},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT,
    .m_name = "alloc",
    .m_size = -1,
    .m_methods = methods,
};

PyMODINIT_FUNC PyInit_alloc(void) {
    return PyType_Ready(&ItemType) < 0 ? NULL : PyModule_Create(&definition);
}
