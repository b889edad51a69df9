"""cffi in API mode: a compiled module, whose wrappers let go of the GIL around each call."""

from _cffi_api import ffi, lib
from adopt import adopt


def wrong():
    return adopt(lib.make_wrong())


def right():
    return adopt(lib.make_right())


def callback_wrong():
    return adopt(lib.make_wrong_after(ffi.callback("void(void)", lambda: None)))


def callback_right():
    return adopt(lib.make_right_after(ffi.callback("void(void)", lambda: None)))
