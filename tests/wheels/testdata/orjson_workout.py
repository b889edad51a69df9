"""orjson: Rust, whose every C-API call goes through GLOB_DAT."""

import datetime
import uuid

import orjson

from workout import in_threads


def work(number):
    document = {
        "number": number,
        "float": 0.1,
        "list": [None, True, "\u00e9\u4e2d\U0001f600", 2**53],
        "when": datetime.datetime(2024, 2, 29, tzinfo=datetime.timezone.utc),
        "id": uuid.UUID(int=number),
    }
    for _ in range(2_000):
        decoded = orjson.loads(orjson.dumps(document, option=orjson.OPT_SORT_KEYS))
    assert decoded["when"] == "2024-02-29T00:00:00+00:00"
    assert decoded["list"] == document["list"]
    assert orjson.dumps({1: {2}}, default=list, option=orjson.OPT_NON_STR_KEYS) == b'{"1":[2]}'
    for broken in (b"[1,", b"\xff", b'{"a" 1}'):
        try:
            orjson.loads(broken)
        except orjson.JSONDecodeError:
            continue
        raise AssertionError("%r was decoded" % broken)
    return decoded["number"]


assert in_threads(work) == [0, 1, 2, 3]
print("orjson ok")
