#!/bin/bash
# broken.sh target|relay|serve: something dies in the middle of a session; the client is let go, and the film shows
# everything up to the last second.
set -euo pipefail
. "$(dirname "$(readlink -f "$0")")/lib.sh"
victim=$1
begin "broken-$victim"

secret=tgt4711x
start_vnc_target machine "$work/home" $secret
target_display=$display target_port=$port target=$(cat "$work/pid/machine-x")
start_gateway
add_user alice 'Correct-Horse-9'
add_target machine vnc "$target_port" $secret
code=$(ticket alice machine)
start_vnc_client vnc-client "$vnc_port" "$code"
client_window vnc-client "$display"
pause 1
type_line "$display" 'for i in {1..20}; do echo "$i one plain line of harmless words"; done'
pause 3
screenshot "$target_display" "$work/target.png"

# The one whose session is recorded: another one waits for the next client.
relay_of_serve() {  # $relay
  relay=$(recording_relays)
  [ -n "$relay" ]
}
client_gone() { ! running "$(cat "$work/pid/vnc-client")"; }
started_at=$(date +%s.%N)
case $victim in
  target)
    kill -KILL "$target"
    wait_until "the relay giving the target up" grep -q 'ending: target' "$work/log/serve"
    pause 1
    xdotool_on "$display" key Return  # leaves the screen that says so
    ;;
  relay)
    relay_of_serve || fail "serve has no relay"
    kill -KILL "$relay"
    ;;
  serve)
    relay_of_serve || fail "serve has no relay"
    kill -KILL "$serve"
    ;;
esac
wait_until "the client being let go" client_gone
echo "the client was let go after $(bc <<<"$(date +%s.%N) - $started_at") s"
if [ "$victim" = serve ]; then
  relay_gone() { ! [ -e "/proc/$relay" ]; }
  wait_until 7 "the end of the relay without its serve" relay_gone
  restart_gateway
fi
running "$serve" || fail "serve ended"
wait_for_film machine "$work/film.mp4"
admin recordings show "$recording" --json >"$work/recording.json"
ffmpeg -v error -sseof -3 -i "$work/film.mp4" -update 1 -y "$work/film.png"
outside=$(python3 "$lib/covered.py" "$work/recording.json" 500,400)
for picture in target film; do
  convert "$work/$picture.png" -fill gray -draw "$outside" "$work/$picture-outside.png"
done
count=$(compare -metric AE -fuzz 30% "$work/target-outside.png" "$work/film-outside.png" null: 2>&1) || true
echo "film and target differ in $count pixels"
[ "$(printf %.0f "$count")" -lt 150 ] || fail "the film's last picture differs from the target's in $count pixels"
