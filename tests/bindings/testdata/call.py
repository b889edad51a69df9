"""Call one function of one fixture and print what it made.

usage: call.py MODULE FUNCTION
"""

import importlib
import sys

module, function = sys.argv[1:]
print(getattr(importlib.import_module(module), function)())
