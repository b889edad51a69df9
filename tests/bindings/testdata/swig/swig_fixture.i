/* A string made below a wrapper that lets go of the GIL (-threads), and the same string made
 * right. The same file is used for SWIG's C and its C++. */
%module swig_fixture

%{
#include "library.h"
#include "make.h"
%}

%nothread right;

PyObject *wrong(void);
PyObject *right(void);
PyObject *acquired_right(void);
PyObject *library_wrong(void);
PyObject *library_right(void);
