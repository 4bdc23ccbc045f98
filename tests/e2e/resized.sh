#!/bin/bash
# resized.sh: who changes the size of their client's window, by RDP or by VNC, has a machine of that size, sees it whole, and finds each size as a part of the film.
set -euo pipefail
. "$(dirname "$(readlink -f "$0")")/lib.sh"
begin resized

secret=tgt4711x
start_vnc_target machine "$work/home" $secret
target_display=$display
start_gateway
add_user alice 'Correct-Horse-9'
add_target machine vnc "$port" $secret

has_size() { xdpyinfo -display "$target_display" | has "dimensions: *$1 "; }
whole() {  # the window shows what the machine shows, but for its pointer
  screenshot "$target_display" "$work/target.png"
  DISPLAY=$display import -silent -window "$window" "$work/client.png"
  [ "$(identify -format '%wx%h' "$work/target.png")" = "$(identify -format '%wx%h' "$work/client.png")" ] &&
    [ "$(compare -metric AE "$work/target.png" "$work/client.png" null: 2>&1)" -lt 400 ]
}
resizes() {  # resizes NAME CLASS
  local size sizes part
  wait_until "the window of $1" client_shows "$1" "$display" "$2"
  window=$(xdotool_on "$display" search --onlyvisible --class "$2" | tail -n 1)
  wait_until "the machine's picture at $1" whole
  for size in 1300x900 900x700; do
    xdotool_on "$display" windowsize "$window" "${size%x*}" "${size#*x}"
    wait_until "the machine in the size of $1's window, $size" has_size $size
    wait_until "the machine's picture of $size at $1" whole
    pause 2
  done
  stop_named "$1"
  wait_for_film machine "$work/$1.mp4"
  admin recordings fetch "$recording" --parts --output "$work/$1.mp4" >/dev/null
  sizes=$(for part in "$work/$1"-*.mp4; do ffprobe -v error -select_streams v -show_entries stream=width,height -of csv=p=0 "$part"; done | tr '\n' ' ')
  echo "$1: the parts of its film are $sizes"
  [[ $sizes == *'1300,900 900,700 ' ]] || fail "the film has no part for each size: $sizes"
}
start_screen rdp-client 1600x1000
window_manager rdp-client "$display"
mkdir -p "$work/rdp-client.home"
DISPLAY=$display HOME="$work/rdp-client.home" start rdp-client xfreerdp "/v:127.0.0.1:$rdp_port" /u:alice@machine /p:Correct-Horse-9 /sec:tls /cert:ignore \
  /size:1024x768 /dynamic-resolution -grab-keyboard
resizes rdp-client xfreerdp
start_screen vnc-client 1600x1000
window_manager vnc-client "$display"
mkdir -p "$work/vnc-client.home"
start vnc-client env "DISPLAY=$display" "HOME=$work/vnc-client.home" VNC_USERNAME=alice@machine VNC_PASSWORD=Correct-Horse-9 xtigervncviewer -RemoteResize=1 -MenuKey= \
  -AlertOnFatalError=0 -ReconnectOnError=0 -AutoSelect=0 -NoJPEG -PreferredEncoding=ZRLE -FullColor -SecurityTypes=TLSPlain "127.0.0.1::$vnc_port"
resizes vnc-client tigervnc
