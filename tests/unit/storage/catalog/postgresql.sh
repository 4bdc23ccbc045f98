#!/bin/bash
# postgresql.sh COMMAND...: runs it with a server of PostgreSQL 15 of its own, which listens on a socket in a temporary directory only, and is ended
# afterwards. The catalog's tests, and gateways that tests/e2e/lib.sh starts, find it in FROSTGATE_TEST_POSTGRESQL.
set -euo pipefail
programs=/usr/lib/postgresql/15/bin
work=$(mktemp -d "${TMPDIR:-/tmp}/frostgate-postgresql.XXXXXX")
as=()
# It refuses to run as root.
if [ "$(id -u)" -eq 0 ]; then
  chown postgres: "$work"
  as=(setpriv --reuid postgres --regid postgres --clear-groups)
fi
server=
end() {
  [ -z "$server" ] || { kill -INT "$server" 2>/dev/null && wait "$server" 2>/dev/null || true; }
  rm -rf "$work"
}
trap end EXIT
trap 'exit 143' INT TERM HUP
cd "$work"
"${as[@]}" "$programs/initdb" -D "$work/data" -U tester -A trust --encoding UTF8 --locale C.UTF-8 --no-sync >"$work/log" 2>&1 || { cat "$work/log"; exit 1; }
# Nobody cuts its power, and on a busy disk its syncs would be ten times the rest.
"${as[@]}" "$programs/postgres" -D "$work/data" -c listen_addresses= -c "unix_socket_directories=$work" -c fsync=off -c full_page_writes=off >>"$work/log" 2>&1 &
server=$!
for ((tries = 0; tries < 200; tries++)); do
  "$programs/pg_isready" -q -h "$work" -U tester -d postgres && break
  kill -0 "$server" 2>/dev/null || { cat "$work/log"; exit 1; }
  sleep 0.1
done
FROSTGATE_TEST_POSTGRESQL="host=$work user=tester dbname=postgres" FROSTGATE_TEST_POSTGRESQL_DATA=$work/data "$@"
