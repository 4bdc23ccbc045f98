#!/bin/bash
# Journals that lost their end, or were changed, between session and redaction: the film shows what was recorded until there,
# the recording is degraded, and the log says so with its session.
set -euo pipefail
. "$(dirname "$(readlink -f "$0")")/lib.sh"
begin cut-journal

secret=tgt4711x
sessions=(whole last-byte mid-record first-record altered short-header emptied removed)
start_vnc_target machine "$work/home" $secret
target_port=$port target_display=$display
start_vnc_target noisy "$work/home2" $secret
noisy_port=$port noisy_display=$display
stop_named noisy-xterm
start_gateway
sed -i 's/workers: 2/workers: 0/' "$config"
stop "$serve"
restart_gateway
add_user alice 'Correct-Horse-9'
for session in "${sessions[@]}"; do add_target "$session" vnc "$target_port" $secret; done
add_target two-files vnc "$noisy_port" $secret

start_screen viewers 1280x1024
clients=()
for session in "${sessions[@]}" two-files; do
  code=$(ticket alice "$session")
  printf %s "$code" | tigervncpasswd -f >"$work/$session.vncpasswd"
  mkdir "$work/$session.viewer"
  DISPLAY=$display HOME="$work/$session.viewer" start "viewer-$session" xtigervncviewer -RemoteResize=0 -Shared -AlertOnFatalError=0 \
    -ReconnectOnError=0 -SecurityTypes=TLSVnc -passwd "$work/$session.vncpasswd" "127.0.0.1::$vnc_port"
  clients+=("$pid")
done
recording_all() { [ "$(admin recordings list --json | json 'sum(r["status"] == "recording" for r in d)')" = $((${#sessions[@]} + 1)) ]; }
wait_until "all sessions" recording_all
# Many small records after the large first one. And pictures that no coder makes smaller, until a second file is begun.
type_line "$target_display" 'for i in {1..40}; do echo "$i one plain line of harmless words"; sleep 0.1; done; touch done'
convert -size 1024x768 xc: +noise Random "$work/noise.png"
journal() { echo "$work/data/journal/$(recordings "$1" | cut -d' ' -f1)/$2"; }  # journal TARGET FILE
second_file=$(journal two-files 000001.fgj)
for _ in {1..40}; do
  convert "$work/noise.png" -roll "+$((RANDOM % 1024))+$((RANDOM % 768))" "$work/rolled.png"
  DISPLAY=$noisy_display display -window root "$work/rolled.png" || true  # it draws, and then calls that a failure
  [ ! -e "$second_file" ] || break
done
wait_until "the end of the lines" test -e "$work/home/done"
wait_until "a second file of the noisy journal" test -s "$second_file"
pause 2
for client in "${clients[@]}"; do stop "$client"; done
all_ended() { [ "$(admin recordings list --json | json 'sum(r["status"] == "queued" for r in d)')" = $((${#sessions[@]} + 1)) ]; }
wait_until "the end of all sessions" all_ended
declare -A id
for session in "${sessions[@]}" two-files; do id[$session]=$(recordings "$session" | cut -d' ' -f1); done
folder_of() { echo "$work/data/journal/${id[$1]}"; }
stop "$serve"

size_of() { stat -c %s "$(folder_of "$1")/000000.fgj"; }
shorten() { truncate -s "$2" "$(folder_of "$1")/000000.fgj"; }  # shorten SESSION BYTES
shorten last-byte $(($(size_of last-byte) - 1))
shorten mid-record $(($(size_of mid-record) * 9 / 10))
shorten first-record 300
shorten short-header 30
shorten emptied 0
rm "$(folder_of removed)/000000.fgj"
python3 - "$(folder_of altered)/000000.fgj" <<'END'
import sys
with open(sys.argv[1], "r+b") as file:
    size = file.seek(0, 2)
    file.seek(size * 9 // 10)
    byte = file.read(1)[0]
    file.seek(-1, 1)
    file.write(bytes([byte ^ 1]))
END
: >"$(folder_of two-files)/000001.fgj"

sed -i 's/workers: 0/workers: 2/' "$config"
: >"$work/log/serve"
restart_gateway
settled() { [ "$(admin recordings list --json | json 'sum(r["status"] in ("clean", "degraded", "failed") for r in d)')" = $((${#sessions[@]} + 1)) ]; }
wait_until 1200 "all films" settled
cp "$work/log/serve" "$work/log/redacted"
length_of() { admin recordings show "${id[$1]}" --json | json 'd["duration_seconds"]'; }
shorter() { [ "$(bc <<<"$(length_of "$1") < $(length_of "$2")")" = 1 ]; }
expect() {  # expect STATUS SESSION...
  local status=$1 session have
  shift
  for session in "$@"; do
    read -r _ have _ <<<"$(recordings "$session")"
    echo "$session: $have, $(length_of "$session") s"
    [ "$have" = "$status" ] || fail "$session is $have, not $status"
    [ "$status" = clean ] || grep -E "warning serve session=${id[$session]} .*the film shows what was recorded until then" "$work/log/redacted" ||
      fail "no word in the log about $session"
    [ "$status" = clean ] || admin recordings show "${id[$session]}" --json | grep -E '"journal_(damaged|cut)"' >/dev/null || fail "the report of $session gives no reason"
  done
}
expect clean whole
expect degraded last-byte mid-record altered two-files first-record short-header emptied removed
for session in mid-record altered; do shorter $session whole || fail "$session is as long as the whole film"; done
# What is left of each shows what the whole film shows at that time.
admin recordings fetch "${id[whole]}" --output "$work/whole.mp4" >/dev/null
for session in last-byte mid-record altered two-files; do
  admin recordings fetch "${id[$session]}" --output "$work/$session.mp4" >/dev/null
  ffprobe -v error "$work/$session.mp4" || fail "the film of $session does not play"
done
ffmpeg -v error -ss 1 -i "$work/whole.mp4" -frames:v 1 -y "$work/whole.png"
for session in last-byte mid-record altered; do
  ffmpeg -v error -ss 1 -i "$work/$session.mp4" -frames:v 1 -y "$work/$session.png"
  count=$(compare -metric AE -fuzz 30% "$work/whole.png" "$work/$session.png" null: 2>&1) || true
  [ "$(printf %.0f "$count")" -lt 20000 ] || fail "the film of $session shows something else: $count pixels"
done
for session in first-record short-header emptied removed; do
  if admin recordings fetch "${id[$session]}" --output "$work/none.mp4" 2>"$work/said"; then fail "a film of nothing"; fi
  grep -q 'nothing was recorded' "$work/said" && [ ! -e "$work/none.mp4" ] || fail "fetching no film: $(cat "$work/said")"
done
