#!/bin/bash
# long_film.sh [HOURS]: a film of eight hours and four parts in the portal in headless Chromium: where a seek lands, and how long it takes. LONG_SESSION names the
# program that leaves its journal.
set -euo pipefail
. "$(dirname "$(readlink -f "$0")")/lib.sh"
hours=${1:-8}
[ -e "$repository/gateway/portal/dist/index.html" ] || fail "the portal is not built: gateway/portal/build.sh"
[ -x "${LONG_SESSION:-}" ] || fail "LONG_SESSION names no program"
begin long_film
# shellcheck disable=SC2034 # read by start_gateway
https=yes
start_gateway
add_user audrey Correct-Horse-audrey
add_user alice Correct-Horse-alice
admin role bind auditor --user audrey --scope '*' >/dev/null
add_target machine vnc 5900 unused
stop_named serve
id=$("$LONG_SESSION" "$config" "$hours")
restart_gateway
settled() { recordings machine | has -E ' (clean|degraded|failed) '; }
wait_until 3300 "the film" settled
recordings machine
grep -h 'film is ready' "$work/log/serve" || fail "there is no film"
PATH=$repository/gateway/portal/toolchain/node_modules/.bin:$PATH PORTAL=https://127.0.0.1:$https_port FILM=$id HOURS=$hours \
  node "$repository/gateway/portal/e2e/long_film.mjs"
