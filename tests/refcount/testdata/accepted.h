/* Code that compiles with each version's own macros, and so has to with the checked ones. */
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <stdlib.h>

#define MUST(condition)                                                                            \
    do {                                                                                           \
        if (!(condition))                                                                          \
            abort();                                                                               \
    } while (0)

static PyObject *list, *tuple, *cell;
static int evaluated;

static PyObject *once(PyObject *object) {
    evaluated++;
    return object;
}

/* Arguments are evaluated once, whatever their type. */
static void arguments(PyObject *object) {
    void *untyped = object;
    size_t first = 0;
    evaluated = 0;
    Py_INCREF(once(object));
    Py_DECREF(once(object));
    Py_XINCREF(once(object));
    Py_XDECREF(once(object));
    PyList_SET_ITEM(once(list), first, once(object));
    PyTuple_SET_ITEM(once(tuple), first, once(object));
    PyCell_SET(once(cell), once(object));
    MUST(PyList_GET_ITEM(once(list), first) == object && PyCell_GET(once(cell)) == object);
    MUST(evaluated == 12);
    Py_INCREF(untyped);
    Py_DECREF(untyped);
    evaluated ? Py_INCREF(object) : Py_XINCREF(object);
    Py_DECREF(object), evaluated = 0;
}

/* Statements, where one may stand. */
static void statements(PyObject *object) {
    PyTypeObject *type = NULL;
    if (evaluated)
        Py_CLEAR(object);
    else
        Py_XSETREF(type, &PyType_Type);
    MUST(type == &PyType_Type && object);
    Py_INCREF(object);
    Py_SETREF(object, NULL);
    MUST(!object);
    Py_CLEAR(object);
}

/* Places, where a version's macro is one. */
static void places(PyObject *object) {
    PyObject **item = &PyList_GET_ITEM(list, 0);
    PyList_GET_ITEM(list, 0) = object;
    MUST(*item == object);
#if PY_VERSION_HEX < 0x030c0000
    PyObject **held = &PyCell_GET(cell);
    PyCell_GET(cell) = object;
    MUST(*held == object);
#endif
}

/* Values, where a version's macro has one. */
static void values(PyObject *object) {
#if PY_VERSION_HEX < 0x030a0000
    PyObject *put = PyList_SET_ITEM(list, 0, object);
    MUST(put == object);
    put = PyTuple_SET_ITEM(tuple, 0, object);
    MUST(put == object);
#endif
#if PY_VERSION_HEX < 0x030a0000 || PY_VERSION_HEX >= 0x030b0000 && PY_VERSION_HEX < 0x030c0000
    MUST(PyCell_SET(cell, object) == object);
#endif
    (void)object;
}

#ifndef __cplusplus
/* CPython takes the address of what it clears from 3.12 on. */
static void registers(PyObject *object) {
#    if PY_VERSION_HEX < 0x030c0000
    register PyObject *local = object;
    Py_INCREF(local);
    Py_CLEAR(local);
    MUST(!local);
    Py_XSETREF(local, object);
    Py_INCREF(local);
    Py_SETREF(local, NULL);
    MUST(!local);
#    endif
    (void)object;
}
#else
#    define registers(object) names(object)

/* Names with a scope, where a version's macro begins with one. */
static void names(PyObject *object) {
    ::Py_INCREF(object);
    ::Py_DECREF(object);
    ::Py_XINCREF(object);
    ::Py_XDECREF(object);
#    if PY_VERSION_HEX >= 0x030a0000
    ::Py_DECREF(::Py_NewRef(object));
    ::Py_DECREF(::Py_XNewRef(object));
#    endif
#    if PY_VERSION_HEX >= 0x030b0000
    ::PyList_SET_ITEM(list, 0, object);
    ::PyTuple_SET_ITEM(tuple, 0, object);
#    endif
#    if PY_VERSION_HEX >= 0x030c0000
    ::PyCell_SET(cell, object);
    MUST(::PyCell_GET(cell) == object);
#    endif
}
#endif

static PyObject *use_all(int detached) {
    PyObject *object = PyList_New(0);
    list = PyList_New(1);
    tuple = PyTuple_New(1);
    cell = PyCell_New(NULL);
    PyThreadState *saved = detached ? PyEval_SaveThread() : NULL;
    arguments(object);
    statements(object);
    places(object);
    values(object);
    registers(object);
    if (saved)
        PyEval_RestoreThread(saved);
    Py_RETURN_NONE; /* who holds what is lost count of: nothing dies here */
}

static PyObject *wrong(PyObject *self, PyObject *args) {
    (void)self, (void)args;
    return use_all(1);
}

static PyObject *attach(PyObject *object, PyGILState_STATE *state) {
    *state = PyGILState_Ensure();
    return object;
}

/* Right, and the argument makes it so. */
static void late(PyObject *object) {
    PyThreadState *saved = PyEval_SaveThread();
    PyGILState_STATE state;
    Py_INCREF(attach(object, &state));
    PyGILState_Release(state);
    PyEval_RestoreThread(saved);
}

static PyObject *right(PyObject *self, PyObject *args) {
    (void)self, (void)args;
    late(Py_None);
    return use_all(0);
}

static PyMethodDef methods[] = {
    {"wrong", wrong, METH_NOARGS, NULL},
    {"right", right, METH_NOARGS, NULL},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef module_def = {
    PyModuleDef_HEAD_INIT, "accepted", NULL, -1, methods, NULL, NULL, NULL, NULL};

PyMODINIT_FUNC PyInit_accepted(void) {
    return PyModule_Create(&module_def);
}
