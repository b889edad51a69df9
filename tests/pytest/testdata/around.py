"""For python -m unittest: calls around two tests, not in them."""

import os
import unittest

import touchy

call = getattr(touchy, os.environ["CALL"])


class Around(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        call()

    def setUp(self):
        self.addCleanup(call)
        call()

    def tearDown(self):
        call()

    def test_one(self):
        pass

    def test_other(self):
        pass
