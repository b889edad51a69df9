"""tree.py FOLDER FUNCTION OUT: starts leaf.py in every way that a program can be started in."""

import multiprocessing
import os
import shlex
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))


def leaf(way, *flags):
    return [sys.executable, *flags, os.path.join(HERE, "leaf.py"), *sys.argv[1:4], way]


def line(way):
    return " ".join(map(shlex.quote, leaf(way)))


def wait(pid):
    assert os.waitpid(pid, 0)[1] == 0, pid


def forked(run):
    """Runs what replaces the process in a child."""
    pid = os.fork()
    if pid == 0:
        run()
        os._exit(99)
    wait(pid)


def in_this_program(way):
    sys.argv[4:] = [way]
    sys.path.insert(0, HERE)
    import leaf

    leaf.call()


def inherited():
    import spawners

    me = sys.executable
    forked(lambda: (in_this_program("fork"), os._exit(0)))
    forked(lambda: os.execv(me, leaf("execv")))
    forked(lambda: os.execvp(me, leaf("execvp")))
    wait(os.posix_spawn(me, leaf("posix_spawn"), os.environ))
    wait(os.posix_spawnp(me, leaf("posix_spawnp"), os.environ))
    wait(os.spawnv(os.P_NOWAIT, me, leaf("spawnv")))
    subprocess.check_call(leaf("subprocess"))
    subprocess.check_call(leaf("isolated", "-I", "-E", "-S"))
    subprocess.check_call(leaf("setsid"), start_new_session=True)
    subprocess.check_call(leaf("preexec"), preexec_fn=lambda: None)
    subprocess.check_call(leaf("closed"), close_fds=True, stdin=subprocess.DEVNULL)
    subprocess.check_call(["/bin/sh", "-c", line("shell") + "; true"])
    subprocess.check_call(["/bin/sh", "-c", "(" + line("orphan") + " &) | cat"])
    subprocess.check_call(["env", "-i", *leaf("env -i")])
    subprocess.check_call(["/bin/sh", "-c", "unset LD_PRELOAD; " + line("unset") + "; true"])
    assert os.system(line("system")) == 0
    assert os.popen(line("popen")).close() is None
    forked(lambda: spawners.execl(leaf("execl")))
    forked(lambda: spawners.execle(leaf("execle")))
    forked(lambda: spawners.execlp(leaf("execlp")))
    assert spawners.system(line("C system")) == 0
    assert spawners.popen(line("C popen")) == 0


def without():
    """The program has taken LD_PRELOAD out of its environment, and hands that on."""
    import spawners

    me = sys.executable
    os.environ.pop("LD_PRELOAD", None)
    forked(lambda: os.execv(me, leaf("execv without")))
    forked(lambda: os.execve(me, leaf("execve empty"), {}))
    wait(os.posix_spawn(me, leaf("posix_spawn empty"), {}))
    subprocess.check_call(leaf("subprocess empty"), env={})
    subprocess.check_call(leaf("subprocess own"), env={"LD_PRELOAD": "", "A": "b"})
    assert os.system(line("system without")) == 0
    assert os.popen(line("popen without")).close() is None
    forked(lambda: spawners.execl(leaf("execl without")))
    forked(lambda: spawners.execle(leaf("execle without")))
    forked(lambda: spawners.execlp(leaf("execlp without")))
    assert spawners.system(line("C system without")) == 0
    assert spawners.popen(line("C popen without")) == 0


def workers():
    for method in "fork", "forkserver", "spawn":
        context = multiprocessing.get_context(method)
        process = context.Process(target=in_worker, args=(sys.argv, method))
        process.start()
        process.join()
        assert process.exitcode == 0, process.exitcode


def in_worker(argv, way):
    sys.argv[:] = argv[:4]
    in_this_program(way)


if __name__ == "__main__":
    inherited()
    without()
    workers()
