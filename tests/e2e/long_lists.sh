#!/bin/bash
# long_lists.sh [ROWS]: the portal's lists in headless Chromium over a catalog of 100 000 recordings and as many entries of the audit log: the first pages, typing,
# scrolling, and what is exported. Each step is done beside the same one on a gateway with 2500 of each, and must not take much longer: that holds on any machine.
set -euo pipefail
. "$(dirname "$(readlink -f "$0")")/lib.sh"
rows=${1:-100000}
[ -e "$repository/gateway/portal/dist/index.html" ] || fail "the portal is not built: gateway/portal/build.sh"
begin long_lists
# shellcheck disable=SC2034 # read by start_gateway
https=yes
start_gateway
add_user audrey Correct-Horse-audrey
for role in auditor compliance admin; do admin role bind $role --user audrey --scope '*' >/dev/null; done
stop_named serve
few=2500
cp -a "$work/data" "$work/few"
sed "s,$work/data,$work/few," "$config" | sed "s,$work/run,$work/few_run," >"$work/few.yaml"
mkdir -m 700 "$work/few_run"
# Users and targets, a twentieth as many; and sign-ins of 200 people, linked as storage/catalog/FORMAT.md says.
fill() {  # fill CATALOG ROWS
  python3 "$repository/tests/bench/api_catalog.py" "$1" "$2"
  python3 - "$1" "$2" <<'END'
import hashlib, sqlite3, sys
db, count = sqlite3.connect(sys.argv[1]), int(sys.argv[2])
def digest(*lines): return hashlib.sha256("".join(f"{line}\n" for line in lines).encode()).hexdigest()
last, link, at = db.execute("SELECT number, link, at FROM ledger ORDER BY number DESC LIMIT 1").fetchone()
rows = []
for number in range(last + 1, last + 1 + count):
    user = f"user-{number % 200:03}"
    noted = digest(user, "{}")
    link = digest("frostgate ledger v1", link, number, at, "login", user, noted)
    rows.append((number, at, "login", user, user, "{}", noted, link))
db.executemany("INSERT INTO ledger (number, at, event, subject, actor, details, digest, link) VALUES (?, ?, ?, ?, ?, ?, ?, ?)", rows)
db.execute("UPDATE counters SET value = ? WHERE name = 'ledger'", (last + count,))
people = [f"person-{n:05}" for n in range(count // 20)]
db.executemany("INSERT INTO users (name, password_hash, disabled, created) VALUES (?, '', 0, ?)", [(name, at) for name in people])
db.executemany("INSERT INTO role_bindings (id, role, subject_kind, subject, scope, created) VALUES (?, 'operator', 'user', ?, 'team=lab', ?)", [(f"b-{name}", name, at) for name in people])
db.executemany("INSERT INTO targets (name, protocol, host, port, login_user, login_domain, wrapped_credential, pinned_certificate, last_certificate, created)"
               " VALUES (?, 'vnc', '192.0.2.1', 5900, '', '', '', '', '', ?)", [(name.replace("person", "machine"), at) for name in people])
db.commit()
END
}
fill "$work/data/catalog.sqlite" "$rows"
fill "$work/few/catalog.sqlite" "$few"
start few "$frostgate" serve --config "$work/few.yaml"
wait_until "the gateway with few (see $work/log/few)" test -s "$work/few_run/ports.json"
# It looks through the whole log first.
# shellcheck disable=SC2034 # read by restart_gateway
gateway_seconds=180
restart_gateway
PATH=$repository/gateway/portal/toolchain/node_modules/.bin:$PATH PORTAL=https://127.0.0.1:$https_port \
  FEW=https://127.0.0.1:$(json 'd["https"]' <"$work/few_run/ports.json") ROWS=$rows \
  node "$repository/gateway/portal/e2e/long_lists.mjs"
