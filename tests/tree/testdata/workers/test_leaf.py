"""A test that is a leaf, in each worker: LEAF has the arguments that leaf.py takes."""

import os
import sys

sys.argv[1:] = os.environ["LEAF"].split("\n")
sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
import leaf


def test_leaf():
    leaf.call()
