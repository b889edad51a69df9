# cython: language_level=3
"""A C-API function declared nogil by hand, called inside and outside a nogil block, and in a
function that C calls back without the GIL."""

from cpython.object cimport PyObject
from cpython.ref cimport Py_DECREF

cdef extern from "Python.h":
    PyObject *make "PyUnicode_FromString"(const char *text) nogil

ctypedef void (*callback)() noexcept nogil

cdef extern from *:
    """
    static void call_inlined(void (*back)(void)) { back(); }
    __attribute__((noipa)) static void call(void (*back)(void)) { back(); }
    static void call_released(void (*back)(void)) {
        Py_BEGIN_ALLOW_THREADS
        back();
        Py_END_ALLOW_THREADS
    }
    """
    void call_inlined(callback back) nogil
    void call(callback back) nogil
    void call_released(callback back)


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


cdef PyObject *kept


cdef void keep() noexcept:
    global kept
    kept = make(b"made in Cython")  # MARK keep


cdef void keep_acquired() noexcept with gil:
    global kept
    kept = make(b"made in Cython")


def callback_wrong():
    with nogil:  # MARK around
        call(<callback> keep)  # MARK callback
    return owned(kept)


def callback_inlined_wrong():
    with nogil:  # MARK around
        call_inlined(<callback> keep)  # MARK callback
    return owned(kept)


def callback_released_wrong():
    call_released(<callback> keep)  # MARK callback
    return owned(kept)


def callback_right():
    with nogil:
        call(keep_acquired)
    return owned(kept)


def callback_inlined_right():
    with nogil:
        call_inlined(keep_acquired)
    return owned(kept)


def callback_released_right():
    call_released(keep_acquired)
    return owned(kept)
