#!/bin/bash
# recovery.sh [SESSIONS]: serve is killed (-9) with so many sessions (50) that are being recorded, and started again. How long until it listens, and
# until somebody is admitted. Compare figures of one machine only, and say how busy it was.
# shellcheck disable=SC2154 # many variables are set by lib.sh
set -euo pipefail
sessions=${1:-50}
. "$(dirname "$(readlink -f "$0")")/../e2e/lib.sh"
begin recovery
screen=640x480
mkdir "$work/home"
printf 'while :; do echo "one plain line of harmless words"; sleep 1; done\n' >"$work/home/.session"
start_vnc_target machine "$work/home" tgt4711x
start_gateway
add_user alice 'Correct-Horse-9'
add_target machine vnc "$port" tgt4711x
start_screen clients 800x600
mkdir -p "$work/client.home"
client() {  # client NAME
  printf %s "$(ticket alice machine)" | tigervncpasswd -f >"$work/ticket"
  start "$1" env "DISPLAY=$display" "HOME=$work/client.home" xtigervncviewer -AlertOnFatalError=0 -ReconnectOnError=0 -SecurityTypes=TLSVnc \
    "-passwd=$work/ticket" "127.0.0.1::$vnc_port"
}
reached() { [ "$(grep -ac 'is reached' "$work/log/serve")" -ge "$1" ]; }
for ((count = 1; count <= sessions; count++)); do
  client "client-$count"
  wait_until "session $count" reached "$count"
done
pause 2
kill -KILL "$serve"
wait "$serve" 2>/dev/null || true
mv "$work/log/serve" "$work/log/serve-before"
before=$(date +%s%3N)
restart_gateway
listens=$(date +%s%3N)
client after
wait_until "a session after the crash" reached 1
echo "$sessions sessions, load $(cut -d' ' -f1 /proc/loadavg): listens $((listens - before)) ms after the start, and the next session has its target $(($(date +%s%3N) - before)) ms after it"
queued=$(grep -ac 'the gateway stopped during this session' "$work/log/serve")
[ "$queued" = "$sessions" ] || fail "$queued of $sessions sessions were taken up"
[ $((listens - before)) -le 10000 ] || fail "it takes longer than 10 s to accept sessions again"
