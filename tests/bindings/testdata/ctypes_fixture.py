"""ctypes: CDLL lets go of the GIL around a call, PyDLL keeps it."""

import ctypes
import os

NATIVE = os.environ["NATIVE_LIBRARY"]
CALLBACK = ctypes.CFUNCTYPE(None)


def call(library, name, *arguments):
    function = getattr(library, name)
    function.restype = ctypes.py_object
    function.argtypes = [type(argument) for argument in arguments]
    return function(*arguments)


def symbol_wrong():
    """The C API itself, looked up by dlsym."""
    return call(ctypes.CDLL(None), "PyUnicode_FromString", ctypes.c_char_p(b"made by ctypes"))


def symbol_right():
    return call(ctypes.PyDLL(None), "PyUnicode_FromString", ctypes.c_char_p(b"made by ctypes"))


def library_wrong():
    return call(ctypes.CDLL(NATIVE), "make_wrong")


def library_right():
    return call(ctypes.CDLL(NATIVE), "make_right")


def callback_wrong():
    """The callback attaches and detaches: what it leaves behind is a detached thread."""
    return call(ctypes.CDLL(NATIVE), "make_wrong_after", CALLBACK(lambda: None))


def callback_right():
    return call(ctypes.CDLL(NATIVE), "make_right_after", CALLBACK(lambda: None))
