"""Runs workloads on request: prints the names of those that can run here, then reads names,
runs each and prints the nanoseconds that it took."""

import sys
import threading
import time

workloads = {}


def workload(setup):
    """A workload is what its set-up returns; one that lacks its modules is left out."""
    try:
        workloads[setup.__name__] = setup()
    except ImportError:
        pass
    return setup


@workload
def json_pickle():
    import json
    import pickle

    data = [{"id": i, "name": "row %d" % i, "values": [i, i / 2.0, None, True]} for i in range(200)]

    def run():
        for _ in range(20):
            assert json.loads(json.dumps(data)) == data
            assert pickle.loads(pickle.dumps(data)) == data

    return run


@workload
def sqlite3():
    import sqlite3

    def run():
        with sqlite3.connect(":memory:") as db:
            db.execute("create table t (id integer primary key, name text, value real)")
            db.executemany("insert into t values (?, ?, ?)", ((i, "row %d" % i, i / 2.0) for i in range(3000)))
            for i in range(0, 3000, 3):
                assert db.execute("select value from t where id = ?", (i,)).fetchone() == (i / 2.0,)
            assert len(db.execute("select * from t").fetchall()) == 3000
        db.close()

    return run


@workload
def zlib_blocks():
    import zlib

    block = bytes(range(200))

    def run():
        for _ in range(1500):
            zlib.crc32(block)
            assert zlib.decompress(zlib.compress(block, 1)) == block

    return run


@workload
def decimal_sums():
    from decimal import Decimal

    numbers = [Decimal(i) / 7 for i in range(1000)]

    def run():
        for _ in range(50):
            assert sum(numbers) > 0

    return run


@workload
def numpy_small():
    import numpy

    a, b = numpy.arange(8.0), numpy.ones(8)

    def run():
        total = 0.0
        for _ in range(5000):
            c = a * b + a
            total += float(c[3]) + c.sum()
        assert total > 0

    return run


@workload
def threads_hashing():
    import hashlib

    block = bytes(4096)  # hashlib gives the GIL up for blocks above 2047 bytes

    def hashes():
        for _ in range(1000):
            hashlib.sha256(block).digest()

    def run():
        threads = [threading.Thread(target=hashes) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    return run


print(" ".join(workloads), flush=True)
for line in sys.stdin:
    run = workloads[line.strip()]
    start = time.perf_counter_ns()
    run()
    print(time.perf_counter_ns() - start, flush=True)
