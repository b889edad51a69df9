"""A process to attach to: evaluates what it reads, a line at a time, with every extension
module of the standard library loaded."""
import glob
import importlib
import json
import os
import pickle
import sys
import time

import many  # noqa: F401 - its call sites are what it is for
import spin

for path in glob.glob(os.path.join(os.path.dirname(os.__file__), "lib-dynload", "*.so")):
    name = os.path.basename(path).split(".")[0]
    if "test" not in name and not name.startswith("_xx"):
        try:
            importlib.import_module(name)
        except ImportError:
            pass

data = [{"name": "x" * (i % 40), "values": list(range(i % 50)), "half": i / 2} for i in range(300)]


def workload():
    """Milliseconds of the CPU of a piece of work: arithmetic and containers, json, pickle."""
    begin = time.process_time()
    total = 0.0
    for i in range(40000):
        total += (i * 0.5) % 7.0
    sorted(str(i) for i in range(20000))
    json.loads(json.dumps(data))
    pickle.loads(pickle.dumps(data))
    return (time.process_time() - begin) * 1000


print("ready", flush=True)
for line in sys.stdin:
    print(eval(line), flush=True)
