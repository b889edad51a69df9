"""Turn the address of a new reference, as a C library returns it, into the object."""

import ctypes


def adopt(address):
    reference = ctypes.py_object.from_buffer(ctypes.c_void_p(address))
    made = reference.value
    ctypes.pythonapi.Py_DecRef(ctypes.py_object(made))
    return made
