#!/usr/bin/env python3
"""index_check.py CATALOG SECRETS.json: no piece of a credential stands in the text that can be searched for."""
import json
import sqlite3
import sys

PIECE = 7  # characters beyond what is public of it


def folded(text):
    return "".join(text.casefold().split())


catalog = sqlite3.connect(f"file:{sys.argv[1]}?mode=ro", uri=True)
lines = [folded(row[0]) for row in catalog.execute("SELECT words FROM text_lines")]
leaks = 0
for secret in json.load(open(sys.argv[2])):
    body = folded(secret["value"][secret.get("public_prefix", 0):])
    size = min(PIECE, len(body))
    pieces = {body[i:i + size] for i in range(len(body) - size + 1)}
    found = [line for line in lines if any(piece in line for piece in pieces)]
    if found:
        leaks += 1
        print(f"   {secret['name']} can be searched for: {found[0]}")
print(f"   {len(lines)} lines can be searched for")
if not lines:
    print("   and there should be some")
sys.exit(leaks > 0 or not lines)
