/* Included in front of every source file (-include): stops a build that would not be checked.
 *
 * The Python.h beside this file has to be found before the real one. Meson, and CMake where
 * headers are not an imported target's, put Python's -I before what CFLAGS adds. So it is
 * asked here which one is found. The real one is kept empty meanwhile by its own guard: it
 * is the source's to say what stands before it (PY_SSIZE_T_CLEAN, Py_LIMITED_API). */
#pragma GCC system_header

#if !defined(Py_PYTHON_H) && defined(__has_include)
#    if __has_include(<Python.h>)
#        define Py_PYTHON_H
#        define GILWATCH_WHO_IS_FIRST
#        include <Python.h>
#        undef GILWATCH_WHO_IS_FIRST
#        undef Py_PYTHON_H
/* A declaration, not #error: what is preprocessed only is often a build looking for headers,
 * which would then say that Python has none. */
#        if !defined(GILWATCH_IS_FIRST) && !defined(__ASSEMBLER__)
#            ifdef __cplusplus
static_assert(false,
#            else
_Static_assert(0,
#            endif
              "gilwatch: the real Python.h is found before the checked one. "
              "Give the flags with the compilers, not in CFLAGS: "
              "CC=\"cc $(gilwatch cflags)\" CXX=\"c++ $(gilwatch cflags)\"");
#        endif
#        undef GILWATCH_IS_FIRST
#    endif
#endif
