#!/bin/bash
# demo_stay.sh [PICTURES]: the demo with --stay, as a newcomer runs it: with the users and passwords that it prints one gets to what the README names, and Ctrl-C leaves nothing running.
set -euo pipefail
. "$(dirname "$(readlink -f "$0")")/lib.sh"
begin demo_stay
# Of a shell's own background a SIGINT is ignored; of a person's Ctrl-C it is not.
FROSTGATE=$frostgate start demo env --default-signal=INT "$repository/samples/demo.sh" --stay --output "$work/films"
demo=$pid
invited() {
  running "$demo" || fail "the demo ended: $(tail -n 5 "$work/log/demo")"
  grep -q '^The custodians of the originals' "$work/log/demo"
}
wait_until 1800 "the portal and its users" invited
portal=$(sed -nE 's,^Portal: (https://[^ ]+).*,\1,p' "$work/log/demo")
there=$(sed -nE 's,^The custodians.* (/[^ ]+)/custodians$,\1,p' "$work/log/demo")
users=$(sed -nE 's,^  (alice|paula|audrey|carol|adam) +([^ ]+) .*,\1 \2,p' "$work/log/demo")
PATH=$repository/gateway/portal/toolchain/node_modules/.bin:$PATH TMPDIR=$work PORTAL=$portal USERS=$users DB1=$there/db1 CUSTODIANS=$there/custodians LOG=$work/log/demo PICTURES=${1:-} node "$repository/gateway/portal/e2e/demo_way.mjs"
pgrep -f "$there" >/dev/null || fail "no process of the demo has its folder $there in its command"
kill -INT "$demo"
wait_until "the end of the demo" eval '! running "$demo"'
! pgrep -af "$there" || fail "that is left running"
[ ! -e "$there" ] || fail "$there is left"
