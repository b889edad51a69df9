"""Blocks the main thread in a sub-interpreter, below a function of the main interpreter."""
import json
import sys
import threading

try:
    import _interpreters as interpreters
except ImportError:
    import _xxsubinterpreters as interpreters

code = """
import os
def inner():
    os.write(1, line), os.read(0, 1)
def outer():
    inner()
outer()
"""


def run():
    # Since 3.14 such code has another file name.
    file = "<script>" if sys.version_info >= (3, 14) else "<string>"
    stack = [["inner", file, 4], ["outer", file, 6], ["<module>", file, 7]]
    line = json.dumps({"sub": {"id": threading.get_ident(), "stack": stack}}) + "\n"
    interpreters.run_string(interpreters.create(), "line = %r" % line.encode() + code)


run()
