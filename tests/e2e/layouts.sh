#!/bin/bash
# What people type on a German, French and Spanish keyboard at an RDP client arrives at a VNC machine: letters, what AltGr makes, dead keys with their letters; and
# the wheel and the side buttons of a mouse arrive at an RDP machine. Real programs at both ends; the machine's terminal keeps what came.
set -euo pipefail
. "$(dirname "$(readlink -f "$0")")/lib.sh"
begin layouts

secret=tgt4711x
start_vnc_target lab "$work/home" $secret
vnc_target_port=$port vnc_target_display=$display
start_rdp_target desk "$work/desk" operator $secret
rdp_target_port=$port rdp_target_display=$display
start_gateway
add_user alice 'Correct-Horse-9'
add_target lab vnc "$vnc_target_port" $secret
add_target desk rdp "$rdp_target_port" $secret operator

# strokes DISPLAY KEY...: keys of the display's own layout by what they make, or, where more than one key does (xdotool takes the first), by their X codes.
strokes() {
  local on=$1
  shift
  xdotool_on "$on" key --delay 40 "$@"
}
layout() {  # layout XKB WINDOWS_ID EXPECTED KEY...: what the keys of that layout make
  local name=layout-$1 wanted=$3
  start_rdp_client "$name" "$rdp_port" alice@lab 'Correct-Horse-9' tls "/kbd:$2"
  setxkbmap -display "$display" "$1"
  client_window "$name" "$display"
  wait_until "the picture of lab" same_screen "$vnc_target_display" "$display"
  rm -f "$work/home/listens"
  echo "touch listens; cat >typed; clear" >"$work/home/.next"
  xdotool_on "$vnc_target_display" type --delay 10 ". ./.next"
  xdotool_on "$vnc_target_display" key Return
  wait_until "the terminal that listens" test -e "$work/home/listens"
  press "$display" Shift_L  # with its first key a client tells which others are down
  strokes "$display" "${@:4}" Return
  wait_until "what was typed on $1: $wanted" grep -qxF "$wanted" "$work/home/typed"
  xdotool_on "$vnc_target_display" key ctrl+d
  stop_named "$name"
  echo "$1: $wanted"
}
same_screen() {
  screenshot "$1" "$work/there.png"
  screenshot "$2" "$work/here.png"
  [ "$(compare -metric AE "$work/there.png" "$work/here.png" null: 2>&1)" -lt 400 ]
}

altgr=ISO_Level3_Shift
layout de 0x407 'zyäöüßÄÖÜ@€{[]}\~|µéêà^' z y adiaeresis odiaeresis udiaeresis ssharp shift+adiaeresis shift+odiaeresis shift+udiaeresis \
  $altgr+q $altgr+e $altgr+7 $altgr+8 $altgr+9 $altgr+0 $altgr+ssharp $altgr+plus $altgr+less $altgr+m 21 e 49 e shift+21 a 49 space
layout fr 0x40c 'azqwéèçà&ùm19@#{[|\^]}êëâ' a z q w eacute egrave ccedilla agrave ampersand ugrave m shift+ampersand shift+ccedilla \
  $altgr+agrave $altgr+quotedbl $altgr+apostrophe $altgr+parenleft $altgr+minus $altgr+underscore $altgr+ccedilla $altgr+parenright $altgr+equal 34 e shift+34 e 34 a
layout es 0xc0a 'ñçÑº¡áéíóúàüô@#|\€[]{}' 47 ccedilla shift+47 masculine 21 48 a 48 e 48 i 48 o 48 u 34 a shift+48 u \
  shift+34 o $altgr+2 $altgr+3 $altgr+1 $altgr+masculine $altgr+e $altgr+34 $altgr+plus $altgr+48 $altgr+ccedilla

# At an RDP machine every button arrives as itself: left, middle, right, the wheel both ways, and the two at the side.
start_rdp_client buttons "$rdp_port" alice@desk 'Correct-Horse-9' tls
client_window buttons "$display"
wait_until "the picture of desk" same_screen "$rdp_target_display" "$display"
DISPLAY=$rdp_target_display start xev xev -event button -geometry 600x500+200+150
wait_until "the window that counts" xdotool_on "$rdp_target_display" search --onlyvisible --name 'Event Tester'
xdotool_on "$display" mousemove 500 400
for button in 1 2 3 4 5 8 9; do xdotool_on "$display" click "$button"; done
pressed() { [ "$(sed -nE '/^ButtonPress/,/button/s/.*button ([0-9]+),.*/\1/p' "$work/log/xev" | tr '\n' ' ')" = '1 2 3 4 5 8 9 ' ]; }
wait_until "each button at the machine" pressed
echo "buttons: 1 2 3 4 5 8 9"
