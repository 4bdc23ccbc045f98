#!/bin/bash
# run.sh [--sessions N [--seconds S]] [--flips N] [--side PIXELS]: what the gateway, recording, adds between target and user; VNC
# and RDP. With --sessions beside as many more sessions, for at least S seconds (120), and what they cost.
# Compare only numbers of one run: the direct ones tell how fast and how busy the machine was.
# shellcheck disable=SC2154 # many variables are set by lib.sh
set -euo pipefail
SCREEN=${SCREEN:-1920x1080}
. "$(dirname "$(readlink -f "$0")")/../e2e/lib.sh"
bench=${RELAY_BENCH:-$repository/build/bin/relay_bench}
sessions=0 seconds=120
while [ $# -gt 0 ]; do
  case $1 in
    --sessions) sessions=$2 ;;
    --seconds) seconds=$2 ;;
    *) break ;;
  esac
  shift 2
done
begin bench

printf %s tgt4711x | tigervncpasswd -f >"$work/vncpasswd"
chmod 600 "$work/vncpasswd"
# A client sees changes at the next tick of the target's frame clock: of 60 Hz, 0 to 17 ms later, which would hide what
# is measured here.
start_vnc_screen() {  # start_vnc_screen NAME: $port, $display
  free_port port
  start "$1" Xtigervnc -displayfd 3 -geometry "$screen" -depth 24 -rfbport "$port" -localhost -nolisten tcp \
    -FrameRate 500 -SecurityTypes VncAuth -PasswordFile "$work/vncpasswd" -AlwaysShared 3>"$work/$1.display"
  wait_until "the X server $1" grep -q . "$work/$1.display"
  display=:$(cat "$work/$1.display")
  wait_until "the VNC port of $1" listening "$port"
}
start_vnc_screen direct
vnc_displays=("$display") vnc_targets=("$port")
start_vnc_screen relayed
vnc_displays+=("$display") vnc_targets+=("$port")

free_port rdp_direct  # the bench itself serves RDP
free_port rdp_relayed
openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=bench -keyout "$work/key.pem" -out "$work/certificate.pem" \
  2>"$work/log/openssl"

start_gateway
add_user alice 'Correct-Horse-9'
add_target screen vnc "${vnc_targets[1]}" tgt4711x
add_target machine rdp "$rdp_relayed" 'Tgt-Passw0rd' operator
connects=11
vnc_tickets=() rdp_logins=()
for ((i = 0; i < connects; ++i)); do
  vnc_tickets+=("$(ticket alice screen)")
  rdp_logins+=("alice@machine#$(admin ticket issue --user alice --target machine --front rdp --json | json 'd["ticket"]')")
done
if [ "$sessions" -gt 0 ]; then
  . "$repository/tests/bench/sessions.sh"
  begin_sessions "$sessions"
fi
echo "load $(cut -d' ' -f1-3 /proc/loadavg), $(nproc) cores, $screen"
"$bench" --vnc-displays "${vnc_displays[@]}" --vnc-targets "${vnc_targets[@]}" --vnc-password tgt4711x \
  --vnc-gateway "$vnc_port" --vnc-tickets "${vnc_tickets[@]}" --rdp-targets "$rdp_direct" "$rdp_relayed" --rdp-gateway "$rdp_port" \
  --rdp-logins "${rdp_logins[@]}" --certificate "$work/certificate.pem" --key "$work/key.pem" \
  --serve "$serve" "$@"
[ "$sessions" = 0 ] || end_sessions "$seconds"
for target in screen machine; do
  [ -n "$(recordings $target)" ] || fail "the session with $target was not recorded"
done
echo "load $(cut -d' ' -f1-3 /proc/loadavg)"
