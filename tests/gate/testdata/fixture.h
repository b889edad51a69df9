/* What every fixture module starts with. `wrong` functions call the C API without an attached
 * thread state, `right` ones are their twins. */
#ifndef FIXTURE_H
#define FIXTURE_H

#define PY_SSIZE_T_CLEAN
#include <Python.h>

#ifdef __cplusplus
#    define FIXTURE_EXPORT extern "C" __attribute__((visibility("default")))
#else
#    define FIXTURE_EXPORT __attribute__((visibility("default")))
#endif

/* Keeps a function in one piece, so that its frame and its calls are what the source says. */
#define OUT_OF_LINE __attribute__((noinline, noclone))

/* Defines PyInit_NAME over the method table METHODS. */
#define FIXTURE_MODULE(NAME, METHODS)                                                              \
    static struct PyModuleDef module_def = {                                                       \
        PyModuleDef_HEAD_INIT, #NAME, NULL, -1, METHODS, NULL, NULL, NULL, NULL};                  \
    PyMODINIT_FUNC PyInit_##NAME(void) {                                                           \
        return PyModule_Create(&module_def);                                                       \
    }

/* A call that needs an attached thread state by rule, and that every version survives without
 * one: True is answered before anything is looked up. Never a tail call: the result is used
 * after it. */
static inline int touch(void) {
    int truth = PyObject_IsTrue(Py_True);
    __asm__ volatile("" : "+r"(truth));
    return truth;
}

#endif
