/* Reference counts that gilwatch can see. What CPython's headers expand in place is no call
 * that could be watched: here each of these macros first asks gilwatch, if that is loaded
 * into the process, whether this thread may. Without gilwatch it is a load and a branch.
 *
 * A module built so behaves as any other; nothing of gilwatch is needed to link or to run
 * it. C and C++, gcc and clang, CPython 3.8 and later.
 *
 * What compiles with a version's own macro compiles with the one here: each is a statement,
 * a value or an lvalue as it is there, and begins with a name where it does there, so that
 * ::Py_INCREF(o) is C++. Arguments are evaluated before the check, as for a call. */
#ifndef GILWATCH_REFCOUNT_H
#define GILWATCH_REFCOUNT_H

#ifdef __cplusplus
extern "C" {
#endif

/* Defined by gilwatch's preload library, absent otherwise. */
extern void gilwatch_check(const char *macro) __attribute__((weak, visibility("default")));

#ifdef __cplusplus
}
#endif

/* The frames of these are left out of reports: the line is that of the macro's use. */
#define GILWATCH_INLINE static inline __attribute__((always_inline, artificial, unused))

GILWATCH_INLINE void gilwatch_ask(const char *macro) {
    if (__builtin_expect(!!gilwatch_check, 0))
        gilwatch_check(macro);
}

/* From 3.12 on the limited API counts by calls of _Py_IncRef and _Py_DecRef, which gilwatch
 * sees by themselves. */
#if !(defined(Py_LIMITED_API) && PY_VERSION_HEX >= 0x030c0000 && Py_LIMITED_API + 0 >= 0x030c0000)

GILWATCH_INLINE void gilwatch_incref(PyObject *o) {
    gilwatch_ask("Py_INCREF");
    Py_INCREF(o);
}

GILWATCH_INLINE void gilwatch_decref(PyObject *o) {
    gilwatch_ask("Py_DECREF");
    Py_DECREF(o);
}

GILWATCH_INLINE void gilwatch_xincref(PyObject *o) {
    gilwatch_ask("Py_XINCREF");
    Py_XINCREF(o);
}

GILWATCH_INLINE void gilwatch_xdecref(PyObject *o) {
    gilwatch_ask("Py_XDECREF");
    Py_XDECREF(o);
}

/* Of Py_CLEAR and its like, which ask once for the whole. */
GILWATCH_INLINE void gilwatch_drop(PyObject *o) {
    Py_DECREF(o);
}

GILWATCH_INLINE void gilwatch_xdrop(PyObject *o) {
    Py_XDECREF(o);
}

#    undef Py_INCREF
#    undef Py_DECREF
#    undef Py_XINCREF
#    undef Py_XDECREF
#    define Py_DECREF(o) gilwatch_decref(_PyObject_CAST(o))
#    if defined(Py_LIMITED_API) && PY_VERSION_HEX >= 0x030b0000 &&                                 \
        Py_LIMITED_API + 0 >= 0x030b0000 /* no macros there: a comma may be a template's */
#        define Py_INCREF(...)  gilwatch_incref(__VA_ARGS__)
#        define Py_XINCREF(...) gilwatch_xincref(__VA_ARGS__)
#        define Py_XDECREF(...) gilwatch_xdecref(__VA_ARGS__)
#    else
#        define Py_INCREF(o)  gilwatch_incref(_PyObject_CAST(o))
#        define Py_XINCREF(o) gilwatch_xincref(_PyObject_CAST(o))
#        define Py_XDECREF(o) gilwatch_xdecref(_PyObject_CAST(o))
#    endif

#    if PY_VERSION_HEX >= 0x030a0000 &&                                                            \
        (!defined(Py_LIMITED_API) || Py_LIMITED_API + 0 >= 0x030a0000)

GILWATCH_INLINE PyObject *gilwatch_newref(PyObject *o) {
    gilwatch_ask("Py_NewRef");
    return _Py_NewRef(o);
}

GILWATCH_INLINE PyObject *gilwatch_xnewref(PyObject *o) {
    gilwatch_ask("Py_XNewRef");
    return _Py_XNewRef(o);
}

#        undef Py_NewRef
#        define Py_NewRef(o) gilwatch_newref(_PyObject_CAST(o))
#        undef Py_XNewRef
#        define Py_XNewRef(o) gilwatch_xnewref(_PyObject_CAST(o))
#    endif

/* In the order of CPython's own: the object is let go of last. Only from 3.12 on is the
 * variable's address taken, which one in a register does not have. */
#    if PY_VERSION_HEX >= 0x030c0000
#        define GILWATCH_CLEAR(o)                                                                  \
            {                                                                                      \
                __typeof__(o) *gilwatch_place = &(o);                                              \
                __typeof__(o) gilwatch_old = *gilwatch_place;                                      \
                if (gilwatch_old != NULL) {                                                        \
                    *gilwatch_place = _Py_NULL;                                                    \
                    gilwatch_drop(_PyObject_CAST(gilwatch_old));                                   \
                }                                                                                  \
            }
#        define GILWATCH_SET(drop, to, from)                                                       \
            {                                                                                      \
                __typeof__(to) *gilwatch_place = &(to);                                            \
                __typeof__(to) gilwatch_old = *gilwatch_place;                                     \
                *gilwatch_place = (from);                                                          \
                drop(_PyObject_CAST(gilwatch_old));                                                \
            }
#    else
#        define GILWATCH_CLEAR(o)                                                                  \
            {                                                                                      \
                PyObject *gilwatch_old = _PyObject_CAST(o);                                        \
                if (gilwatch_old != NULL) {                                                        \
                    (o) = NULL;                                                                    \
                    gilwatch_drop(gilwatch_old);                                                   \
                }                                                                                  \
            }
#        define GILWATCH_SET(drop, to, from)                                                       \
            {                                                                                      \
                PyObject *gilwatch_old = _PyObject_CAST(to);                                       \
                (to) = (from);                                                                     \
                drop(gilwatch_old);                                                                \
            }
#    endif

#    undef Py_CLEAR
#    define Py_CLEAR(o)                                                                            \
        do {                                                                                       \
            gilwatch_ask("Py_CLEAR");                                                              \
            GILWATCH_CLEAR(o)                                                                      \
        } while (0)
#    ifdef Py_SETREF
#        undef Py_SETREF
#        define Py_SETREF(to, from)                                                                \
            do {                                                                                   \
                gilwatch_ask("Py_SETREF");                                                         \
                GILWATCH_SET(gilwatch_drop, to, from)                                              \
            } while (0)
#    endif
#    ifdef Py_XSETREF
#        undef Py_XSETREF
#        define Py_XSETREF(to, from)                                                               \
            do {                                                                                   \
                gilwatch_ask("Py_XSETREF");                                                        \
                GILWATCH_SET(gilwatch_xdrop, to, from)                                             \
            } while (0)
#    endif

#endif /* counted in place */

#ifndef Py_LIMITED_API
#    include "gilwatch_items.h"
#endif

#endif
