"""Times calls through watched slots against calls past them; a line of JSON for each."""

import json
import sys

import price

n, rounds = int(sys.argv[1]), int(sys.argv[2])
for which, name in enumerate(price.names()):
    price.measure(which, n, 1)  # warm up
    gated, pairs = price.measure(which, n, rounds)
    print(json.dumps({"name": name, "gated": gated, "pairs": pairs}))
