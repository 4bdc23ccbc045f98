#!/bin/bash
# Umlauts and other scripts on the clipboard between a real RDP machine (xrdp with its channel server) and real clients, VNC and RDP, both ways; and emoji, which
# xrdp cuts, from and to an RDP target that speaks by hand.
set -euo pipefail
. "$(dirname "$(readlink -f "$0")")/lib.sh"
. "$lib/client_screen.sh"
begin copied-characters
command -v xrdp-chansrv >/dev/null || { echo "no xrdp-chansrv: not run"; exit 77; }

xrdp_channels=cliprdr
start_xrdp_target machine "$work/home" operator tgt4711x
machine_port=$port target_display=$display
openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=copier -keyout "$work/key.pem" -out "$work/crt.pem" 2>"$work/log/openssl"
cat "$work/crt.pem" "$work/key.pem" >"$work/identity.pem"
start copier python3 "$lib/rdp_copier.py" "$work/identity.pem" 'Grüße 漢字 😀🇩🇪 vom Ziel' "$work/kept"
wait_until "the port of the copier" grep -q . "$work/log/copier"
cat >"$work/policy.yaml" <<END
rules: [{name: both, users: ["*"], targets: ["*"], allow: true, clipboard: {to_target: text, to_client: text}}]
END
start_gateway
add_user alice 'Correct-Horse-9'
add_target machine rdp "$machine_port" tgt4711x operator
add_target copier rdp "$(cat "$work/log/copier")" tgt4711x operator

copy() { printf %s "$2" >"$work/copied"; DISPLAY=$1 start "copy-$RANDOM" xclip -quiet -selection clipboard -in "$work/copied"; }  # copy DISPLAY TEXT
# xrdp 0.9.21 hands the line ends of Windows, which the clipboard channel has, to the programs of its screen: an xfreerdp without a gateway gives the same.
holds() { [ "$(DISPLAY=$1 timeout 2 xclip -selection clipboard -out -t UTF8_STRING 2>/dev/null | tr -d '\r')" = "$2" ]; }  # holds DISPLAY TEXT
kept() { [ "$(cat "$work/kept")" = "$1" ]; }
focused() { xdotool_on "$display" mousemove 300 300 click 1; }
enters() {  # enters FRONT TARGET: $name, $display
  name=$1-on-$2
  if [ "$1" = vnc ]; then start_vnc_client "$name" "$vnc_port" "alice@$2 Correct-Horse-9" TLSPlain
  else start_rdp_client "$name" "$rdp_port" "alice@$2" 'Correct-Horse-9' tls +clipboard; fi
  client_window "$name" "$display"
}
for front in vnc rdp; do
  enters $front machine
  wait_until "the picture of the machine" same_picture
  focused
  copy "$target_display" "Grüße, 漢字 und Жук vom Ziel an $front"
  wait_until "the machine's text at the client $front" holds "$display" "Grüße, 漢字 und Жук vom Ziel an $front"
  copy "$display" "Grüße, 漢字 und Жук von $front
in zwei Zeilen"
  focused
  wait_until "the text of the client $front at the machine" holds "$target_display" "Grüße, 漢字 und Жук von $front
in zwei Zeilen"
  stop_named "$name"
  enters $front copier
  wait_until "the target's emoji at the client $front" holds "$display" 'Grüße 漢字 😀🇩🇪 vom Ziel'
  copy "$display" "Grüße 漢字 🙈 von $front"
  focused
  wait_until "the emoji of the client $front at the target" kept "Grüße 漢字 🙈 von $front"
  stop_named "$name"
  echo "$front: both ways"
done
