"""Where a call can be made: in each phase, in threads that end with their test or not, in
children, in a unittest.TestCase."""

import os
import queue
import subprocess
import sys
import threading
import unittest

import pytest
import touchy

name = os.environ["CALL"]
call = getattr(touchy, name)


class Worker:
    def __init__(self):
        self.jobs, self.done = queue.Queue(), queue.Queue()
        self.thread = threading.Thread(target=self.run)
        self.thread.start()

    def run(self):
        while self.jobs.get():
            call()
            self.done.put(True)

    def work(self):
        self.jobs.put(True)
        self.done.get()

    def end(self):
        self.jobs.put(False)
        self.thread.join()


@pytest.fixture
def around():
    call()
    yield
    call()


def test_phases(around):
    pass


def test_nothing():
    pass


def test_own_thread():
    worker = Worker()
    worker.work()
    worker.end()


@pytest.fixture(scope="module")
def shared():
    worker = Worker()
    yield worker
    worker.work()
    worker.end()


def test_makes_shared(shared):
    shared.work()


def test_uses_shared(shared):
    shared.work()


def test_leaves_thread():
    def run():
        threading.main_thread().join()  # pytest has ended
        call()

    threading.Thread(target=run).start()


def test_subprocess():
    subprocess.run([sys.executable, "-c", "import touchy; touchy.%s()" % name], check=True)


def test_fork():
    pid = os.fork()
    if pid == 0:
        call()
        os._exit(0)
    assert os.waitpid(pid, 0)[1] == 0


class Unit(unittest.TestCase):
    def test_method(self):
        call()


def test_last():
    pass
