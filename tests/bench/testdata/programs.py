"""Programs of the pyperformance package, loaded without pyperf, its runner: each runs in this
process, once a call."""

import os
import sys
import time
import types

# Those that need nothing but the standard library and take a tenth of a second at most, with
# their arguments: of a few long runs no median says much.
PROGRAMS = [
    "chaos --width 64 --height 64 --iterations 500",
    "comprehensions",
    "coroutines",
    "deepcopy",
    "deltablue",
    "float",
    "hexiom",
    "json_dumps",
    "json_loads",
    "logging",
    "nbody --iterations 500",
    "pickle pickle",
    "pickle unpickle",
    "pidigits --digits 300",
    "regex_effbot",
    "richards",
    "richards_super",
    "sqlite_synth",
    "telco",
    "typing_runtime_protocols",
    "unpack_sequence",
]


class Runner:
    """As much of pyperf.Runner as the programs use; keeps what it is asked to time."""

    found = {}

    def __init__(self, **options):
        import argparse

        self.metadata = {}
        self.argparser = argparse.ArgumentParser()

    def parse_args(self):
        self.args = self.argparser.parse_args()
        return self.args

    def bench_func(self, name, function, *args, **options):
        self.found[name] = lambda: function(*args)

    def bench_time_func(self, name, function, *args, **options):
        self.found[name] = lambda: function(1, *args)


def load(folder):
    """The functions of all programs, by name."""
    sys.modules["pyperf"] = types.SimpleNamespace(
        Runner=Runner, perf_counter=time.perf_counter, python_implementation=lambda: "cpython"
    )
    for program in PROGRAMS:
        name, *args = program.split()
        path = os.path.join(folder, "bm_" + name, "run_benchmark.py")
        sys.argv = [path, *args]
        with open(path, encoding="utf-8") as file:
            exec(compile(file.read(), path, "exec"), {"__name__": "__main__", "__file__": path})
    return Runner.found
