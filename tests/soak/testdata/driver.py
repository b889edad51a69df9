"""The long-lived target of the soak: violates, and starts short-lived processes that do, too.

    driver.py SECONDS VIOLATIONS PROCESSES FOLDER

The work is spread over the time; what a slow machine does not do in it is done later.
"""

import os
import subprocess
import sys
import time

seconds, violations, processes = float(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
sys.path.insert(0, sys.argv[4])
import floods

RUNNING = 3  # short-lived processes at a time
SHORT = "import sys; sys.path.insert(0, sys.argv[1]); import floods; floods.one(10)"

start = time.monotonic()
running = []
done = 0
for number in range(processes):
    share = violations * (number + 1) // processes - done
    floods.one(share)
    done += share
    running.append(subprocess.Popen([sys.executable, "-I", "-S", "-c", SHORT, sys.argv[4]]))
    if len(running) == RUNNING and running.pop(0).wait() != 0:
        sys.exit("a short-lived process failed")
    ahead = start + seconds * (number + 1) / processes - time.monotonic()
    if ahead > 0:
        time.sleep(ahead)
    print(os.getpid(), number + 1, done, flush=True)
for child in running:
    child.wait()
sys.stdin.read()  # it is looked at once more, after its last line
