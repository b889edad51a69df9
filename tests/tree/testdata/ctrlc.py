"""ctrlc.py COMMAND...: runs it on a terminal of its own, types Ctrl-C once it has said "ready",
and ends as it did."""

import os
import pty
import sys

pid, terminal = pty.fork()
if pid == 0:
    os.execvp(sys.argv[1], sys.argv[1:])
said = b""
while b"ready" not in said:
    said += os.read(terminal, 1000)
os.write(terminal, b"\x03")
try:
    while data := os.read(terminal, 1000):
        said += data
except OSError:  # EIO: nobody has the terminal open any more
    pass
sys.stdout.write(said.decode())
status = os.waitpid(pid, 0)[1]
sys.exit(os.WEXITSTATUS(status) if os.WIFEXITED(status) else 128 + os.WTERMSIG(status))
