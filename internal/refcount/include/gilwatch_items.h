/* Accessors that write, or read what another thread may be about to change. Those that read
 * what never changes (a tuple's items, an int, a string's data, a type) are left alone: they
 * are used without the GIL with good reason, while a reference is held. */
#ifndef GILWATCH_ITEMS_H
#define GILWATCH_ITEMS_H

GILWATCH_INLINE PyObject **gilwatch_list_items(const char *macro, PyObject *o) {
    gilwatch_ask(macro);
    return &PyList_GET_ITEM(o, 0);
}

/* An lvalue, as it has always been: some take its address. */
#undef PyList_GET_ITEM
#define PyList_GET_ITEM(o, i) (gilwatch_list_items("PyList_GET_ITEM", _PyObject_CAST(o))[(i)])

#if PY_VERSION_HEX >= 0x030b0000

GILWATCH_INLINE void gilwatch_list_set_item(PyObject *o, Py_ssize_t i, PyObject *v) {
    gilwatch_ask("PyList_SET_ITEM");
    PyList_SET_ITEM(o, i, v);
}

GILWATCH_INLINE void gilwatch_tuple_set_item(PyObject *o, Py_ssize_t i, PyObject *v) {
    gilwatch_ask("PyTuple_SET_ITEM");
    PyTuple_SET_ITEM(o, i, v);
}

#    undef PyList_SET_ITEM
#    define PyList_SET_ITEM(o, i, v)                                                               \
        gilwatch_list_set_item(_PyObject_CAST(o), (i), _PyObject_CAST(v))
#    undef PyTuple_SET_ITEM
#    define PyTuple_SET_ITEM(o, i, v)                                                              \
        gilwatch_tuple_set_item(_PyObject_CAST(o), (i), _PyObject_CAST(v))

#else /* assignments, whose value some use before 3.10 */

#    if PY_VERSION_HEX >= 0x030a0000
#        define GILWATCH_ASSIGN(place, v) ((void)(place = (v)))
#    else
#        define GILWATCH_ASSIGN(place, v) (place = (v))
#    endif

GILWATCH_INLINE PyObject **gilwatch_tuple_items(PyObject *o) {
    gilwatch_ask("PyTuple_SET_ITEM");
    return &PyTuple_GET_ITEM(o, 0);
}

#    undef PyList_SET_ITEM
#    define PyList_SET_ITEM(o, i, v)                                                               \
        GILWATCH_ASSIGN(gilwatch_list_items("PyList_SET_ITEM", _PyObject_CAST(o))[i], v)
#    undef PyTuple_SET_ITEM
#    define PyTuple_SET_ITEM(o, i, v) GILWATCH_ASSIGN(gilwatch_tuple_items(_PyObject_CAST(o))[i], v)

#endif

#if PY_VERSION_HEX >= 0x030c0000

GILWATCH_INLINE PyObject *gilwatch_cell_get(PyObject *o) {
    gilwatch_ask("PyCell_GET");
    return PyCell_GET(o);
}

GILWATCH_INLINE void gilwatch_cell_set(PyObject *o, PyObject *v) {
    gilwatch_ask("PyCell_SET");
    PyCell_SET(o, v);
}

#    undef PyCell_GET
#    define PyCell_GET(o) gilwatch_cell_get(_PyObject_CAST(o))
#    undef PyCell_SET
#    define PyCell_SET(o, v) gilwatch_cell_set(_PyObject_CAST(o), (v))

#else /* lvalues and assignments */

GILWATCH_INLINE PyObject **gilwatch_cell(const char *macro, PyObject *o) {
    gilwatch_ask(macro);
    return &PyCell_GET(o);
}

#    undef PyCell_GET
#    define PyCell_GET(o) (*gilwatch_cell("PyCell_GET", _PyObject_CAST(o)))
#    undef PyCell_SET
#    if PY_VERSION_HEX >= 0x030b0000
#        define PyCell_SET(o, v) _Py_RVALUE(*gilwatch_cell("PyCell_SET", _PyObject_CAST(o)) = (v))
#    else
#        define PyCell_SET(o, v) GILWATCH_ASSIGN(*gilwatch_cell("PyCell_SET", _PyObject_CAST(o)), v)
#    endif

#endif

#endif
