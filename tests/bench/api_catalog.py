#!/usr/bin/env python3
"""api_catalog.py CATALOG COUNT: fills a catalog (a file of SQLite, or a connection string of libpq) that serve has made, and has let go of, with so many recordings: three years of 200 people on 300 targets.

Every second one was made under a policy that is no more, half of these behind a gate that asks for approval. What is rare is rare on purpose: user-199 and
target-299 have three recordings, the rule of detection rare.mask, the tag site=vault and the word "needle" stand in three, all of them old."""
import csv, io, os, random, sqlite3, subprocess, sys

catalog, count = sys.argv[1], int(sys.argv[2])
rng = random.Random(6)
postgresql = "=" in catalog
db = None if postgresql else sqlite3.connect(catalog)
if db:
    db.execute("PRAGMA synchronous = OFF")


def run(statement, rows=""):
    subprocess.run(["psql", "-qX", "-v", "ON_ERROR_STOP=1", "-d", catalog, "-c", statement], input=rows, text=True, check=True)


def add(table, columns, rows):
    if db:
        db.executemany(f"INSERT INTO {table} ({columns}) VALUES (" + ", ".join("?" * (columns.count(",") + 1)) + ")", rows)
        return
    text = io.StringIO()
    csv.writer(text, quoting=csv.QUOTE_ALL).writerows(rows)
    run(f"COPY {table} ({columns}) FROM STDIN (FORMAT csv)", text.getvalue())


start, year = 1_700_000_000_000_000, 365 * 86_400_000_000
rules = [f"label.{name}" for name in ("password", "secret", "token", "pin", "key")] + ["aws.access_key", "github.token", "jwt", "card.number", "private_key"]
policies = []
for number in range(20):
    digest = f"{number:064x}"
    lines = ["rules:"]
    for rule in range(100):
        gate = ", gates: {watch: {approval: {users: [carol]}}}" if rule % 2 else ""
        lines.append(f"  - {{name: old-{rule}, users: \"*\", targets: [\"target-{rule}*\"], allow: true{gate}}}")
    policies.append(digest)
    add("policies", "digest, body, first_seen", [(digest, "\n".join(lines) + "\n", start)])
line_bits = 20
words = [line.strip() for line in open("/usr/share/dict/words") if line.strip().isalpha() and line.isascii()][:20000]
report = '{"redaction":{"status":"clean","masks":[' + ",".join('{"rule":"label.password","at_ms":1,"box":[10,20,300,16],"until_ms":99}' for _ in range(80)) + "]}}"
recordings, tags, masks, lines = [], [], [], []
for number in range(1, count + 1):
    began = start + (number * 3 * year) // count
    rare = number in (3, count // 10, count // 5)
    user = "user-199" if rare else f"user-{rng.randrange(199):03}"
    target = "target-299" if rare else f"target-{rng.randrange(299):03}"
    old = number % 2
    name = f"old-{rng.randrange(100)}" if old else "everybody-everywhere"
    ident = f"2025-{number:08}"
    status = "failed" if number % 500 == 7 else "degraded" if rng.randrange(100) < 3 else "clean"
    recordings.append((ident, user, target, "rdp", "rdp", "192.0.2.7", "node", name, rng.choice(policies), began, began + 1_800_000_000, "the client left", status, 0, 1.0,
                       "", 1_800_000_000, 1920, 1080, report, "discard", 0, 1, number))  # generation 0: no film is in the vault that serve would miss
    tags += [(ident, "env", "prod" if number % 10 == 0 else "test", number), (ident, "team", f"t{rng.randrange(20):02}", number)] + ([(ident, "site", "vault", number)] if rare else [])
    masks += [(ident, rule, rng.randrange(1, 9), number) for rule in rng.sample(rules, rng.randrange(4))] + ([(ident, "rare.mask", 1, number)] if rare else [])
    for line in range(6):
        text = " ".join(rng.choices(words, k=9)) + (" needle" if rare and line == 0 else "")
        lines.append(((number << line_bits) + line, 0, 1_000_000, 10, 20, 300, 16, text))
add("recordings", "id, user_name, target, front, back, peer, node, rule_name, policy_digest, started, ended, end_reason, status, interrupted, progress,"
    " journal_directory, film_duration, film_width, film_height, report_json, original, generation, last_generation, number", recordings)
add("recording_tags", "recording, name, value, number", tags)
add("recording_masks", "recording, rule, count, number", masks)
add("text_lines", "number, from_us, to_us, x, y, width, height, words", lines)
counter = f"UPDATE counters SET value = {count} WHERE name = 'recording'"
if db:
    add("text_index", "rowid, words", [(line[0], line[7]) for line in lines])
    db.execute(counter)
else:
    run("INSERT INTO text_index (rowid, words) SELECT number, to_tsvector('simple', regexp_replace(lower(unaccent(words)), '[^[:alnum:]]+', ' ', 'g')) FROM text_lines")
    run(counter)
requests = []
for number in range(count // 5):
    row = recordings[number * 5]
    requests.append((f"r-{number:012x}", "watch", f"user-{rng.randrange(50):03}", row[2], row[0], 0, 0, "an audit", "", row[7], row[8], 1, "carol\n", "", "", 0, 3_600_000_000, 1,
                     row[9], row[9] + 86_400_000_000, "used", row[9] + 1, "", 0, "", "", 0, "", "", 2, 0, 0, 0, 0))
add("approval_requests", "id, kind, requester, target, recording, from_us, to_us, reason, ticket, rule_name, policy_digest, needed, users, groups, later_groups,"
    " escalates, validity, one_use, created, expires, state, used_at, used_by, emergency, ended_by, end_comment, reviewed, reviewer, review, version,"
    " area_x, area_y, area_width, area_height", requests)
if postgresql:
    run("ANALYZE")  # as the server's own vacuum would have by then
    sys.exit()
db.commit()
db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
with open(catalog, "rb+") as file:
    os.fsync(file.fileno())  # or serve's first does it, for half a minute on a busy disk
