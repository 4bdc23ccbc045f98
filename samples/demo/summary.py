#!/usr/bin/env python3
"""summary.py NAME RECORDING.json FILM.mp4: what was masked by which rule, and what it cost."""
import json
import sys

name, record_file, film = sys.argv[1:]
with open(record_file, encoding="utf-8") as file:
    record = json.load(file)
report = record.get("report", {})
seconds = record["duration_seconds"]
relay = record.get("relay", {}).get("cpu_seconds", 0.0)
worker = report.get("worker_cpu_seconds", 0.0)

print(f"{name}: {film}")
print(f"  {record['front']} to {record['back']}, {record['width']}x{record['height']}, {seconds:.1f} s, "
      f"{record['status']}, allowed by rule \"{record['rule']}\"")
rules = {}
for mask in report.get("masks", []):
    rules.setdefault(mask["rule"], []).append(mask)
for rule, masks in sorted(rules.items()):
    print(f"  masked {len({m['secret'] for m in masks}):3d} x {rule:30s} between {min(m['from_ms'] for m in masks) / 1000:5.1f} s "
          f"and {max(m['to_ms'] for m in masks) / 1000:5.1f} s")
if not rules:
    print("  masked nothing")
print(f"  CPU per second of session: relay {relay / max(seconds, 0.1) * 1000:.0f} ms, "
      f"redact {worker / max(seconds, 0.1) * 1000:.0f} ms")
