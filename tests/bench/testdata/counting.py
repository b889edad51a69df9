"""Times a module that was built with the checked headers against the same without them, by
turns; a line of JSON for each kind of work. Arguments: the two modules' paths, and rounds."""

import json
import sys
from importlib.machinery import ExtensionFileLoader
from importlib.util import module_from_spec, spec_from_file_location


def load(path):
    loader = ExtensionFileLoader("counting", path)
    module = module_from_spec(spec_from_file_location("counting", path, loader=loader))
    loader.exec_module(module)
    return module


plain, checked = load(sys.argv[1]), load(sys.argv[2])
for which, name in enumerate(plain.names()):
    plain.run(which, 10), checked.run(which, 10)  # warm up
    pairs = [(plain.run(which, 20), checked.run(which, 20)) for _ in range(int(sys.argv[3]))]
    print(json.dumps({"name": name, "pairs": pairs}))
