"""numba: compiled code gets C-API addresses by dlsym and calls them from anonymous memory."""

import numpy as np
from numba import njit, objmode, prange, vectorize

from workout import in_threads


@njit(nogil=True)
def total(values):
    result = 0.0
    for value in values:
        result += value
    return result


@njit
def back_to_python(values):
    """Boxes and unboxes while it holds the GIL."""
    with objmode(text="unicode_type"):
        text = "%d values" % len(values)
    return text


@njit(nogil=True)
def from_nogil(values):
    """objmode takes the GIL again by itself."""
    with objmode(result="float64"):
        result = float(sum(values))
    return result


@njit
def fails(number):
    if number > 0:
        raise ValueError("too large")
    return number


@vectorize(["float64(float64)"])
def halved(value):
    return value / 2


@njit(parallel=True)
def spread(values):
    result = 0.0
    for i in prange(values.shape[0]):
        result += values[i]
    return result


def work(number):
    values = np.arange(1_000, dtype=np.float64)
    for _ in range(50):
        assert total(values) == 499500.0
        assert from_nogil(values) == 499500.0
        assert back_to_python(values) == "1000 values"
    assert halved(values)[2] == 1.0
    try:
        fails(number + 1)
    except ValueError as error:
        assert str(error) == "too large"
    else:
        raise AssertionError("compiled code did not raise")
    return number


assert spread(np.ones(100_000)) == 100_000.0
assert in_threads(work) == [0, 1, 2, 3]
print("numba ok")
