"""torture_ends.py RECORDINGS.json ENDED: prints each recording whose film ends more than a second before its session did.

ENDED has lines "ID TIME SECONDS": when the session's target was reached, where its time begins or a little later, and when it was
over at the latest. To standard error: how far off the worst is.
"""
import datetime
import json
import sys

CONNECTING = 1.5  # seconds from there to the target's first picture, on a busy machine

films = {r["id"]: r for r in json.load(open(sys.argv[1]))}
missing = []
empty = 0
for line in open(sys.argv[2]):
    recording, reached, ended = line.split()
    film = films.get(recording)
    if film is None:
        print(f"{recording} was being recorded, and is not in the catalog")
        continue
    if reached == "never":
        continue
    begun = datetime.datetime.fromisoformat(reached.replace("Z", "+00:00")).timestamp()
    lost = float(ended) - begun - film["duration_seconds"]
    if film["duration_seconds"] == 0:
        empty += 1
        if lost > 1 + CONNECTING:
            print(f"{recording} has no film after {lost:.2f} s")
        continue
    missing.append(lost)
    if lost > 1:
        print(f"{recording} ({film['status']}) lacks {lost:.2f} s of its end")
if not missing:
    sys.exit("no session's end was seen")
print(f"of {len(missing)} sessions the film that lacks most lacks {max(missing):.2f} s; {empty} were too short for one", file=sys.stderr)
