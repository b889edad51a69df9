/* What the interface wraps of a library: SWIG's macros are not declared in its file. */
#pragma once

#include <Python.h>

PyObject *library_wrong(void);
PyObject *library_right(void);
