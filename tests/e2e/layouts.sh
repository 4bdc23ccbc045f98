#!/bin/bash
# What people type on a US, German, French and Spanish keyboard at an RDP client arrives at a VNC machine, and at a VNC viewer at an RDP machine: letters, what AltGr
# makes, dead keys with their letters; and the wheel and the side buttons of a mouse arrive at an RDP machine. Real programs at both ends; the machine's terminal
# keeps what came. Neither freerdp-shadow nor xrdp takes what no key of theirs makes (Unicode events): the RDP machine for those is the gateway itself, before the
# VNC machine, and freerdp-shadow gets what a US keyboard has.
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
add_user carol 'Correct-Horse-9'
add_target again rdp "$rdp_port" 'Correct-Horse-9' carol@lab

# strokes DISPLAY KEY...: keys of the display's own layout by what they make, or, where more than one key does (xdotool takes the first), by their X codes.
strokes() {
  local on=$1
  shift
  xdotool_on "$on" key --delay 40 "$@"
}
layout() {  # layout FRONT TARGET XKB WINDOWS_ID EXPECTED KEY...: what the keys of that layout make at the target's terminal
  local name=$1-$2-$3 wanted=$5 home=$work/home target_display=$vnc_target_display
  if [ "$2" = desk ]; then home=$work/desk target_display=$rdp_target_display; fi
  if [ "$1" = rdp ]; then start_rdp_client "$name" "$rdp_port" "alice@$2" 'Correct-Horse-9' tls "/kbd:$4"
  else start_vnc_client "$name" "$vnc_port" "alice@$2 Correct-Horse-9" TLSPlain; fi
  setxkbmap -display "$display" "$3"
  client_window "$name" "$display"
  wait_until "the picture of $2" same_screen "$target_display" "$display"
  rm -f "$home/listens"
  echo "touch listens; cat >typed; clear" >"$home/.next"
  xdotool_on "$target_display" type --delay 10 ". ./.next"
  xdotool_on "$target_display" key Return
  wait_until "the terminal that listens" test -e "$home/listens"
  press "$display" Shift_L  # Xtigervnc loses a first key that its own keyboard lacks, as ñ, at a direct connection too
  strokes "$display" "${@:6}" Return
  wait_until "what was typed on $3 at $name: $wanted" grep -qxF "$wanted" "$home/typed"
  xdotool_on "$target_display" key ctrl+d
  stop_named "$name"
  echo "$name: $wanted"
}
same_screen() {
  screenshot "$1" "$work/there.png"
  screenshot "$2" "$work/here.png"
  [ "$(compare -metric AE "$work/there.png" "$work/here.png" null: 2>&1)" -lt 400 ]
}

altgr=ISO_Level3_Shift
both() {  # both XKB WINDOWS_ID EXPECTED KEY...: at an RDP client and a VNC machine, and at a VNC viewer and an RDP machine
  layout rdp lab "$@"
  layout vnc again "$@"
}
both de 0x407 'zyäöüßÄÖÜ@€{[]}\~|µéêà^' z y adiaeresis odiaeresis udiaeresis ssharp shift+adiaeresis shift+odiaeresis shift+udiaeresis \
  $altgr+q $altgr+e $altgr+7 $altgr+8 $altgr+9 $altgr+0 $altgr+ssharp $altgr+plus $altgr+less $altgr+m 21 e 49 e shift+21 a 49 space
both fr 0x40c 'azqwéèçà&ùm19@#{[|\^]}êëâ' a z q w eacute egrave ccedilla agrave ampersand ugrave m shift+ampersand shift+ccedilla \
  $altgr+agrave $altgr+quotedbl $altgr+apostrophe $altgr+parenleft $altgr+minus $altgr+underscore $altgr+ccedilla $altgr+parenright $altgr+equal 34 e shift+34 e 34 a
both es 0xc0a 'ñçÑº¡áéíóúàüô@#|\€[]{}' 47 ccedilla shift+47 masculine 21 48 a 48 e 48 i 48 o 48 u 34 a shift+48 u \
  shift+34 o $altgr+2 $altgr+3 $altgr+1 $altgr+masculine $altgr+e $altgr+34 $altgr+plus $altgr+48 $altgr+ccedilla
# And every key of each layout, alone and with Shift, as X's own layouts have it; the second backslash of a US keyboard is another with Windows, and a French ~ is
# not above ².
start_screen keyboards
keyboards=$display
table() {  # table XKB WINDOWS_ID [LEFT OUT...]
  local made keys
  setxkbmap -display "$keyboards" "$1"
  { read -r made && read -r keys; } < <("$lib/key_table.py" "$keyboards" "${@:3}")
  [ ${#made} -gt 85 ] || fail "only ${#made} characters on the keyboard $1"
  # shellcheck disable=SC2086 # one word a key
  layout rdp lab "$1" "$2" "$made" $keys
}
table us 0x409 94.1 94.2
table de 0x407
table fr 0x40c 49.2
table es 0xc0a
layout vnc desk us 0x409 'zyaZ@[]{}\~|^"'"'" z y a shift+z at bracketleft bracketright braceleft braceright backslash asciitilde bar asciicircum quotedbl apostrophe
layout vnc desk de 0x407 'zyaZ@{[]}\~|^"' z y a shift+z $altgr+q $altgr+7 $altgr+8 $altgr+9 $altgr+0 $altgr+ssharp $altgr+plus $altgr+less 49 space quotedbl
layout vnc desk fr 0x40c 'azqwm19@#{[|\]}' a z q w m shift+ampersand shift+ccedilla $altgr+agrave $altgr+quotedbl $altgr+apostrophe $altgr+parenleft $altgr+minus \
  $altgr+underscore $altgr+parenright $altgr+equal
layout vnc desk es 0xc0a 'azZ@#|\[]{}' a z shift+z $altgr+2 $altgr+3 $altgr+1 $altgr+masculine $altgr+34 $altgr+plus $altgr+48 $altgr+ccedilla

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
