#!/bin/bash
# torture.sh KILLS [SEED]: during live sessions random ones of serve, its relays and its redaction workers are killed at random moments. Afterwards each
# recording's film plays to within a second of where its session ended, everything verifies, and nothing is left over: no process, file or job.
set -euo pipefail
. "$(dirname "$(readlink -f "$0")")/lib.sh"
kills=${1:?} RANDOM=${2:-$((SRANDOM % 32768))}
echo "seed of this run's choices: ${2:-unknown}"
begin torture

screen=640x480
mkdir "$work/home"
# The screen changes five times a second, or is still for some seconds, and has little to read: it is the kills that this is about.
cat >"$work/home/.session" <<'END'
while :; do printf '\r%(%T)T one plain line of harmless words %s ' -1 $((n++)); sleep $((n % 15 ? 0 : 4)).2; done
END
start_vnc_target machine "$work/home" tgt4711x
export FROSTGATE_TORTURE=$work  # by which its processes are found
start_gateway
add_user alice 'Correct-Horse-9'
add_target machine vnc "$port" tgt4711x
start_screen clients 800x600
clients=$display
mkdir -p "$work/client.home"

# --- sessions -----------------------------------------------------------------------------------------------------

declare -A ended            # recording -> when its session was over at the latest, in seconds since 1970
declare -A worker_kills     # recording -> how often its worker was killed
sessions=0 serves=0
begin_session() {
  local code
  code=$(ticket alice machine) || return 0
  printf %s "$code" | tigervncpasswd -f >"$work/ticket"
  start "client-$((++sessions))" env "DISPLAY=$clients" "HOME=$work/client.home" xtigervncviewer -AlertOnFatalError=0 -ReconnectOnError=0 \
    -SecurityTypes=TLSVnc "-passwd=$work/ticket" "127.0.0.1::$vnc_port"
}
enough_sessions() { [ "$(recording_relays | wc -l)" -ge "$1" ]; }
keep_sessions() {  # keep_sessions COUNT
  local missing
  missing=$(($1 + 1 - $(children relay | wc -l)))  # one waits for a client
  while ((missing-- > 0)); do begin_session; done
}
end_of() { ended[$1]=$EPOCHREALTIME; }  # end_of RECORDING: its session ends now

# --- kills --------------------------------------------------------------------------------------------------------

random_of() { shift $((RANDOM % $#)); echo "$1"; }
kill_serve() {
  local process recording found=()
  for process in $(children relay); do found+=("$(recording_of "$process")"); done
  kill -KILL "$serve"
  for recording in "${found[@]}"; do [ -z "$recording" ] || end_of "$recording"; done
  wait "$serve" 2>/dev/null || true
  mv "$work/log/serve" "$work/log/serve-$((++serves))"  # its workers still write there
  restart_gateway
}
kill_relay() {
  local process recording
  # shellcheck disable=SC2046 # process ids
  process=$(random_of $(recording_relays) "")
  [ -n "$process" ] || return 1
  recording=$(recording_of "$process")
  kill -KILL "$process"
  [ -z "$recording" ] || end_of "$recording"
}
# Twice each: what dies of a recording three times is set aside, as it should be.
kill_worker() {
  local process recording
  # shellcheck disable=SC2046 # process ids
  process=$(random_of $(children redact-worker) "")
  [ -n "$process" ] || return 1
  recording=$(recording_of "$process")
  [ -n "$recording" ] && [ "${worker_kills[$recording]:-0}" -lt 2 ] || return 1
  worker_kills[$recording]=$((${worker_kills[$recording]:-0} + 1))
  kill -KILL "$process"
}

beside=$((kills < 100 ? 2 : 3))  # so many at a time
declare -A done_to=([serve]=0 [relay]=0 [worker]=0)
begun=$SECONDS
for ((count = 0; count < kills;)); do
  keep_sessions $beside
  pause "$(printf '0.%03d' $((RANDOM % 1000)))"
  case $((RANDOM % 6)) in
    0) victim=serve ;;
    1 | 2) victim=relay ;;
    *) victim=worker ;;
  esac
  running "$serve" || fail "serve ended by itself: $(tail -n 5 "$work/log/serve")"
  if "kill_$victim" 2>/dev/null; then count=$((count + 1)) done_to[$victim]=$((${done_to[$victim]} + 1)); fi
done
echo "killed in $((SECONDS - begun)) s, over $sessions sessions: serve ${done_to[serve]}, relays ${done_to[relay]}, workers ${done_to[worker]} times"
keep_sessions 1
wait_until "one more session, after all that" enough_sessions 1
pause 1
for process in $(children relay); do
  recording=$(recording_of "$process")
  [ -z "$recording" ] || end_of "$recording"
done
for ((count = 1; count <= sessions; count++)); do stop_named "client-$count"; done

# --- what is left -------------------------------------------------------------------------------------------------

no_relay() { [ -z "$(recording_relays)" ]; }
wait_until "the end of the sessions" no_relay
begun=$SECONDS
unsettled() { admin recordings list --limit 500 --json | json 'sum(r["status"] in ("recording", "queued", "redacting") for r in d)'; }
settled() { [ "$(unsettled)" = 0 ]; }
wait_until $((1200 + kills * 2)) "the films" settled  # workers yield to all else
echo "the films were ready $((SECONDS - begun)) s later"
admin recordings list --limit 500 --json >"$work/recordings.json"
# When the target was reached, and when the session was over.
for recording in "${!ended[@]}"; do
  reached=$({ grep -ah "session=$recording target .* is reached" "$work"/log/serve* || true; } | cut -d' ' -f1)
  echo "$recording ${reached:-never} ${ended[$recording]}"
done >"$work/ended"
mkdir "$work/films"
while read -r recording status seconds; do
  [ "$status" = clean ] || [ "$status" = degraded ] || { echo "$recording is $status"; continue; }
  [ "$seconds" != 0 ] || continue  # whether that is right is looked at below
  admin recordings fetch "$recording" --output "$work/films/$recording.mp4" >/dev/null
  ffmpeg -nostdin -v error -i "$work/films/$recording.mp4" -enc_time_base -1 -f null - 2>"$work/log/plays" && [ ! -s "$work/log/plays" ] || echo "$recording does not play: $(head -n 1 "$work/log/plays")"
done < <(json '"\n".join("%s %s %g" % (r["id"], r["status"], r["duration_seconds"]) for r in d)' <"$work/recordings.json") >"$work/broken"
python3 "$lib/torture_ends.py" "$work/recordings.json" "$work/ended" >>"$work/broken" 2>"$work/log/ends" || fail "$(cat "$work/log/ends")"
cat "$work/log/ends"
admin verify --all >"$work/log/verify" || sed 's/^/verify: /' "$work/log/verify" >>"$work/broken"
stop "$serve" 20
# A worker or relay that outlives its serve has 5 seconds.
theirs() {
  local process
  # One may go away while it is looked at.
  for process in $(grep -lz "^FROSTGATE_TORTURE=$work$" /proc/[0-9]*/environ || true); do
    { tr '\0' ' ' <"${process%environ}cmdline"; } | grep -E 'frostgate (serve|relay|redact-worker)' || true
  done
} 2>/dev/null
none_left() { [ -z "$(theirs)" ]; }
wait_until "the end of all processes of serve's" none_left
find "$work/data/vault/.incoming" -type f -printf 'an unfinished write: %p\n' >>"$work/broken"
for journal in "$work"/data/journal/*/; do
  grep -q "$(basename "$journal")" "$work/recordings.json" || echo "the journal of nobody: $journal"
done >>"$work/broken"
[ ! -s "$work/broken" ] || fail "$(cat "$work/broken")"
echo "$(ls "$work/films" | wc -l) films play, everything verifies, nothing is left over"
