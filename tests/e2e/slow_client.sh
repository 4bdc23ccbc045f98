#!/bin/bash
# slow_client.sh: clients at the end of a line of half a megabit a second, while the target's screen changes all the time. Their keys arrive, they catch
# up when it is quiet, and neither the target nor the recording waits for them. Needs root, for a network of its own.
set -euo pipefail
if [ "${1:-}" != inside ]; then
  unshare -n true 2>/dev/null || { echo "no network namespaces here: not run"; exit 77; }
  exec unshare -n "$0" inside
fi
. "$(dirname "$(readlink -f "$0")")/lib.sh"
. "$lib/client_screen.sh"
. "$lib/broken_network.sh"
begin slow-client

# The gateway and the target are here, the client in a network namespace behind a line that is narrow in its direction.
ip link set lo up
start user unshare -n sleep infinity
user=$pid
at_client=(nsenter --net="/proc/$user/ns/net")
entered() { "${at_client[@]}" true && [ "$(readlink "/proc/$user/ns/net")" != "$(readlink /proc/self/ns/net)" ]; }
wait_until "the client's network" entered
ip link add gate type veth peer name user
ip link set user netns "$user"
gateway_host=10.77.0.1
ip address add $gateway_host/30 dev gate
ip link set gate up
"${at_client[@]}" sh -c 'ip address add 10.77.0.2/30 dev user && ip link set user up'
wide() { tc qdisc del dev gate root 2>/dev/null || true; }
narrow() { tc qdisc replace dev gate root tbf rate 500kbit burst 16k latency 200ms; }

start_vnc_target machine "$work/home" tgt4711x
target_display=$display
start_gateway
add_user alice 'Correct-Horse-9'
add_target machine vnc "$port" tgt4711x

# Text that no encoding makes small, in a window over the half of the screen, until the file is there.
storm() {
  rm -f "$work/calm"
  DISPLAY=$target_display start storm xterm -fa 'DejaVu Sans Mono' -fs 10 -geometry 100x26+100+240 -T storm -e \
    sh -c "until [ -e '$work/calm' ]; do shuf -n 150 /usr/share/dict/words | tr '\n' ' '; sleep 0.03; done"
  wait_until "the storm" xdotool_on "$target_display" search --onlyvisible --name '^storm$'
}
# The keys go there, and the storm stays above it. Windows come and go meanwhile.
to_terminal() { xdotool_on "$target_display" search --onlyvisible --name admin@machine windowfocus --sync; }
calm() {
  touch "$work/calm"
  stop_named storm
  wait_until "the terminal" to_terminal
}
ground() { DISPLAY=$target_display xsetroot -solid "$1"; }
colour_of() { convert "$1" -crop 1x1+1010+755 -depth 8 -format "%[hex:p{0,0}]" info:; }
seconds_since() { bc <<<"$(date +%s.%N) - $1"; }
arrives() {  # arrives FILE: what the user types, within the time that a person would wait
  type_line "$display" "echo $1 >$1"
  local since
  since=$(date +%s.%N)
  wait_until "the word $1 on the target" wrote "$1"
  echo "$client: what was typed in the storm arrived after $(seconds_since "$since") s"
}

nearly_same_picture() {
  screenshot "$target_display" "$work/target.png"
  screenshot "$display" "$work/rough.png"
  local distance
  distance=$(compare -metric RMSE "$work/target.png" "$work/rough.png" null: 2>&1 | sed 's/.*(\(.*\))/\1/')
  [ "$(bc <<<"$distance < 0.03")" = 1 ]
}
# A photo behind all windows, megabytes of it when it goes exactly.
photo() {
  convert -seed 5 -size 1024x768 plasma:steelblue-orange -blur 0x1 -swirl 90 "$work/photo.png"
  DISPLAY=$target_display display -window root "$work/photo.png" || true  # ends with 1 when it has shown it
  local since roughly exactly
  since=$(date +%s.%N)
  wait_until 120 "the photo at the client, roughly" nearly_same_picture
  roughly=$(seconds_since "$since")
  wait_until 180 "the photo at the client, exactly" same_picture
  exactly=$(seconds_since "$since")
  echo "$client: saw a photo after $roughly s, every pixel of it after $exactly s"
  [ "$(bc <<<"$roughly * 3 < $exactly")" = 1 ] || fail "who has a narrow line waits for all of a photo before anything of it can be made out"
}

slow() {  # slow NAME: the client of this name, which shows the target
  client=$1
  client_window "$client" "$display"
  wait_until "the target's picture at the client" same_picture
  narrow
  storm
  wait_until "the terminal" to_terminal
  pause 6
  # What moves is known after a few changes, and then shown behind what was on the line already.
  [ "$client" != rdp-video ] || wait_until 60 "a video at the client" grep -q H264_METABLOCK "$work/log/rdp-video"
  arrives "$client-word"
  calm
  ground '#405060'
  local since
  since=$(date +%s.%N)
  wait_until "the client catching up" same_picture
  echo "$client: caught up $(seconds_since "$since") s after the storm"
  [[ $client != rdp-[gv]* ]] || photo

  # The client's machine dies in another storm, seconds behind; the film shows what it never saw.
  storm
  pause 6
  ground '#b03020'
  pause 1.5
  screenshot "$display" "$work/client.png"
  dies "$client"
  calm
  wide
  wait_for_film machine "$work/$client.mp4"
  [ "$(colour_of "$work/client.png")" != B03020 ] || fail "$client was not behind at all: this test showed nothing"
  ffmpeg -v error -sseof -3 -i "$work/$client.mp4" -update 1 -y "$work/film.png"
  convert "$work/film.png" -crop 1x1+1010+755 -fill white -fuzz 8% +opaque '#b03020' -format '%[hex:p{0,0}]' info: >"$work/colour"
  [ "$(head -c 6 "$work/colour")" != FFFFFF ] || fail "the film lacks what happened while $client was behind"
  admin recordings show "$recording" --json >"$work/recording.json"
  states=$(json 'd["report"]["journal"]["states"]' <"$work/recording.json")
  echo "$client: $states states recorded"
  ((states > 25)) || fail "only $states states of a storm of 15 s were recorded"
}
dies() { kill -KILL "$(cat "$work/pid/$1")"; }

start_rdp_client rdp-bitmap "$rdp_port" alice@machine 'Correct-Horse-9'
slow rdp-bitmap
start_rdp_client rdp-graphics "$rdp_port" alice@machine 'Correct-Horse-9' tls /gfx
slow rdp-graphics
start_rdp_client rdp-video "$rdp_port" alice@machine 'Correct-Horse-9' tls /gfx:AVC420 -gfx-thin-client /log-filters:com.freerdp.channels.rdpgfx.client:DEBUG
slow rdp-video
code=$(ticket alice machine)
start_vnc_client vnc-client "$vnc_port" "$code"
slow vnc-client
