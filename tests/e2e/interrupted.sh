#!/bin/bash
# interrupted.sh [--demo]: Ctrl-C ends a gateway, its targets and its clients that were left running for a user, and nothing of
# them stays: no process, no folder. With --demo it is the whole of samples/demo.sh --stay.
set -euo pipefail
. "$(dirname "$(readlink -f "$0")")/lib.sh"

if [ "${1:-}" = --stay ]; then  # what is interrupted
  begin stays
  echo "$work" >"$2"
  start_vnc_target machine "$work/home" tgt4711x
  start_gateway
  add_user alice 'Correct-Horse-9'
  add_target machine vnc "$port" tgt4711x
  code=$(ticket alice machine)
  start_vnc_client vnc-client "$vnc_port" "$code"
  client_window vnc-client "$display"
  start_rdp_client rdp-client "$rdp_port" alice@machine 'Correct-Horse-9'
  client_window rdp-client "$display"
  echo "The gateway keeps running until Ctrl-C."
  while running "$serve"; do pause 1; done
  fail "serve ended"
fi

begin interrupted
told=$work/told
if [ "${1:-}" = --demo ]; then
  command=("$repository/samples/demo.sh" --stay --output "$work/films") patience=1500
else
  command=("$lib/interrupted.sh" --stay "$told") patience=180
fi
# A session and a foreground process group of its own, as in a terminal; bash ignores SIGINT in what it starts with `&`, so
# Python starts it.
TMPDIR=$work start session python3 -c '
import os, signal, sys
os.setsid()
signal.signal(signal.SIGINT, signal.SIG_DFL)
os.execv(sys.argv[1], sys.argv[1:])' "${command[@]}"
session=$pid
stays() { running "$session" || fail "it ended: $(tail -n 5 "$work/log/session")"; grep -q 'until Ctrl-C' "$work/log/session"; }
wait_until $patience "a gateway that stays" stays

# What belongs to it has its folder in the command line or the environment.
theirs() {
  local process
  for process in /proc/[0-9]*; do
    [ "${process#/proc/}" != "$$" ] || continue
    if tr '\0' '\n' <"$process/cmdline" 2>/dev/null | has "$work/frostgate-" ||
      tr '\0' '\n' <"$process/environ" 2>/dev/null | has "$work/frostgate-"; then
      echo "${process#/proc/} $(tr '\0' ' ' <"$process/cmdline")"
    fi
  done 2>/dev/null
}
before=$(theirs | wc -l)
[ "$before" -ge 5 ] || fail "expected more processes than $before to end"
kill -INT -- "-$session"
session_over() { ! running "$session"; }
wait_until "the end after Ctrl-C" session_over
status=0
wait "$session" || status=$?
[ $status = 130 ] || fail "it ended with $status instead of 130"
left=$(theirs)
[ -z "$left" ] || fail "of $before processes there are left: $left"
folders=$(find "$work" -mindepth 1 -maxdepth 1 -name 'frostgate-*')
[ -z "$folders" ] || fail "it left $folders"
echo "$before processes and their folder are gone"
