# shellcheck shell=bash
# Sourced by run.sh: many sessions at once, a third of their time busy, and what the gateway's processes cost for them.
# Everything that is not the gateway has the lowest priority.
# shellcheck disable=SC2154 # many variables are set by lib.sh and run.sh

# Nine seconds of an admin's work, twenty-one of rest.
cat >"$work/busy_third" <<'END'
text=/usr/share/common-licenses/GPL-3
pause() { sleep "$1"; }
pause $((RANDOM % 30))
while :; do
  clear
  for ((i = 0; i < 45; i++)); do
    printf '%s INFO shop.http GET /api/items?page=%d 200 %d ms worker=%d\n' "$(date +%T)" $((RANDOM % 90)) $((RANDOM % 400)) $((RANDOM % 8))
    pause 0.066
  done
  clear
  ls -l /usr/lib | head -n 55
  pause 1.5
  for ((page = 0; page < 6; page++)); do
    clear
    tail -n +$((page * 50 + RANDOM % 9)) $text | head -n 50
    pause 0.5
  done
  for ((i = 0; i < 15; i++)); do
    printf %s "$(tail -c +$((RANDOM % 9000)) $text | tr -cd a-z | head -c 1)"
    pause 0.1
  done
  pause 21
done
END

begin_sessions() {  # begin_sessions COUNT: they are up, and recorded, when it returns
  local number
  start_screen viewers
  for ((number = 1; number <= $1; number++)); do
    free_port port
    start "busy-$number-x" nice -n 19 Xtigervnc -displayfd 3 -geometry "$screen" -depth 24 -rfbport "$port" -localhost -nolisten tcp \
      -SecurityTypes VncAuth -PasswordFile "$work/vncpasswd" -AlwaysShared 3>"$work/busy.display"
    wait_until "an X server" grep -q . "$work/busy.display"
    DISPLAY=:$(cat "$work/busy.display") start "busy-$number-xterm" nice -n 19 xterm -fa 'DejaVu Sans Mono' -fs 10 \
      -geometry 180x56+20+20 -e bash "$work/busy_third"
    rm "$work/busy.display"
    add_target "busy-$number" vnc "$port" tgt4711x >/dev/null
    mkdir -p "$work/viewers.home"
    start "busy-$number-client" nice -n 19 env "DISPLAY=$display" "HOME=$work/viewers.home" VNC_USERNAME="alice@busy-$number" \
      VNC_PASSWORD=Correct-Horse-9 xtigervncviewer -Shared -RemoteResize=0 -AlertOnFatalError=0 -ReconnectOnError=0 \
      -SecurityTypes=TLSPlain "127.0.0.1::$vnc_port"
  done
  all_reached() { [ "$(grep -c 'target busy-[0-9]* is reached' "$work/log/serve")" = "$1" ]; }
  wait_until "$1 sessions" all_reached "$1"
  busy_sessions=$1 busy_since=$(date +%s.%N) cpu_before=$(gateway_cpu)
}

# Of serve and all its children, also those that have gone, in seconds.
gateway_cpu() {
  local process ticks=0 fields
  for process in "$serve" $(pgrep -P "$serve" || true); do
    fields=$(sed 's/.*) //' "/proc/$process/stat" 2>/dev/null) || continue
    # shellcheck disable=SC2086 # fields
    set -- $fields
    ticks=$((ticks + ${12} + ${13}))
    [ "$process" != "$serve" ] || ticks=$((ticks + ${14} + ${15}))
  done
  bc <<<"scale=2; $ticks / $(getconf CLK_TCK)"
}

end_sessions() {  # end_sessions SECONDS: when they have lasted as long; prints what they cost
  local lasted number during left
  left=$(bc <<<"$busy_since + $1 - $(date +%s.%N)")
  [[ $left == -* ]] || pause "$left"
  lasted=$(bc <<<"$(date +%s.%N) - $busy_since")
  during=$(bc <<<"$(gateway_cpu) - $cpu_before")
  for ((number = 1; number <= busy_sessions; number++)); do stop_named "busy-$number-client"; done
  local ended=$SECONDS
  no_film_missing() { ! recordings_of_all | grep -Eqv '^(clean|degraded|failed)$'; }
  recordings_of_all() { admin recordings list --limit 500 --json | json '"\n".join(r["status"] for r in d if r["target"].startswith("busy-"))'; }
  wait_until 600 "the films" no_film_missing
  echo "$busy_sessions sessions for $(printf %.0f "$lasted") s, 30 % busy: $(bc <<<"scale=2; $during / $lasted") cores for serve, relays and workers meanwhile," \
    "$(bc <<<"scale=2; ($(gateway_cpu) - $cpu_before) / $lasted") with what was left to redact, for which it took $((SECONDS - ended)) s"
  echo "  of it relays $(used 'relay') s, redaction $(used 'the worker') s"
}
used() {  # used WHO: CPU seconds, as serve's log has them
  { grep -o "$1 used [0-9.]* s of CPU" "$work/log/serve" || true; } | awk '{for (i = 1; i < NF; i++) if ($i == "used") sum += $(i + 1)} END {printf "%.1f", sum}'
}
