#!/bin/bash
# recovery.sh [SESSIONS [FILMS]]: serve is killed (-9) with so many sessions (50) that are being recorded and so many films (none) in the vault, and started again. How long
# until it listens, until somebody is admitted, and until all films are compared with the catalog. Compare figures of one machine only, and say how busy it was.
# shellcheck disable=SC2154 # many variables are set by lib.sh
set -euo pipefail
sessions=${1:-50} films=${2:-0}
. "$(dirname "$(readlink -f "$0")")/../e2e/lib.sh"
begin recovery
screen=640x480
mkdir "$work/home"
printf 'while :; do echo "one plain line of harmless words"; sleep 1; done\n' >"$work/home/.session"
start_vnc_target machine "$work/home" tgt4711x
start_gateway
if [ "$films" -gt 0 ]; then
  stop "$serve" 20
  python3 "$repository/tests/bench/many_films.py" "$work/data" "$films"
  sync
  restart_gateway
fi
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
printf 'FIGURE  recovery after a crash with %s running sessions: %s s (at most 10)\n' "$sessions" "$(bc <<<"scale=2; ($listens - $before) / 1000")"
[ $((listens - before)) -le 10000 ] || fail "it takes longer than 10 s to accept sessions again"
[ "$films" -gt 0 ] || exit 0
compared() { grep -a 'catalog and vault compared, finished films' "$work/log/serve"; }
wait_until 900 "the films compared" compared
echo "$films films: compared $(($(date +%s%3N) - before)) ms after the start, beside $sessions films being made"
compared | has ' 2 problems' || fail "another number of differences: $(compared)"
grep -aq 'film/f-lacks/.*000002.media, a part of a published film, is missing' "$work/log/serve" || fail "the part that is missing is not reported"
grep -aq 'film/f-stranger belongs to no recording' "$work/log/serve" || fail "the film that the catalog does not have is not reported"
[ ! -e "$work/data/vault/film/f-more/g000001/p000000/000003.media" ] || fail "what was never entered is still there"
