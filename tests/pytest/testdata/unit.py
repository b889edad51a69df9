"""For python -m unittest, which tells nobody what it runs."""

import os
import unittest

import touchy

call = getattr(touchy, os.environ["CALL"])


class Unit(unittest.TestCase):
    def test_calls(self):
        call()

    def test_nothing(self):
        pass
