#!/usr/bin/env python3
"""many_films.py DATA_DIR COUNT: fills catalog and vault of a gateway that does not run with so many films of one minute, whose objects are empty words. On purpose one film lacks a part
(f-lacks), one has a part that was never entered (f-more), and one is in the vault alone (f-stranger)."""
import os, sqlite3, sys

data, count = sys.argv[1], int(sys.argv[2])
db = sqlite3.connect(os.path.join(data, "catalog.sqlite"))
db.execute("PRAGMA synchronous = OFF")
start = 1_700_000_000_000_000
names = ["f-lacks", "f-more"] + [f"f-{number:08}" for number in range(count - 2)]
recordings, segments, thumbnails = [], [], []
def put(key):
    path = os.path.join(data, "vault", key)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as file:
        file.write(b"x")
for number, name in enumerate(names, 1):
    began = start + number * 1_000_000
    recordings.append((name, "user", "target", "rdp", "rdp", "192.0.2.7", "node", "everybody-everywhere", "0" * 64, began, began + 60_000_000, "the client left", "clean", 0, 1.0, "",
                       60_000_000, 1920, 1080, '{"redaction":{"status":"clean"}}', "discard", 1, 1, number))
    for index, kind in enumerate(("init", "media", "media")):
        key = f"film/{name}/g000001/p000000/{index:06}.{kind}"
        segments.append((name, 1, 0, index, kind, 0, 30_000_000, 1920, 1080, 30, key, 1, 1, "0" * 64))
        if (name, index) != ("f-lacks", 2):
            put(key)
    for ending in ("json", "p7s"):
        put(f"manifest/{name}/g000001.{ending}")
    key = f"thumbnail/{name}/g000001/000000.jpg"
    thumbnails.append((name, 0, 0, 320, 180, key))
    put(key)
put("film/f-more/g000001/p000000/000003.media")
put("film/f-stranger/g000001/p000000/000000.init")
db.executemany("INSERT INTO recordings (id, user_name, target, front, back, peer, node, rule_name, policy_digest, started, ended, end_reason, status, interrupted, progress,"
               " journal_directory, film_duration, film_width, film_height, report_json, original, generation, last_generation, number) VALUES (" + ", ".join("?" * 24) + ")", recordings)
db.executemany("INSERT INTO segments (recording, generation, part, idx, kind, start_us, duration_us, width, height, frames, object_key, sealed_size, plain_size, sha256)"
               " VALUES (" + ", ".join("?" * 14) + ")", segments)
db.executemany("INSERT INTO thumbnails (recording, number, at_us, width, height, object_key) VALUES (?, ?, ?, ?, ?, ?)", thumbnails)
db.execute("UPDATE counters SET value = ? WHERE name = 'recording'", (len(names),))
db.commit()
db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
