#!/bin/bash
# gnome-remote-desktop without a screen, a target of the graphics pipeline alone: what its user sees through the gateway is what they see without, keys arrive, another size is had, and the film
# says that it is lossy.
set -euo pipefail
. "$(dirname "$(readlink -f "$0")")/lib.sh"
[ -x /usr/libexec/gnome-remote-desktop-daemon ] && command -v mutter foot pipewire wireplumber dbus-daemon >/dev/null || { echo "gnome-remote-desktop is not installed"; exit 77; }
begin gnome

screen=1024x768
free_port gnome_port
mkdir "$work/gnome-home"
cat >"$work/gnome-home/foot.ini" <<'END'
[cursor]
blink=no
[mouse]
hide-when-typing=yes
END
start gnome bash "$lib/gnome_target.sh" "$work/gnome-home" "$gnome_port" gnome Tgt-Passw0rd \
  'exec foot --config=foot.ini --fullscreen sh -c "seq -s \" \" 1 500; cat"'
answers() { python3 -c 'import socket, sys; socket.create_connection(("127.0.0.1", int(sys.argv[1])), 1)' "$gnome_port" 2>/dev/null; }
wait_until 60 "gnome-remote-desktop" answers
start_gateway
add_user alice 'Correct-Horse-9'
add_target gnome rdp "$gnome_port" Tgt-Passw0rd gnome

nobody_here() { [ -z "$(recording_relays)" ]; }
has_text() {  # has_text DISPLAY FILE.png: the terminal's, read
  screenshot "$1" "$2"
  convert "$2" -resize 200% "$2.large.png"
  tesseract "$2.large.png" - --psm 6 2>/dev/null | has "${3:-101 102 103}"
}
start_screen direct
window_manager direct "$display"
mkdir -p "$work/direct.home"
DISPLAY=$display HOME=$work/direct.home start direct xfreerdp "/v:127.0.0.1:$gnome_port" /u:gnome /p:Tgt-Passw0rd /sec:nla /cert:ignore /f "/size:$screen" /gfx /bpp:32 -grab-keyboard -toggle-fullscreen
direct=$display
wait_until 60 "the terminal without the gateway" has_text "$direct" "$work/direct.png"
stop_named direct

start_rdp_client gnome-user "$rdp_port" alice@gnome 'Correct-Horse-9' tls /gfx
client_window gnome-user "$display"
wait_until 60 "the terminal through the gateway" has_text "$display" "$work/through.png"
psnr=$(compare -metric PSNR "$work/direct.png" "$work/through.png" null: 2>&1 || true)
echo "to what is seen without the gateway: $psnr dB"
[ "$psnr" = inf ] || [ "$(bc <<<"$psnr > 32")" = 1 ] || fail "the picture through the gateway is another"
press "$display" Return  # the first key makes the keyboard there, and may be lost
sleep 1
type_line "$display" 'hello from afar'
wait_until 30 "what was typed" has_text "$display" "$work/typed.png" 'hello from afar'
stop_named gnome-user
wait_until "the end of the session" nobody_here
grep -q 'target gnome shows no bitmaps; it is offered the graphics pipeline' "$work/log/serve" || fail "gnome-remote-desktop showed bitmaps"
wait_for_film gnome "$work/gnome.mp4"
admin recordings show "$recording" --json | json '" ".join(d["report"]["reasons"])' | has lossy_source || fail "the film is not called lossy"
if [ -n "${PICTURES:-}" ]; then cp "$work/direct.png" "$work/through.png" "$work/typed.png" "$PICTURES"; fi
echo "gnome-remote-desktop is reached, shown, and marked as lossy"
