#!/bin/bash
# admin_session.sh SESSION.sh [PROTOCOL [CLIENT ARGUMENT...]]: what a relay costs while an administrator works for 180 s at 1920x1080. SESSION.sh DISPLAY is the
# work, the same for every product that was ever measured with it; PROTOCOL is rdp (the default, xfreerdp with its arguments, such as /gfx) or vnc.
# The reference is `ffmpeg -f x11grab` at 10 pictures a second on the same screen, which took 28.0 s of CPU where the figures to reach were set: what it takes
# here tells how fast this machine is.
# shellcheck disable=SC2154 # many variables are set by lib.sh
set -euo pipefail
SCREEN=1920x1080
session=$(readlink -f "${1:?the script of the session}")
protocol=${2:-rdp}
shift $(($# < 2 ? $# : 2))
. "$(dirname "$(readlink -f "$0")")/../e2e/lib.sh"
begin admin-session
where_set=28.0

work_on() { HOME="$work" bash "$session" "$display" >>"$work/log/session" 2>&1; }
cpu_of_children() {  # of this shell, that have ended: user and system, seconds
  awk -v tick="$(getconf CLK_TCK)" '{sub(/.*\) /, ""); print ($14 + $15) / tick}' "/proc/$$/stat"
}
show() { echo "load $(cut -d' ' -f1-3 /proc/loadavg): $*"; }

start_screen reference
before=$(cpu_of_children)
start ffmpeg ffmpeg -nostdin -v error -f x11grab -framerate 10 -video_size "$screen" -i "$display" -c:v libx264 -preset veryfast -crf 23 -pix_fmt yuv420p -t 178 "$work/reference.mp4"
grabber=$pid
work_on &
worker=$!
wait "$grabber"
reference=$(bc <<<"$(cpu_of_children) - $before")
wait "$worker"
stop_named reference-x
show "ffmpeg took $reference s, $where_set where the figures were set: this machine is slower by $(bc <<<"scale=2; $reference / $where_set")"

start_gateway
add_user alice 'Correct-Horse-9'
start_screen machine
target_display=$display
free_port port
if [ "$protocol" = vnc ]; then
  printf %s tgt4711x | tigervncpasswd -f >"$work/vncpasswd"
  stop_named machine-x
  start machine Xtigervnc -displayfd 3 -geometry "$screen" -depth 24 -rfbport "$port" -localhost -nolisten tcp -SecurityTypes VncAuth -PasswordFile "$work/vncpasswd" \
    3>"$work/machine.display"
  wait_until "the X server of the machine" grep -q . "$work/machine.display"
  wait_until "the VNC port of the machine" listening "$port"
  target_display=:$(cat "$work/machine.display")
  add_target machine vnc "$port" tgt4711x
  start_vnc_client client "$vnc_port" "$(ticket alice machine)"
else
  (umask 077; winpr-hash -u operator -p Tgt-Passw0rd -f sam >"$work/machine.sam"; mkdir -p "$work/machine.shadow")
  DISPLAY=$display HOME="$work/machine.shadow" start machine-shadow freerdp-shadow-cli "/port:$port" /bind-address:127.0.0.1 "/sam-file:$work/machine.sam" /sec:nla +auth
  wait_until "the RDP port of the machine" listening "$port"
  add_target machine rdp "$port" Tgt-Passw0rd operator
  start_rdp_client client "$rdp_port" "alice@machine#$(admin ticket issue --user alice --target machine --front rdp --json | json 'd["ticket"]')" - tls "$@"
fi
client_window client "$display"
display=$target_display
work_on
memory=$(for process in $(recording_relays); do awk '/^Pss:/ {sum += $2} END {printf "%.0f", sum / 1024}' "/proc/$process/smaps_rollup"; done)
stop_named client
wait_until "the end of the relay" grep -q 'relay used [0-9.]* s of CPU' "$work/log/serve"
used=$(sed -nE 's/.*relay used ([0-9.]+) s of CPU.*/\1/p' "$work/log/serve" | tail -n 1)
show "the relay, $protocol $*, took $used s, journal included, and has $memory MiB of PSS at the end: $(bc <<<"scale=3; $used / $reference") of what ffmpeg took, $(bc <<<"scale=1; $used * $where_set / $reference") s where the figures were set"
