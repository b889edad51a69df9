/* The real Python.h, and then the checked macros beside this file, which need it. */
#pragma GCC system_header

// clang-format off
#ifdef GILWATCH_WHO_IS_FIRST /* asked by gilwatch_first.h */
#    define GILWATCH_IS_FIRST
#else
#    include_next <Python.h>
#    include "gilwatch_refcount.h"
#endif
// clang-format on
