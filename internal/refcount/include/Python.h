/* The real Python.h, and then the checked macros beside this file, which need it. */
#pragma GCC system_header

// clang-format off
#include_next <Python.h>
#include "gilwatch_refcount.h"
// clang-format on
