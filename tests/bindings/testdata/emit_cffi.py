"""Write the C source of the module _cffi_api.

usage: emit_cffi.py native.c OUT.c
"""

import sys

from cffi import FFI

native, out = sys.argv[1:]
ffi = FFI()
ffi.cdef(
    """
    uintptr_t make_wrong(void);
    uintptr_t make_right(void);
    uintptr_t make_wrong_after(void (*)(void));
    uintptr_t make_right_after(void (*)(void));
    """
)
with open(native) as source:
    ffi.set_source("_cffi_api", source.read())
ffi.emit_c_code(out)
