# cython: language_level=3
"""A C-API function declared nogil by hand, called inside and outside a nogil block."""

from cpython.object cimport PyObject
from cpython.ref cimport Py_DECREF

cdef extern from "Python.h":
    PyObject *make "PyUnicode_FromString"(const char *text) nogil


cdef owned(PyObject *made):
    """The object of a new reference; make is declared to return a bare pointer."""
    result = <object> made
    Py_DECREF(result)
    return result


def wrong():
    cdef PyObject *made
    with nogil:  # MARK released
        made = make(b"made in Cython")  # MARK wrong
    return owned(made)


def right():
    cdef PyObject *made
    with nogil:
        pass
    made = make(b"made in Cython")
    return owned(made)


def acquired_right():
    cdef PyObject *made
    with nogil:
        with gil:
            made = make(b"made in Cython")
    return owned(made)
