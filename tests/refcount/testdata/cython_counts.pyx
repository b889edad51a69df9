# cython: language_level=3
"""Reference counts by functions that are declared nogil by hand."""

from cpython.object cimport PyObject

cdef extern from "Python.h":
    PyObject *Py_True
    void Py_INCREF(PyObject *o) nogil
    void Py_DECREF(PyObject *o) nogil
    PyObject *PyList_GET_ITEM(PyObject *o, Py_ssize_t i) nogil


cdef bint use(PyObject *o) noexcept nogil:
    Py_INCREF(o)  # MARK copied
    Py_DECREF(o)  # MARK dropped
    return PyList_GET_ITEM(o, 0) == Py_True  # MARK first


def right(list o):
    return bool(use(<PyObject *> o))


def wrong(list o):
    cdef bint yes
    with nogil:
        yes = use(<PyObject *> o)
    return bool(yes)
