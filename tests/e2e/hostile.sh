#!/bin/bash
# hostile.sh vnc|rdp|devices: targets and clients that speak the protocol (RDP, or its channels of devices and sound) and lie about sizes (a desktop of 32767x32767, a pointer of 30000x30000, 4 GB of copied
# text, a million lists of formats, damage outside the screen, and others) are cut or put right while another session goes on; see hostile.py and
# hostile_rdp.py and hostile_devices.py. The log says what each of them did, and no relay makes room for what is only announced.
set -euo pipefail
. "$(dirname "$(readlink -f "$0")")/lib.sh"
protocol=$1
begin hostile

secret=tgt4711x
start_vnc_target machine "$work/home" $secret
machine_port=$port
mkfifo "$work/hold"
exec 5<>"$work/hold"
openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=hostile -keyout "$work/key.pem" -out "$work/crt.pem" 2>"$work/log/openssl"
cat "$work/crt.pem" "$work/key.pem" >"$work/identity.pem"
program=$lib/hostile.py
[ "$protocol" = vnc ] || program=$lib/hostile_$protocol.py
python3 "$program" targets "$work/identity.pem" <"$work/hold" >"$work/targets" 2>"$work/log/targets" 4>&- &
started+=($!)
wait_until "the hostile targets" grep -q ready "$work/targets"
cat >"$work/policy.yaml" <<END
rules:
  - name: everything
    users: ["*"]
    targets: ["*"]
    allow: true
    channels: {drives: allow, printers: allow, ports: allow, smartcards: allow, sound: allow}
    session: {reconnect_grace: 0}
END
start_gateway
add_user alice 'Correct-Horse-9'
add_target machine vnc "$machine_port" $secret
while read -r name port; do
  [ "$name" = ready ] || admin target add "$name" --protocol "${protocol/devices/rdp}" --address "127.0.0.1:$port" --no-credential
done <"$work/targets"
# What a hostile peer made a relay allocate shows while it lives.
most=0
watch_relays() {
  local relay size
  while sleep 0.2; do
    for relay in $(children relay); do
      size=$(sed -n 's/^VmHWM:[^0-9]*\([0-9]*\).*/\1/p' "/proc/$relay/status" 2>/dev/null) || continue
      [ "${size:-0}" -le "$most" ] || { most=$size; echo "$most" >"$work/most"; }
    done
  done
}
watch_relays &
started+=($!)

doors=("$vnc_port")
[ "$protocol" = vnc ] || doors=("$rdp_port" "$vnc_port")
python3 "$program" clients "${doors[@]}" "$work/log/serve" 30 >"$work/outcome" 2>"$work/log/clients" || fail "$(cat "$work/outcome" "$work/log/clients")"
cat "$work/outcome"
told() { grep -q "ending: $1" "$work/log/serve" || fail "no log line of: $1"; }
if [ "$protocol" = vnc ]; then
  told '.*not VNC'
  told 'target: .*changed its screen to an impossible size'
  told 'target: .*another size of its screen more than'
  told 'target: .*more in one message than its screen can need'
  for size in 2147483647 2147483648; do told "target: .*a clipboard of $size bytes"; done
  for wrong in 'too big cut text' 'unknown message type' 'bits per pixel'; do told "the client sent what cannot be: .*$wrong"; done
elif [ "$protocol" = devices ]; then
  for wrong in 'never announced' 'impossible length' 'unknown kind' '4294967295 bytes on a channel' 'messages of devices and sound' 'a compressed message' 'a wave that is cut'; do
    told "target: .* sent what cannot be: .*$wrong"
  done
  for wrong in '4294967295 devices' 'impossible length' 'nobody asked for' 'unknown kind' 'no header' '4294967295 bytes on a channel' 'messages of devices and sound' 'sound of the kind 13'; do
    told "the client sent what cannot be: .*$wrong"
  done
else
  for wrong in 'a screen of 32767x32767' 'a screen of 16384x16384' 'pixels outside its screen' 'a clipboard of 4294967295 bytes' 'messages on the clipboard channel' '4294967295 bytes on a dynamic' 'another size of its screen more than' \
    'a surface of 65535x65535' 'a surface of 640x480 pixels for a screen of 640x480' 'the surface 9, which there is not' 'a picture of 65535x65535 pixels outside its surface' 'that is cut' \
    'a picture of 64x64 pixels outside its surface' 'more pictures in the cache' 'graphics of 4294967295 bytes' 'the graphics codec 8' 'a progressive picture that cannot be'; do
    told "target: .* sent what cannot be: .*$wrong"
  done
  for wrong in 'a clipboard of 4294967295 bytes' 'messages on the clipboard channel' '4294967295 bytes on a dynamic' 'a message of a dynamic channel'; do
    told "the client sent what cannot be: .*$wrong"
  done
fi
echo "the largest relay had $(cat "$work/most") KiB"
[ "$(cat "$work/most")" -lt $((1 << 20)) ] || fail "a relay took a gigabyte"
