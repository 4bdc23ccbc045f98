#!/usr/bin/env python3
"""harmless.py RECORDING.json FIRST LAST: the first and the last seconds of the session showed no secret, so nothing may be masked in them.

A mask that reaches back over what was before its secret, or that stays on what comes after it, leaks nothing, but takes the film from who
must watch it.
"""
import json
import sys

with open(sys.argv[1], encoding="utf-8") as file:
    record = json.load(file)
first, last = (float(seconds) * 1000 for seconds in sys.argv[2:])
end = record["duration_seconds"] * 1000
needless = [mask for mask in record["report"]["masks"] if mask["from_ms"] < first or mask["to_ms"] > end - last]
for mask in needless:
    print(f"{mask['rule']} at {mask['x']},{mask['y']} {mask['width']}x{mask['height']} from {mask['from_ms']} to {mask['to_ms']} ms")
if needless:
    sys.exit(f"{len(needless)} masks cover harmless text at the beginning or at the end of {sys.argv[1]}")
