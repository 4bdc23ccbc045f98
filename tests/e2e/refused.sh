#!/bin/bash
# Connections that must not become sessions: each ends by itself and soon, says "denied" at most, leaves a line in the
# log, and the gateway serves the next one.
set -euo pipefail
. "$(dirname "$(readlink -f "$0")")/lib.sh"
begin refused

secret=tgt4711x
start_vnc_target machine "$work/home" $secret
target_port=$port
start_gateway
add_user alice 'Correct-Horse-9'
add_target machine vnc "$target_port" $secret
start_screen screen
shared=$display

try_rdp() {  # try_rdp NAME USER PASSWORD: fails when it lives longer than 20 s or succeeds
  local code=0
  mkdir -p "$work/rdp.home"
  DISPLAY=$shared HOME="$work/rdp.home" timeout 20 xfreerdp "/v:127.0.0.1:$rdp_port" "/u:$2" "/p:$3" /sec:tls /cert:ignore \
    /size:640x480 >"$work/log/$1" 2>&1 4>&- || code=$?
  [ $code -ne 0 ] || fail "$1: xfreerdp had a session"
  [ $code -ne 124 ] || fail "$1: xfreerdp hung"
  running "$serve" || fail "$1: serve ended"
}
try_vnc() {  # try_vnc NAME PASSWORD
  local code=0
  printf %s "$2" | tigervncpasswd -f >"$work/try.vncpasswd"
  DISPLAY=$shared timeout 20 xtigervncviewer -AlertOnFatalError=0 -ReconnectOnError=0 -SecurityTypes=TLSVnc \
    -passwd "$work/try.vncpasswd" "127.0.0.1::$vnc_port" >"$work/log/$1" 2>&1 4>&- || code=$?
  [ $code -ne 124 ] || fail "$1: the viewer hung, or had a session"
  running "$serve" || fail "$1: serve ended"
}
logged() { grep -qi "$1" "$work/log/serve" || fail "the log has no line about: $1"; }

strangers=()
for kind in silence garbage http tls rdp-half rdp-half-tls; do
  python3 "$lib/stranger.py" $kind "$rdp_port" 4>&- & strangers+=($!)
done
for kind in silence garbage http tls vnc-half; do
  python3 "$lib/stranger.py" $kind "$vnc_port" 4>&- & strangers+=($!)
done
started+=("${strangers[@]}")
for stranger in "${strangers[@]}"; do wait "$stranger" || fail "a stranger stayed connected"; done
running "$serve" || fail "serve ended"
logged 'did not log in'

try_rdp wrong-password alice@machine 'Wrong-Horse-9'
try_rdp unknown-user mallory@machine 'Correct-Horse-9'
try_rdp unknown-target alice@nowhere 'Correct-Horse-9'
logged denied
try_vnc wrong-ticket 'aaaaaaaa'
grep -q ERRINFO_SERVER_DENIED_CONNECTION "$work/log/wrong-password" || fail "the RDP client is not told that it was denied"
grep -q 'Authentication failure: denied' "$work/log/wrong-ticket" || fail "the VNC client is not told that it was denied"
for kind in wrong-password unknown-user unknown-target; do
  grep -oE 'ERRINFO_[A-Z_]+|ERRCONNECT_[A-Z_]+' "$work/log/$kind" | sort -u >"$work/$kind.says" || true
  cmp -s "$work/wrong-password.says" "$work/$kind.says" || fail "a denied client can tell $kind from a wrong password"
done

# A ticket opens one session, once, for its own target.
code=$(ticket alice machine)
start_vnc_client vnc-client "$vnc_port" "$code"
client_window vnc-client "$display"
try_vnc used-ticket "$code"
stop_named vnc-client
try_vnc used-ticket-later "$code"
if grep -v ' session=' "$work/log/serve" | has .; then fail "a line in the log has no session"; fi
if printf x | admin ticket issue --user alice --target nowhere >/dev/null 2>&1; then fail "a ticket for no target"; fi

[ "$(recordings machine | wc -l)" = 1 ] || fail "expected one recording, have: $(recordings machine)"
wait_for_film machine "$work/film.mp4"
# The gateway is as good as new.
start_rdp_client rdp-client "$rdp_port" alice@machine 'Correct-Horse-9'
client_window rdp-client "$display"
stop_named rdp-client
