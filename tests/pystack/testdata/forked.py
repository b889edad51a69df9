"""Blocks in a child forked from a thread that is not the main one."""
import json
import os
import sys
import threading


def line():
    caller = sys._getframe(1)
    frame = ["child", caller.f_code.co_filename, caller.f_lineno]
    thread = {"id": threading.get_ident(), "stack": [frame], "native": os.getpid()}
    return (json.dumps({"child": thread}) + "\n").encode()


def child():
    os.write(1, line()), os.read(0, 1)


def fork():
    if os.fork() == 0:
        child()
    else:
        os.wait()


thread = threading.Thread(target=fork)
thread.start()
thread.join()
