#!/bin/bash
# asked.sh: machines that ask their users for their own account, on a screen of the gateway's: an RDP and a VNC machine, from an RDP and from a VNC client. Who
# mistypes is asked again, the right password lets in, and neither is in a log.
set -euo pipefail
. "$(dirname "$(readlink -f "$0")")/lib.sh"
. "$lib/client_screen.sh"
begin asked
export OMP_THREAD_LIMIT=1

secret=tgt4711x
start_vnc_target lab "$work/lab" $secret
lab_port=$port lab_display=$display
start_rdp_target desk "$work/desk" operator $secret
desk_port=$port desk_display=$display
start_gateway
add_user alice 'Correct-Horse-9'
admin target add lab --protocol vnc --address "127.0.0.1:$lab_port" --account asked
admin target add desk --protocol rdp --address "127.0.0.1:$desk_port" --account asked

signs_in() {  # signs_in FRONT TARGET: mistyped once
  local front=$1 name=$1-on-$2 target=$2 of=$2_display
  target_display=${!of}
  if [ "$front" = rdp ]; then start_rdp_client "$name" "$rdp_port" "alice@$target" 'Correct-Horse-9'
  else start_vnc_client "$name" "$vnc_port" "alice@$target Correct-Horse-9" TLSPlain; fi
  client_window "$name" "$display"
  see "$name" "Type your account on $target"
  # The name of the gateway's user is proposed, and the password is asked for.
  if [ "$target" = desk ]; then
    press "$display" shift+Tab
    xdotool_on "$display" key --delay 40 BackSpace BackSpace BackSpace BackSpace BackSpace
    type_line "$display" operator
  else
    press "$display" Tab  # a VNC machine may ask for no name: none is proposed
  fi
  type_line "$display" wrong471
  see "$name-again" 'refused the user name or the password'
  [ "$target" = desk ] || press "$display" Tab
  type_line "$display" $secret
  wait_until "the picture of $target at $name" same_picture
  xdotool_on "$display" mousemove 400 400
  type_line "$display" "touch $name"
  wait_until "what was typed by $name" test -e "$work/$target/$name"
  stop_named "$name"
  echo "$name: asked, asked again, let in"
}
for target in lab desk; do
  signs_in vnc $target
  signs_in rdp $target
done
if grep -q "$secret\|wrong471" "$work/log/serve"; then fail "a typed password is in the log"; fi
