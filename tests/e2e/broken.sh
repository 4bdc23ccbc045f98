#!/bin/bash
# broken.sh target|relay|serve: something dies in the middle of a session; the client is let go, and the film shows
# everything up to the last second. When serve dies, its relays are gone within 5 s, and have closed their journals. What a relay that dies recorded is,
# by its rule, not to be searched: no word of it is in the catalog.
set -euo pipefail
. "$(dirname "$(readlink -f "$0")")/lib.sh"
victim=$1
begin "broken-$victim"

secret=tgt4711x
start_vnc_target machine "$work/home" $secret
target_display=$display target_port=$port target=$(cat "$work/pid/machine-x")
if [ "$victim" = relay ]; then
  cat >"$work/policy.yaml" <<END
rules: [{name: unsearched, users: "*", targets: "*", allow: true, index_text: false, session: {reconnect_grace: 0}}]
END
fi
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

# Those whose sessions are recorded: another one waits for the next client.
relays_of_serve() {  # $relays
  mapfile -t relays < <(recording_relays)
  [ ${#relays[@]} = "$1" ]
}
# Another one's session was ended just before: for half a minute its user may read why.
if [ "$victim" = serve ]; then
  main_display=$display
  start_vnc_client ended-vnc-client "$vnc_port" "$(ticket alice machine)"
  client_window ended-vnc-client "$display"
  wait_until "two sessions" relays_of_serve 2
  recordings machine >"$work/both"
  other=$(tail -n 1 "$work/both" | cut -d' ' -f1) main=$(head -n 1 "$work/both" | cut -d' ' -f1)
  admin sessions end "$other" --message 'No work for now.' >/dev/null
  wait_until "the end of the other session" grep -q 'ending: ended by the gateway' "$work/log/serve"
  display=$main_display
fi
client_gone() { ! running "$(cat "$work/pid/vnc-client")"; }
started_at=$EPOCHREALTIME
case $victim in
  target)
    kill -KILL "$target"
    wait_until "the relay giving the target up" grep -q 'ending: target' "$work/log/serve"
    pause 1
    xdotool_on "$display" key Return  # leaves the screen that says so
    ;;
  relay)
    relays_of_serve 1 || fail "serve has no relay"
    kill -KILL "${relays[0]}"
    ;;
  serve)
    kill -KILL "$serve"
    started_at=$EPOCHREALTIME
    relays_gone() { for relay in "${relays[@]}"; do [ ! -e "/proc/$relay" ] || return 1; done; }
    wait_until "the end of the relays without their serve" relays_gone
    lasted=$(bc <<<"$EPOCHREALTIME - $started_at")
    echo "${#relays[@]} relays were gone after $lasted s"
    [ "$(bc <<<"$lasted <= 5")" = 1 ] || fail "relays without their serve were there for $lasted s"
    ;;
esac
wait_until "the client being let go" client_gone
echo "the client was let go after $(bc <<<"$EPOCHREALTIME - $started_at") s"
[ "$victim" != serve ] || restart_gateway
running "$serve" || fail "serve ended"
if [ "$victim" = serve ]; then
  for recording in "$other" "$main"; do
    made() { admin recordings show "$recording" --json >"$work/recording.json" && json 'd["status"]' <"$work/recording.json" | has -E '^(clean|degraded)$'; }
    wait_until 1200 "the film of $recording" made
    json 'd["report"]["journal"]["complete"]' <"$work/recording.json" | has True || fail "the journal of $recording was not closed: $(cat "$work/recording.json")"
  done
  admin recordings fetch "$main" --output "$work/film.mp4" >/dev/null
else
  wait_for_film machine "$work/film.mp4"
  admin recordings show "$recording" --json >"$work/recording.json"
fi
signed_lines=$(json 'd["report"]["visible_text"]["lines"]' <"$work/recording.json")
[ "$signed_lines" -gt 0 ] || [ "$victim" = relay ] || fail "nothing is signed of the film's text"
admin verify --all >"$work/log/verify" || fail "verify: $(cat "$work/log/verify")"
admin recordings list --text 'harmless' >"$work/log/found"
if [ "$victim" = relay ]; then
  [ "$signed_lines" = 0 ] || fail "$signed_lines lines are signed of a film that is not to be searched"
  if grep -q "$recording" "$work/log/found"; then fail "a film that is not to be searched is found by a word"; fi
  if grep -aqi harmless "$work"/data/catalog.sqlite*; then fail "the catalog has a word of a film that is not to be searched"; fi
else
  grep -q "${main:-$recording}" "$work/log/found" || fail "the film is not found by its words"
fi
ffmpeg -v error -sseof -3 -i "$work/film.mp4" -update 1 -y "$work/film.png"
outside=$(python3 "$lib/covered.py" "$work/recording.json" 500,400)
for picture in target film; do
  convert "$work/$picture.png" -fill gray -draw "$outside" "$work/$picture-outside.png"
done
count=$(compare -metric AE -fuzz 30% "$work/target-outside.png" "$work/film-outside.png" null: 2>&1) || true
echo "film and target differ in $count pixels"
[ "$(printf %.0f "$count")" -lt 150 ] || fail "the film's last picture differs from the target's in $count pixels"
