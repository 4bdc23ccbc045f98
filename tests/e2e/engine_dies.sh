#!/bin/bash
# L21: the worker is killed in the middle of a redaction, each time it is tried. The recording has failed, nothing of it is published, and
# its journal is kept.
set -euo pipefail
. "$(dirname "$(readlink -f "$0")")/lib.sh"
begin engine-dies

secret=tgt4711x
start_vnc_target machine "$work/home" $secret
start_gateway
add_user alice 'Correct-Horse-9'
add_target machine vnc "$port" $secret
code=$(ticket alice machine)
start_vnc_client vnc-client "$vnc_port" "$code"
client_window vnc-client "$display"
pause 1
type_line "$display" 'for i in {1..30}; do echo "$i one plain line of harmless words"; done'
pause 2
stop_named vnc-client

kill_workers() {
  local worker
  for worker in $(children redact-worker); do
    kill -KILL "$worker" 2>/dev/null && killed=$((killed + 1))
  done
  return 0
}
killed=0
deadline=$((SECONDS + 120))
until film_settled machine; do
  ((SECONDS < deadline)) || fail "the recording was never given up; $killed workers were killed"
  kill_workers
  pause 0.1
done
read -r recording status _ <<<"$(recordings machine | tail -n 1)"
[ "$status" = failed ] || fail "the recording is $status after $killed killed workers"
[ $killed -ge 3 ] || fail "only $killed workers were killed"
if admin recordings fetch "$recording" --output "$work/film.mp4" 2>"$work/fetch"; then fail "a failed recording was published"; fi
[ ! -e "$work/film.mp4" ] || fail "something of a failed recording was written"
[ -n "$(find "$work/data/journal" -name '*.fgj' -size +0)" ] || fail "the journal of the failed recording is gone"
grep "$recording" "$work/log/serve" | has 'redaction failed' || fail "the failure is not in the log"
echo "failed after $killed killed workers: $(cat "$work/fetch")"
