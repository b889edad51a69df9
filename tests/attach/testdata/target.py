"""Runs what it is told on standard input, a line at a time, and says that it has."""
import sys


def step(line, names):
    exec(line, names)


names = {}
print("ready", flush=True)
for line in sys.stdin:
    step(line, names)
    print("ok", flush=True)
