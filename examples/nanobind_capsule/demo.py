"""Decimate a few samples with the module that is wrong, or with the one that is right.

usage: demo.py [wrong|right]
"""

import sys
from array import array


def main():
    which = sys.argv[1] if len(sys.argv) > 1 else "wrong"
    if which not in ("wrong", "right"):
        sys.exit(__doc__)
    module = __import__("capsule_" + which)

    print(which, list(module.decimate(array("d", [1, 3, 5, 7, 9, 11]), 2)))
    try:
        module.decimate(array("d", [1, float("nan")]), 2)
    except ValueError as error:
        print(which, "refused:", error)


if __name__ == "__main__":
    main()
