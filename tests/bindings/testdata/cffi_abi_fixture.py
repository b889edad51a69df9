"""cffi in ABI mode: libffi calls what dlsym returned, always without the GIL."""

import os

from cffi import FFI

from adopt import adopt

ffi = FFI()
ffi.cdef(
    """
    uintptr_t PyUnicode_FromString(const char *);
    uintptr_t make_wrong(void);
    uintptr_t make_right(void);
    uintptr_t make_wrong_after(void (*)(void));
    uintptr_t make_right_after(void (*)(void));
    """
)
native = ffi.dlopen(os.environ["NATIVE_LIBRARY"])


def symbol_wrong():
    """The C API itself: cffi cannot call it right, so library_right is the twin."""
    return adopt(ffi.dlopen(None).PyUnicode_FromString(b"made in C"))


def library_wrong():
    return adopt(native.make_wrong())


def library_right():
    return adopt(native.make_right())


def callback_wrong():
    return adopt(native.make_wrong_after(ffi.callback("void(void)", lambda: None)))


def callback_right():
    return adopt(native.make_right_after(ffi.callback("void(void)", lambda: None)))
