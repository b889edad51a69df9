"""Blocks a thread in each of the shapes that a stack can have, and says where they are.

Every thread first tells its own stack, from sys._getframe, and then blocks on the same
line. One line of JSON goes to standard output when all of them have told. From then on
faulthandler's watchdog, which is no Python thread, writes all stacks to file descriptor 3,
again and again.
"""
import asyncio
import faulthandler
import gc
import json
import os
import sys
import threading
import time

told = {}
expected = 0
all_told = threading.Semaphore(0)


def tell(shape):
    stack = []
    frame = sys._getframe(1)
    while frame is not None:
        code = frame.f_code
        name = getattr(code, "co_qualname", code.co_name)
        file = os.fsencode(code.co_filename).decode("latin-1")
        stack.append([name, file, frame.f_lineno])
        frame = frame.f_back
    native = getattr(threading, "get_native_id", lambda: 0)()
    told[shape] = {"id": threading.get_ident(), "native": native, "stack": stack}
    all_told.release()


def block(shape):
    tell(shape), os.read(0, 1)


def sleeper():
    tell("sleep"), time.sleep(1000000)


class Shape:
    def __init__(self, shape):
        if shape:
            block(shape)

    def method(self, shape):
        return self.__class__(shape)

    @staticmethod
    def several_lines(shape):
        return dict(
            one=1,
            two=block(
                shape
            ),
            three=3,
        )


def made_often():
    # Often enough for the call to be specialized, which gives __init__ a frame below it
    # that is no function's (CALL_ALLOC_AND_ENTER_INIT).
    for i in range(1000):
        Shape("" if i < 999 else "init")


def key(shape):
    block(shape)
    return 0


def c_in_between():
    return sorted(map(lambda shape: key(shape), ["c function"]))


def inner_generator():
    yield 1
    block("generator")
    yield 2


def outer_generator():
    yield from inner_generator()


def generators():
    return [sum(x for x in outer_generator())]


async def inner_coroutine():
    await asyncio.sleep(0)
    block("coroutine")


async def outer_coroutine():
    async def items():
        yield 1
        await inner_coroutine()

    async for _ in items():
        pass


def coroutines():
    asyncio.run(outer_coroutine())


def exceptions():
    try:
        raise KeyError
    except KeyError:
        try:
            pass
        finally:
            with open(os.devnull):
                block("exception")


def named():
    names = ["caf\u00e9", "\u0436\u0443\u043a", "\U00020000", "n" * 10000]
    source = "\n" * 70000
    source += "\n\n".join(
        "def %s(i):\n    x = [\n        i,\n    ]\n    return %s" % (name, call)
        for name, call in zip(names, [n + "(i)" for n in names[1:]] + ["block('names')"])
    )
    space = {"block": block}
    exec(compile(source, os.fsdecode(b"dir\xff/\xd0\xb6.py"), "exec"), space)
    space[names[0]](0)


def recurse(depth):
    if depth == 0:
        block("recursion")
    else:
        recurse(depth - 1)


def deep():
    recurse(10000)


class Finalized:
    def __del__(self):
        block("finalizer")


def finalizers():
    holder = [Finalized()]
    holder.clear()


def with_cells():
    x = y = z = 1
    return lambda: (x, y, z)


def not_begun():
    # Up to 3.11 the garbage collector runs where an object is made. In 3.11 the second of the
    # cells is made before with_cells comes to its RESUME instruction: its frame is there and
    # is not shown. From 3.12 on the collector waits for that instruction.
    thread = threading.get_ident()
    begun = {with_cells.__code__} if sys.version_info < (3, 12) else set()
    usual = gc.get_threshold()

    def callback(phase, info):
        if threading.get_ident() == thread and sys._getframe(1).f_code not in begun:
            gc.callbacks.remove(callback)
            gc.set_threshold(*usual)
            block("not begun")

    gc.callbacks.append(callback)
    gc.set_threshold(1)
    while callback in gc.callbacks:
        with_cells()


class Meta(type):
    def __call__(cls, *args):
        return super().__call__(*args)

    def __getattr__(cls, name):
        block("class body")
        raise AttributeError


def classes():
    class Local(metaclass=Meta):
        pass

    class Other:
        x = getattr(Local, "missing", None)


def start(function):
    global expected
    expected += 1
    threading.Thread(target=function, daemon=True).start()


def main():
    sys.setrecursionlimit(20000)
    threading.stack_size(512 << 20)
    start(deep)
    threading.stack_size(0)
    for function in (
        sleeper, c_in_between, generators, coroutines, exceptions, named, made_often,
        finalizers, classes, not_begun,
        lambda: Shape("").method("method"),
        lambda: Shape.several_lines("several lines"),
    ):
        start(function)
    for _ in range(expected):
        all_told.acquire()
    faulthandler.dump_traceback_later(0.05, repeat=True, file=3)
    tell("main"), print(json.dumps(told), flush=True), os.read(0, 1)


main()
