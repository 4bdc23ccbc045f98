#!/bin/bash
# quarantine.sh: the redaction worker dies in each attempt. The recording is failed, nothing of it is handed out, all of it
# is kept; once the cause is gone, trying again makes its film.
set -euo pipefail
. "$(dirname "$(readlink -f "$0")")/lib.sh"
begin quarantine

start_vnc_target machine "$work/home" tgt4711x
mkdir "$work/sinks"
echo 'a key' >"$work/sinks/webhook.key"
start receivers python3 "$lib/receivers.py" "$work/sinks"
wait_until "the receivers" test -s "$work/sinks/ports.json"
start_gateway
cat >>"$config" <<END
alerts:
  sinks:
    - {name: hook, type: webhook, url: "http://127.0.0.1:$(json 'd["webhook"]' <"$work/sinks/ports.json")/", secret: sinks/webhook.key}
END
stop "$serve"
restart_gateway
add_user alice 'Correct-Horse-9'
add_target machine vnc "$port" tgt4711x
code=$(ticket alice machine)
start_vnc_client vnc-client "$vnc_port" "$code"
client_window vnc-client "$display"
pause 1
type_line "$display" 'for i in {1..20}; do echo "$i one plain line of harmless words"; done'
pause 2

kill_workers() {
  local worker
  while running "$serve"; do
    for worker in $(children redact-worker); do
      kill -KILL "$worker" 2>/dev/null && echo killed >>"$work/killed"
    done
    sleep 0.1
  done
}
kill_workers &
killer=$!
started+=("$killer")
wait_until "the first kill" test -s "$work/killed"
stop_named vnc-client
wait_until "the quarantine" film_settled machine
kill "$killer"
wait "$killer" 2>/dev/null || true
read -r recording status _ <<<"$(recordings machine | tail -n 1)"
[ "$status" = failed ] || fail "the recording is $status"
[ "$(wc -l <"$work/killed")" -ge 3 ] || fail "fewer than three attempts"
! admin recordings fetch "$recording" --output "$work/film.mp4" 2>"$work/refusal" || fail "a failed recording was fetched"
grep -q quarantined "$work/refusal" || fail "the refusal does not say why: $(cat "$work/refusal")"
admin recordings show "$recording" | has "recordings retry $recording" || fail "show does not say what to do"
admin recordings list | has quarantined || fail "list does not say it"
grep -q "$recording.*reason=engine_failed" "$work/log/serve" || fail "the log has no line for it"
[ -n "$(ls "$work/data/journal/$recording"/*.fgj)" ] || fail "the journal is gone"
[ -n "$(ls "$work/data/journal/$recording"/keystrokes/*.fgj)" ] || fail "the keystrokes are gone"

# Whoever must know has heard of it within a second of the last attempt's end.
told() { grep -q '"kind": "redaction.failed"' "$work/sinks/received"; }
wait_until "the alert" told
python3 - "$work/log/serve" "$work/sinks/received" "$recording" <<'END'
import datetime, json, sys
ends = [line.split()[0] for line in open(sys.argv[1]) if "redaction attempt" in line and sys.argv[3] in line]
end = datetime.datetime.fromisoformat(ends[-1].replace("Z", "+00:00")).timestamp()
alert = next(row for row in map(json.loads, open(sys.argv[2])) if row["alert"]["kind"] == "redaction.failed")
assert alert["signed"] and alert["alert"]["subject"] == sys.argv[3] and alert["alert"]["severity"] == "critical", alert
late = alert["at"] - end
print("redaction failed -> webhook received: %.0f ms" % (late * 1000))
assert late < 1, late
END

admin recordings retry "$recording"
wait_for_film machine "$work/film.mp4"
ffprobe -v error "$work/film.mp4" || fail "the film does not play"
