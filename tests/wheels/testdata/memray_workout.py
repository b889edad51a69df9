"""Track allocations in threads with memray, stop, then call one function of one module.

usage: memray_workout.py early|late wrong|right

The module `early` is there before memray starts, orjson is loaded while it tracks, and `late`
when it has stopped.
"""

import importlib
import os
import sys
import tempfile

import early
import memray

from workout import in_threads

module, function = sys.argv[1:]


def work(number):
    """Allocates, and attaches through slots that memray has taken."""
    import orjson

    kept = [early.right() for _ in range(200)]
    return orjson.dumps(number), len(kept)


with tempfile.TemporaryDirectory() as folder:
    with memray.Tracker(os.path.join(folder, "allocations")):
        results = in_threads(work)
assert results == [(b"0", 200), (b"1", 200), (b"2", 200), (b"3", 200)]

importlib.import_module("late")
print(getattr(sys.modules[module], function)())
