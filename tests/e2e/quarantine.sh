#!/bin/bash
# quarantine.sh: the redaction worker dies in each attempt. The recording is failed, nothing of it is handed out, all of it
# is kept; once the cause is gone, trying again makes its film.
set -euo pipefail
. "$(dirname "$(readlink -f "$0")")/lib.sh"
begin quarantine

start_vnc_target machine "$work/home" tgt4711x
start_gateway
add_user alice 'Correct-Horse-9'
add_target machine vnc "$port" tgt4711x
code=$(ticket alice machine)
start_vnc_client vnc-client "$vnc_port" "$code"
client_window vnc-client "$display"
pause 1
type_line "$display" 'for i in {1..20}; do echo "$i one plain line of harmless words"; done'
pause 2

kill_workers() {
  local status worker
  while running "$serve"; do
    for status in /proc/[0-9]*/status; do
      grep -q "^PPid:	$serve$" "$status" 2>/dev/null || continue
      worker=${status//[^0-9]/}
      if tr '\0' ' ' <"/proc/$worker/cmdline" 2>/dev/null | grep -q ' redact-worker'; then
        kill -KILL "$worker" 2>/dev/null && echo killed >>"$work/killed"
      fi
    done
    sleep 0.1
  done
}
kill_workers &
killer=$!
started+=("$killer")
stop_named vnc-client
wait_until 90 "the quarantine" film_settled machine
kill "$killer"
wait "$killer" 2>/dev/null || true
read -r recording status _ <<<"$(recordings machine | tail -n 1)"
[ "$status" = failed ] || fail "the recording is $status"
[ "$(wc -l <"$work/killed")" -ge 3 ] || fail "fewer than three attempts"
! admin recordings fetch "$recording" --output "$work/film.mp4" 2>"$work/refusal" || fail "a failed recording was fetched"
grep -q quarantined "$work/refusal" || fail "the refusal does not say why: $(cat "$work/refusal")"
admin recordings show "$recording" | grep -q "recordings retry $recording" || fail "show does not say what to do"
admin recordings list | grep -q quarantined || fail "list does not say it"
grep -q "$recording.*reason=engine_failed" "$work/log/serve" || fail "the log has no line for it"
[ -n "$(ls "$work/data/journal/$recording"/*.fgj)" ] || fail "the journal is gone"
[ -n "$(ls "$work/data/journal/$recording"/keystrokes/*.fgj)" ] || fail "the keystrokes are gone"

admin recordings retry "$recording"
wait_for_film machine 120 "$work/film.mp4"
ffprobe -v error "$work/film.mp4" || fail "the film does not play"
