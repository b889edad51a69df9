/* Reference counts that gilwatch can see. What CPython's headers expand in place is no call
 * that could be watched: here each of these macros first asks gilwatch, if that is loaded
 * into the process, whether this thread may. Without gilwatch it is a load and a branch.
 *
 * A module built so behaves as any other; nothing of gilwatch is needed to link or to run
 * it. C and C++, gcc and clang, CPython 3.8 and later. */
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

/* At the place of the macro, so that the line is that of its use. */
#define GILWATCH_CHECK(macro)                                                                      \
    ((void)(__builtin_expect(!!gilwatch_check, 0) ? gilwatch_check(macro) : (void)0))

#define GILWATCH_INLINE static inline __attribute__((always_inline, artificial, unused))

/* From 3.12 on the limited API counts by calls of _Py_IncRef and _Py_DecRef, which gilwatch
 * sees by themselves. */
#if !(defined(Py_LIMITED_API) && PY_VERSION_HEX >= 0x030c0000 && Py_LIMITED_API + 0 >= 0x030c0000)

GILWATCH_INLINE void gilwatch_incref(PyObject *o) {
    Py_INCREF(o);
}

GILWATCH_INLINE void gilwatch_decref(PyObject *o) {
    Py_DECREF(o);
}

GILWATCH_INLINE void gilwatch_xincref(PyObject *o) {
    Py_XINCREF(o);
}

GILWATCH_INLINE void gilwatch_xdecref(PyObject *o) {
    Py_XDECREF(o);
}

GILWATCH_INLINE PyObject *gilwatch_newref(PyObject *o) {
    Py_INCREF(o);
    return o;
}

GILWATCH_INLINE PyObject *gilwatch_xnewref(PyObject *o) {
    Py_XINCREF(o);
    return o;
}

#    undef Py_INCREF
#    define Py_INCREF(o) (GILWATCH_CHECK("Py_INCREF"), gilwatch_incref(_PyObject_CAST(o)))
#    undef Py_DECREF
#    define Py_DECREF(o) (GILWATCH_CHECK("Py_DECREF"), gilwatch_decref(_PyObject_CAST(o)))
#    undef Py_XINCREF
#    define Py_XINCREF(o) (GILWATCH_CHECK("Py_XINCREF"), gilwatch_xincref(_PyObject_CAST(o)))
#    undef Py_XDECREF
#    define Py_XDECREF(o) (GILWATCH_CHECK("Py_XDECREF"), gilwatch_xdecref(_PyObject_CAST(o)))

#    if PY_VERSION_HEX >= 0x030a0000 &&                                                            \
        (!defined(Py_LIMITED_API) || Py_LIMITED_API + 0 >= 0x030a0000)
#        undef Py_NewRef
#        define Py_NewRef(o) (GILWATCH_CHECK("Py_NewRef"), gilwatch_newref(_PyObject_CAST(o)))
#        undef Py_XNewRef
#        define Py_XNewRef(o) (GILWATCH_CHECK("Py_XNewRef"), gilwatch_xnewref(_PyObject_CAST(o)))
#    endif

/* One check for the whole, in the order of CPython's own: the object is let go of last. */
#    undef Py_CLEAR
#    define Py_CLEAR(o)                                                                            \
        do {                                                                                       \
            GILWATCH_CHECK("Py_CLEAR");                                                            \
            __typeof__(o) *gilwatch_place = &(o);                                                  \
            __typeof__(o) gilwatch_old = *gilwatch_place;                                          \
            if (gilwatch_old != NULL) {                                                            \
                *gilwatch_place = NULL;                                                            \
                gilwatch_decref(_PyObject_CAST(gilwatch_old));                                     \
            }                                                                                      \
        } while (0)

#    define GILWATCH_SET(macro, decref, to, from)                                                  \
        do {                                                                                       \
            GILWATCH_CHECK(macro);                                                                 \
            __typeof__(to) *gilwatch_place = &(to);                                                \
            __typeof__(to) gilwatch_old = *gilwatch_place;                                         \
            *gilwatch_place = (from);                                                              \
            decref(_PyObject_CAST(gilwatch_old));                                                  \
        } while (0)

#    ifdef Py_SETREF
#        undef Py_SETREF
#        define Py_SETREF(to, from) GILWATCH_SET("Py_SETREF", gilwatch_decref, to, from)
#    endif
#    ifdef Py_XSETREF
#        undef Py_XSETREF
#        define Py_XSETREF(to, from) GILWATCH_SET("Py_XSETREF", gilwatch_xdecref, to, from)
#    endif

#endif /* counted in place */

/* Accessors that write, or read what another thread may be about to change. Those that read
 * what never changes (a tuple's items, an int, a string's data, a type) are left alone: they
 * are used without the GIL with good reason, while a reference is held. */
#ifndef Py_LIMITED_API

GILWATCH_INLINE void gilwatch_list_set_item(PyObject *o, Py_ssize_t i, PyObject *v) {
    PyList_SET_ITEM(o, i, v);
}

GILWATCH_INLINE void gilwatch_tuple_set_item(PyObject *o, Py_ssize_t i, PyObject *v) {
    PyTuple_SET_ITEM(o, i, v);
}

GILWATCH_INLINE PyObject *gilwatch_cell_get(PyObject *o) {
    return PyCell_GET(o);
}

GILWATCH_INLINE void gilwatch_cell_set(PyObject *o, PyObject *v) {
    PyCell_SET(o, v);
}

/* An lvalue, as it has always been: some take its address. */
#    undef PyList_GET_ITEM
#    define PyList_GET_ITEM(o, i)                                                                  \
        (*(GILWATCH_CHECK("PyList_GET_ITEM"), &((PyListObject *)(o))->ob_item[(i)]))
#    undef PyList_SET_ITEM
#    define PyList_SET_ITEM(o, i, v)                                                               \
        (GILWATCH_CHECK("PyList_SET_ITEM"),                                                        \
         gilwatch_list_set_item(_PyObject_CAST(o), (i), _PyObject_CAST(v)))
#    undef PyTuple_SET_ITEM
#    define PyTuple_SET_ITEM(o, i, v)                                                              \
        (GILWATCH_CHECK("PyTuple_SET_ITEM"),                                                       \
         gilwatch_tuple_set_item(_PyObject_CAST(o), (i), _PyObject_CAST(v)))
#    undef PyCell_GET
#    define PyCell_GET(o) (GILWATCH_CHECK("PyCell_GET"), gilwatch_cell_get(_PyObject_CAST(o)))
#    undef PyCell_SET
#    define PyCell_SET(o, v)                                                                       \
        (GILWATCH_CHECK("PyCell_SET"), gilwatch_cell_set(_PyObject_CAST(o), _PyObject_CAST(v)))

#endif

#endif
