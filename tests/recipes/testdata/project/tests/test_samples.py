import samples


def test_mirror():
    values = [1, 2, 3]
    samples.mirror(values)
    assert values == [3, 2, 1]


def test_mirror_empty():
    assert samples.mirror([]) == 0
