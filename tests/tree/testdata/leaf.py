"""leaf.py FOLDER FUNCTION OUT WAY: calls one function of the fixture, and writes down who did."""

import json
import os
import sys

folder, function, out, way = sys.argv[1:5]
sys.path.insert(0, folder)
import calls


def call():
    who = {"way": way, "pid": os.getpid(), "ppid": os.getppid(), "python": sys.version.split()[0]}
    # /proc has what the kernel was given; sys.argv lacks the interpreter.
    with open("/proc/self/cmdline") as f:
        who["argv"] = f.read().split("\0")[:-1]
    getattr(calls, function)()
    fd = os.open(out, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    os.write(fd, (json.dumps(who) + "\n").encode())
    os.close(fd)


if __name__ == "__main__":
    call()
