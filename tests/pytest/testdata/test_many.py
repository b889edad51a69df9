"""200 tests, of which every tenth makes the same call, wrong or right, some of them often."""

import os

import pytest
import touchy

call = getattr(touchy, os.environ["CALL"])


@pytest.mark.parametrize("number", range(200))
def test_many(number):
    if number % 10 == 3:
        for _ in range(number):
            call()
