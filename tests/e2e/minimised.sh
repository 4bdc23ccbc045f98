#!/bin/bash
# L20: a client that is minimised asks for no more output. What happens on the target meanwhile is in the film all the same, and at the client when it shows again.
set -euo pipefail
. "$(dirname "$(readlink -f "$0")")/lib.sh"
. "$lib/client_screen.sh"
begin minimised

start_rdp_target machine "$work/home" operator 'Tgt-Passw0rd'
target_display=$display
start_gateway
add_user alice 'Correct-Horse-9'
add_target machine rdp "$port" 'Tgt-Passw0rd' operator
start_rdp_client rdp-client "$rdp_port" alice@machine 'Correct-Horse-9'
client_window rdp-client "$display"
wait_until "the target's picture at the client" same_picture
window=$(xdotool_on "$display" search --onlyvisible --class xfreerdp | tail -n 1)
minimised() { ! xdotool_on "$display" search --onlyvisible --class xfreerdp | has .; }
minimise() {
  xdotool_on "$display" windowminimize --sync "$window"
  wait_until "the client's window being minimised" minimised
  pause 1
}
minimise
DISPLAY=$target_display xsetroot -solid '#209040'
pause 2
xdotool_on "$display" windowmap --sync "$window" windowactivate "$window"
wait_until "the picture of now at the client that shows again" same_picture
minimise
# The ground below the terminal: nothing to read, so nothing to cover.
DISPLAY=$target_display xsetroot -solid '#b03020'
pause 2
stop_named rdp-client
wait_for_film machine "$work/film.mp4"
ffmpeg -v error -sseof -3 -i "$work/film.mp4" -update 1 -y "$work/film.png"
colour=$(convert "$work/film.png" -crop 1x1+1010+755 -format '%[fx:round(255*r)] %[fx:round(255*g)] %[fx:round(255*b)]' info:)
read -r red green blue <<<"$colour"
echo "the last picture's ground is $colour; on the target it is 176 48 32"
((red > 150 && green < 80 && blue < 70)) || fail "the film does not show what happened while the client was minimised"
