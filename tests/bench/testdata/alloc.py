"""Times work that allocates, with different things in this process's allocators by turns; a
line of JSON for each kind of work. What is measured is one process, so nothing differs but the
functions in the allocators; and it is this thread's own time, of which other processes take
none but what they do to the caches. In each round every arm runs once, in an order of chance.

Arguments: the seconds for each kind, and the folder of pyperformance's programs or nothing."""

import gc
import json
import random
import sys
import time

import allockinds
import allocswitch
import programs

ARMS = range(4)  # as allocswitch.c has them
LEAST_ROUNDS = 5
SHORTEST = 500_000  # ns: what is shorter is repeated


def timed(run, times, arm):
    allocswitch.use(arm)
    start = time.thread_time_ns()
    for _ in range(times):
        run()
    return time.thread_time_ns() - start


def warmed(run):
    """Fills the caches; how often it is to be repeated."""
    least = min(timed(run, 1, arm) for arm in ARMS)
    return max(1, round(SHORTEST / least))


def measured(run, seconds):
    times = warmed(run)
    rounds, spent = [], 0
    while spent < seconds * 1e9 or len(rounds) < LEAST_ROUNDS:
        gc.collect()
        took = [0] * len(ARMS)
        for arm in random.sample(ARMS, len(ARMS)):
            took[arm] = timed(run, times, arm)
        spent += sum(took)
        rounds.append([t / 1e6 / times for t in took])
    allocswitch.use(0)
    return rounds


if not allocswitch.prepare():
    sys.exit("the sensor is not in this process")
seconds = float(sys.argv[1])
kinds = dict(allockinds.kinds)
if len(sys.argv) > 2:
    kinds["pyperformance"] = programs.load(sys.argv[2])
gc.freeze()
gc.disable()
for group in kinds:
    for name, run in kinds[group].items():
        line = {"group": group, "name": name, "rounds": measured(run, seconds)}
        print(json.dumps(line), file=sys.__stdout__, flush=True)
