#!/usr/bin/env python3
"""covered.py RECORDING.json X,Y: what a film need not show as the target drew it, in its last three seconds.

Prints the masks and unread areas of that time and a box around the pointer at X,Y as drawing commands for ImageMagick. Fails when they
cover more than a fifth of the picture: then there would be little left to compare.
"""
import json
import sys

with open(sys.argv[1], encoding="utf-8") as file:
    record = json.load(file)
x, y = map(int, sys.argv[2].split(","))
since = record["duration_seconds"] * 1000 - 3000
report = record["report"]
boxes = [(m["x"], m["y"], m["width"], m["height"]) for m in report["masks"] + report["unread"] if m["to_ms"] >= since]
area = sum(width * height for _, _, width, height in boxes)
if area > record["width"] * record["height"] / 5:
    sys.exit(f"masks cover {area} pixels of the last picture: {boxes}")
boxes.append((x - 24, y - 24, 48, 48))
print(" ".join(f"rectangle {x},{y} {x + width - 1},{y + height - 1}" for x, y, width, height in boxes))
