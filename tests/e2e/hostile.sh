#!/bin/bash
# VNC targets and VNC clients that speak the protocol and lie about sizes (a desktop of 32767x32767, a pointer of 30000x30000, 4 GB of copied
# text, damage outside the screen, and others) are cut or put right while another session goes on; see hostile.py. The log says what each target did.
set -euo pipefail
. "$(dirname "$(readlink -f "$0")")/lib.sh"
begin hostile

secret=tgt4711x
start_vnc_target machine "$work/home" $secret
machine_port=$port
mkfifo "$work/hold"
exec 5<>"$work/hold"
python3 "$lib/hostile.py" targets <"$work/hold" >"$work/targets" 2>"$work/log/targets" 4>&- &
started+=($!)
wait_until "the hostile targets" grep -q ready "$work/targets"
start_gateway
add_user alice 'Correct-Horse-9'
add_target machine vnc "$machine_port" $secret
while read -r name port; do
  [ "$name" = ready ] || admin target add "$name" --protocol vnc --address "127.0.0.1:$port" --no-credential
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

python3 "$lib/hostile.py" clients "$vnc_port" "$work/log/serve" 30 >"$work/outcome" 2>"$work/log/clients" || fail "$(cat "$work/outcome" "$work/log/clients")"
cat "$work/outcome"
grep -q 'ending: .*not VNC' "$work/log/serve" || fail "no log line of a hostile target"
grep -q 'ending: target: .*more in one message than its screen can need' "$work/log/serve" || fail "no log line of the target that sends without an end"
for wrong in 'too big cut text' 'unknown message type' 'bits per pixel'; do
  grep -q "ending: the client sent what cannot be: .*$wrong" "$work/log/serve" || fail "no log line of a client: $wrong"
done
echo "the largest relay had $(cat "$work/most") KiB"
