#!/bin/bash
# The pointer that a machine shows is the pointer that its user sees, pixel for pixel and with its hot spot: real VNC and RDP clients on real VNC and RDP machines
# (xrdp: freerdp-shadow tells no client of a pointer that changes while nothing else does).
set -euo pipefail
. "$(dirname "$(readlink -f "$0")")/lib.sh"
. "$lib/client_screen.sh"
begin cursors

secret=tgt4711x
start_vnc_target lab "$work/lab" $secret
lab_port=$port lab_display=$display
start_xrdp_target desk "$work/desk" operator $secret
desk_port=$port desk_display=$display
start_gateway
add_user alice 'Correct-Horse-9'
add_target lab vnc "$lab_port" $secret
add_target desk rdp "$desk_port" $secret operator

pointer_of() { python3 "$lib/x_cursor.py" "$1"; }
same_pointer() {
  xdotool_on "$display" mousemove $((480 + SRANDOM % 8)) 370 click 1  # TigerVNC's viewer passes movements on when it was clicked into
  there=$(pointer_of "$target_display")
  [ "$there" != "$before" ] && [ "$(pointer_of "$display")" = "$there" ]
}
# Pointers of the X server's own font, whose pixels are there or not: VNC's pointers have no more.
shows_pointers() {  # shows_pointers FRONT TARGET
  local name=$1-on-$2 of=$2_display shape before='' there=''
  target_display=${!of}
  case $1 in
    vnc) start_vnc_client "$name" "$vnc_port" "alice@$2 Correct-Horse-9" TLSPlain ;;
    rdp) start_rdp_client "$name" "$rdp_port" "alice@$2" 'Correct-Horse-9' ;;
    gfx) start_rdp_client "$name" "$rdp_port" "alice@$2" 'Correct-Horse-9' tls /gfx ;;
  esac
  client_window "$name" "$display"
  wait_until "the picture of $2 at $name" same_picture
  for shape in watch gumby crosshair sb_h_double_arrow; do
    DISPLAY=$target_display start "$name-$shape" xterm -xrm "*pointerShape: $shape" -geometry 24x8+400+300 -T "$shape" -e sleep 600
    wait_until "the pointer $shape at $name" same_pointer
    before=$there
    stop_named "$name-$shape"
    echo "$name: $shape is $there"
  done
  stop_named "$name"
}
for target in lab desk; do
  for front in vnc rdp gfx; do shows_pointers $front $target; done
done
