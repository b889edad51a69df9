"""Work that allocates, a millisecond of it or less: functions, by name, in groups."""

import io
import json
import pickle
import re

PYTHON = "python"  # Python's own work
APART = "apart"  # that of libraries with allocators of their own
kinds = {PYTHON: {}, APART: {}}


def kind(setup, group=PYTHON):
    """What its set-up returns; one that lacks its modules is left out."""
    try:
        kinds[group][setup.__name__.strip("_").replace("_", " ")] = setup()
    except ImportError:
        pass


def apart(setup):
    kind(setup, APART)


rows = [{"id": i, "name": "row %d" % i, "values": [i, i / 2.0, None, True]} for i in range(100)]


@kind
def json_():
    text = json.dumps(rows)
    return lambda: json.loads(text) and json.dumps(rows)


@kind
def pickle_():
    data = pickle.dumps(rows)
    return lambda: pickle.loads(data) and pickle.dumps(rows)


@kind
def objects():
    class Point:
        __slots__ = "x", "y"

        def __init__(self, x, y):
            self.x = x
            self.y = y

    return lambda: [Point(i, i) for i in range(2500)]


@kind
def dicts_lists():
    return lambda: [{"a": [i], "b": (i, i)} for i in range(1000)]


@kind
def floats():
    def run():
        total = 0.0
        for i in range(5000):
            total += i * 1.5 - total / 3.0
        return total

    return run


@kind
def integers():
    def run():
        total = 1 << 40
        for i in range(5000):
            total += i * 70001
        return total

    return run


@kind
def regular_expressions():
    text = "key=value; other=thing; number=12345; " * 40
    pattern = re.compile(r"(\w+)=(\w+)")
    return lambda: pattern.findall(text) and pattern.sub(r"\2=\1", text)


@kind
def strings():
    def run():
        for i in range(800):
            s = "item %d" % i
            (s.upper() + "," + s[2:]).split(",")

    return run


@kind
def text_io():
    def run():
        out = io.StringIO()
        for i in range(1500):
            out.write("%d\n" % i)
        out.seek(0)
        return sum(len(line) for line in out)

    return run


@kind
def compile_():
    source = "\n".join("def f%d(a, b=%d):\n    return [a + b, {a: b}, '%d']" % (i, i, i) for i in range(6))
    return lambda: compile(source, "m", "exec")


@apart
def numpy_():
    import numpy

    a = numpy.arange(20000.0)
    b = numpy.arange(10.0)

    def run():
        ((a * 2.0 + a) ** 2).sum()
        for _ in range(400):
            (b + b).sum()

    return run


@apart
def lxml_():
    from lxml import etree

    text = "<r>" + "".join("<item id='%d'><name>n%d</name></item>" % (i, i) for i in range(200)) + "</r>"

    def run():
        root = etree.fromstring(text)
        root.xpath("//item[@id='7']/name/text()")
        etree.tostring(root)

    return run
