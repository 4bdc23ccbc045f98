#!/bin/bash
# live.sh watch: somebody watches a session in which a secret is typed slowly: live shows the picture and hides the secret, and the film is
#   ready seconds after the session's end.
# live.sh grow none|worker|serve: a session of more than a minute has film segments before it ends. The worker or serve is killed in the middle:
#   the film is complete all the same.
set -euo pipefail
. "$(dirname "$(readlink -f "$0")")/lib.sh"
what=$1 victim=${2:-none}
begin "live-$what-$victim"

secret=tgt4711x typed=Tr0ub4dorX9kQz
start_vnc_target machine "$work/home" $secret
target_display=$display target_port=$port
start_gateway
add_user alice 'Correct-Horse-9'
add_target machine vnc "$target_port" $secret
code=$(ticket alice machine)
start_vnc_client vnc-client "$vnc_port" "$code"
client_display=$display
client_window vnc-client "$client_display"

session_runs() { [ "$(admin sessions list --json | json 'len(d)')" = 1 ]; }
wait_until "the session" session_runs
session=$(admin sessions list --json | json 'd[0]["id"]')
followed() { [ "$(admin sessions list --json | json 'd[0]["live"]')" = True ]; }
wait_until "a worker that follows the session" followed
segments() { find "$work/data/vault/film/$session" -name '*.media' 2>/dev/null | wc -l; }
some_segment() { [ "$(segments)" -ge 1 ]; }
readable() {  # readable PICTURE TEXT
  OMP_THREAD_LIMIT=1 tesseract "$1" - --psm 6 2>/dev/null | has -i "$2"
}

if [ "$what" = watch ]; then
  start live "$frostgate" live "$session" --config "$config" --json --output "$work/live.mp4"
  live_pid=$pid
  type_line "$client_display" 'echo the weekly report is ready; echo please read the second chapter'
  pause 2
  type_text "$client_display" "mysql -u root -p$typed" 330
  pause 4
  press "$client_display" ctrl+c
  type_line "$client_display" 'echo nothing else happened'
  shown_until=$(admin sessions list --json | json 'd[0]["running_seconds"]')
  live_reached() { [ "$(tail -n 1 "$work/log/live" | json 'd["session_seconds"] > '"$shown_until")" = True ]; }
  wait_until 1200 "live showing all of that" live_reached
  stop_named vnc-client
  ended=$SECONDS
  wait_until 1200 "the film" film_settled machine
  echo "the film was ready $((SECONDS - ended)) s after the client was stopped"
  live_over() { ! running "$live_pid"; }
  wait_until "the end of the live stream" live_over
  fetch_film machine "$work/film.mp4"
  # How far depends on what else the machine does: said, not judged.
  python3 -c 'import json, sys
rows = sorted(json.loads(line)["behind_seconds"] for line in open(sys.argv[1]) if line.startswith("{"))
print(f"live was behind by {rows[len(rows) // 2]:.1f} s (median), {rows[int(len(rows) * 0.95)]:.1f} s (95 %), {len(rows)} pieces")' \
    "$work/log/live"
  printf '[{"name": "typed", "value": "%s", "public_prefix": 0}, {"name": "target", "value": "%s", "public_prefix": 0}]' "$typed" "$secret" \
    >"$work/secrets.json"
  OMP_THREAD_LIMIT=1 python3 "$lib/leak_check.py" "$work/live.mp4" "$work/secrets.json" || fail "live shows what was typed"
  OMP_THREAD_LIMIT=1 python3 "$lib/leak_check.py" "$work/film.mp4" "$work/secrets.json" || fail "the film shows what was typed"
  ffmpeg -v error -sseof -3 -i "$work/live.mp4" -update 1 -y "$work/live.png"
  readable "$work/live.png" 'second chapter' || fail "live does not show what stood on the screen"
  [ -z "${PICTURES:-}" ] || cp "$work/live.mp4" "$work/film.mp4" "$work/live.png" "$PICTURES"
  exit 0
fi

type_line "$client_display" 'for i in {1..20}; do echo "$i one plain line of harmless words"; done'
for minute in 1 2; do
  for second in {1..7}; do
    type_line "$client_display" "echo it is the $minute $second"
    pause 5
  done
  [ $minute = 1 ] || break
  case $victim in
    none) ;;
    worker)
      worker=$(children redact-worker)
      [ -n "$worker" ] || fail "serve has no worker"
      # shellcheck disable=SC2086 # one or more
      kill -KILL $worker
      ;;
    serve) break ;;
  esac
done
if [ "$victim" = serve ]; then
  screenshot "$target_display" "$work/target.png"
  kill -KILL "$serve"
  client_gone() { ! running "$(cat "$work/pid/vnc-client")"; }
  wait_until "the client being let go" client_gone
  restart_gateway
else
  wait_until "a film segment of the running session" some_segment
  session_runs || fail "the session has ended"
  echo "$(segments) segments are stored while the session runs"
  pause 2
  screenshot "$target_display" "$work/target.png"
  stop_named vnc-client
fi
ended=$SECONDS
wait_for_film machine "$work/film.mp4"
echo "the film was ready after $((SECONDS - ended)) s"
duration=$(ffprobe -v error -show_entries format=duration -of csv=p=0 "$work/film.mp4")
echo "it lasts $duration s"
admin recordings show "$recording" --json >"$work/recording.json"
ffmpeg -v error -sseof -3 -i "$work/film.mp4" -update 1 -y "$work/film.png"
outside=$(python3 "$lib/covered.py" "$work/recording.json" 980,720)
for picture in target film; do
  convert "$work/$picture.png" -fill gray -draw "$outside" "$work/$picture-outside.png"
done
count=$(compare -metric AE -fuzz 30% "$work/target-outside.png" "$work/film-outside.png" null: 2>&1) || true
[ "$(printf %.0f "$count")" -lt 150 ] || fail "the film's last picture differs from the target's in $count pixels"
# Nothing is left of segments that were made before all was known, or by a worker that died.
stored=$(segments)
listed=$(admin recordings show "$recording" --json | json 'd["duration_seconds"]')
[ "$stored" -ge 1 ] && [ "$stored" -le $((${listed%.*} / 60 + 2)) ] || fail "$stored segments are stored of a film of $listed s"
