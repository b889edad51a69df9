"""Imports all extension modules of the standard library and of some packages, and prints how
many are loaded."""

import importlib
import os
import sys
import sysconfig
import warnings

import lxml.etree
import numpy
import pandas

warnings.simplefilter("ignore")


def names(folder, top):
    """The dotted names, seen from top, of the extension modules in a folder."""
    for inner, _, files in os.walk(folder):
        for file in sorted(files):
            if file.endswith(".so") and "test" not in file:
                path = os.path.relpath(os.path.join(inner, file.split(".")[0]), top)
                yield path.replace(os.sep, ".")


for package in numpy, pandas, lxml:
    folder = package.__path__[0]
    for name in names(folder, os.path.dirname(folder)):
        importlib.import_module(name)

own = sysconfig.get_config_var("DESTSHARED")
for name in names(own, own):
    try:
        importlib.import_module(name)
    except ImportError:
        pass  # a library that it needs, Tk's say, is not installed

print(len({id(m) for m in sys.modules.values() if (getattr(m, "__file__", None) or "").endswith(".so")}))
