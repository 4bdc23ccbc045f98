#!/bin/bash
# A second VNC viewer, gvncviewer (gtk-vnc, which has an RFB of its own): by X509Plain, with a certificate that it verifies, on a VNC and an RDP machine. The picture
# is the machine's, and keys and the wheel arrive. Needs root: it looks for authorities in the home of its user's account alone, which is another one here.
set -euo pipefail
. "$(dirname "$(readlink -f "$0")")/lib.sh"
begin second-viewer
command -v gvncviewer >/dev/null && unshare -m true 2>/dev/null || { echo "no gvncviewer, or no mounts of one's own: not run"; exit 77; }

secret=tgt4711x
start_vnc_target lab "$work/lab" $secret
lab_port=$port lab_display=$display
start_rdp_target desk "$work/desk" operator $secret
desk_port=$port desk_display=$display
openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -addext subjectAltName=DNS:localhost -keyout "$work/key.pem" -out "$work/crt.pem" 2>"$work/log/openssl"
cat >"$work/more.yaml" <<END
tls:
  certificate: $work/crt.pem
  private_key: $work/key.pem
END
start_gateway
add_user alice 'Correct-Horse-9'
add_target lab vnc "$lab_port" $secret
add_target desk rdp "$desk_port" $secret operator

asks() { DISPLAY=$display xwininfo -root -tree | has 'Authentication required'; }
# In a window with a menu above it, at its lower edge.
same_picture() {
  local x y height
  read -r x y height <<<"$({ DISPLAY=$display xwininfo -name 'Frostgate - GVncViewer' 2>/dev/null || true; } | sed -nE 's/.*(Absolute upper-left [XY]|Height): *([0-9]+)/\2/p' | tr '\n' ' ')"
  [ -n "$height" ] || return
  screenshot "$target_display" "$work/target.png"
  screenshot "$display" "$work/client.png"
  convert "$work/client.png" -crop "$screen+$x+$((y + height - ${screen#*x}))" +repage "$work/shown.png"
  [ "$(compare -metric AE -fuzz 20% "$work/target.png" "$work/shown.png" null: 2>&1)" -lt 400 ]  # but for pointers, and as JPEG, which it asks for
}
scrolled() { screenshot "$target_display" "$work/now.png" && [ "$(compare -metric AE "$work/now.png" "$work/before.png" null: 2>&1)" -gt 1000 ]; }
for target in lab desk; do
  of=${target}_display
  target_display=${!of}
  start_screen "viewer-$target" 1100x900
  window_manager "viewer-$target" "$display"
  DISPLAY=$display GSETTINGS_BACKEND=memory GTK_THEME=Adwaita NO_AT_BRIDGE=1 start "viewer-$target" unshare -m bash -c '
    home=$(getent passwd "$(id -u)" | cut -d: -f6)
    mount -t tmpfs none "$home" && mkdir -p "$home/.pki/CA" && cp "$0" "$home/.pki/CA/cacert.pem" && HOME=$home exec gvncviewer "$1"' "$work/crt.pem" "localhost:$((vnc_port - 5900))"
  wait_until "the viewer's question" asks
  pause 1
  type_text "$display" "alice@$target"
  press "$display" Tab
  type_line "$display" 'Correct-Horse-9'
  wait_until "the picture of $target" same_picture
  xdotool_on "$display" mousemove 500 500 click 1
  type_line "$display" 'echo Frost-Gate_42 >typed; for i in {1..90}; do echo "$i one plain line of harmless words"; done'
  wait_until "what was typed at $target" grep -qx Frost-Gate_42 "$work/$target/typed"
  wait_until "the picture of $target again" same_picture
  cp "$work/target.png" "$work/before.png"
  xdotool_on "$display" click --repeat 3 --delay 60 4
  wait_until "the wheel at $target" scrolled
  stop_named "viewer-$target"
  echo "gvncviewer on $target: picture, keys, wheel"
done
