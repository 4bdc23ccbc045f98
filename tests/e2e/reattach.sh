#!/bin/bash
# reattach.sh: users whose connection breaks come back to their session with the ticket that opened it, from the same address, and
# nobody else does; a target whose connection breaks is reached again while the client stays.
set -euo pipefail
. "$(dirname "$(readlink -f "$0")")/lib.sh"
. "$lib/client_screen.sh"
. "$lib/broken_network.sh"
begin reattach
log=$work/log/serve

rdp_ticket() { admin ticket issue --user alice --target machine --front rdp --json | json 'd["ticket"]'; }

start_vnc_target machine "$work/home" tgt4711x
target_display=$display
wire to-target "$port"
target_port=$wire_port
echo 'rules: [{name: all, users: ["*"], targets: ["*"], allow: true}]' >"$work/policy.yaml"
start_gateway
add_user alice 'Correct-Horse-9'
add_target machine vnc "$target_port" tgt4711x
wire to-rdp "$rdp_port"
rdp_wire=$wire_port
wire elsewhere "$rdp_port" 127.0.0.2
elsewhere=$wire_port

# An RDP client whose network breaks comes back by itself, as mstsc does.
code=$(rdp_ticket)
start_rdp_client rdp-client "$rdp_wire" "alice@machine#$code" '' tls +auto-reconnect /auto-reconnect-max-retries:20
client_window rdp-client "$display"
rdp_display=$display
wait_until "the target's picture at the client" same_picture
writes one

# As long as it is there, its ticket is nobody's; nor is it elsewhere, ever.
intruder() {  # intruder NAME PORT
  mkdir -p "$work/$1.home"
  DISPLAY=$rdp_display HOME="$work/$1.home" start "$1" xfreerdp "/v:127.0.0.1:$2" "/u:alice@machine#$code" /p: /sec:tls /cert:ignore /size:640x480
}
intruder thief "$rdp_port"
wait_until "the refusal of a ticket in use" logged 'denied: the ticket is in use in session'
intruder stranger "$elsewhere"
wait_until "the refusal of another address" logged 'denied 127.0.0.2: its ticket was used before'
display=$rdp_display writes two
stop_named thief
stop_named stranger
[ "$(rows)" = 1 ] || fail "a used ticket made a session"

cut_wire to-rdp
wait_until "the loss" logged 'is lost .*; until .* the same ticket brings the user back'
[ "$(row 0 status)" = recording ] || fail "the session ended with its connection"
mend_wire to-rdp
wait_until "the client coming back by itself" logged 'comes back with the connection'
wait_until "the target's picture at the client" same_picture
writes three

# Who may only look when the connection is lost may only look when they are back, until an administrator says otherwise.
admin sessions lock-input "$(row 0 id)"
wait_until "the lock" logged "the user's input is locked"
cut_wire to-rdp
wait_until "the loss of who may only look" logged 'the same ticket brings the user back' 2
mend_wire to-rdp
wait_until "their coming back" logged 'comes back with the connection' 2
wait_until "the lock on the new connection" logged "the user's input is locked" 2
wait_until "the target's picture at the client" same_picture
type_line "$display" 'echo locked >locked'
pause 2
admin sessions unlock-input "$(row 0 id)"
wait_until "the lock's end" logged "the user's input is unlocked"
writes unlocked
[ ! -e "$work/home/locked" ] || fail "who may only look has typed after coming back"

# Lost again; two come back at the same time, one of them in vain.
comebacks=$(grep -c 'comes back with the connection' "$log")
stop_named rdp-client
wait_until "the second loss" logged 'the same ticket brings the user back' $((comebacks + 1))
intruder first "$rdp_port"
intruder second "$rdp_port"
one_in() { logged 'comes back with the connection' $((comebacks + 1)); }
wait_until "one of two" one_in
wait_until "the other's refusal" logged 'denied: ' 2
[ "$(grep -c 'comes back with the connection' "$log")" = $((comebacks + 1)) ] || fail "two came back at once"

# The network between the gateway and the target breaks: the client stays and sees what is tried.
stop_named first
stop_named second
wait_until "the third loss" logged 'the same ticket brings the user back' $((comebacks + 2))
start_rdp_client rdp-again "$rdp_wire" "alice@machine#$code" '' tls
client_window rdp-again "$display"
wait_until "the target's picture at the client" same_picture
cut_wire to-target
see lost 'try [123] of 5'
mend_wire to-target
wait_until "the target being back" logged 'target machine is back'
wait_until "the target's picture at the client" same_picture
writes four

# A client whose machine has vanished without a word: who comes back meanwhile ends what is left of it.
kill -HUP "$(cat "$work/pid/to-rdp")"
intruder back "$rdp_port"
wait_until "the old connection being given up" logged 'has fallen silent, and its user is back'
wait_until "its user coming back" logged 'comes back with the connection' $((comebacks + 3))
stop_named rdp-again
stop_named back
wait_until "the fourth loss" logged 'the same ticket brings the user back' $((comebacks + 4))
start_rdp_client rdp-last "$rdp_port" "alice@machine#$code" '' tls
client_window rdp-last "$display"
wait_until "the target's picture at the client" same_picture

# An administrator ends it: nobody comes back.
session=$(row 0 id)
admin sessions end "$session" --message 'Over.'
see over 'Over'
press "$display" Return
wait_until "the end" logged "session=$session session ended: ended by the gateway"
intruder late "$rdp_port"
wait_until "the refusal of a session that is over" logged 'denied 127.0.0.1: its ticket was used before'
stop_named late
[ "$(rows)" = 1 ] || fail "a used ticket made a session"
wait_for_film machine "$work/film.mp4"
[ "$(row 0 status)" = clean ] || fail "the film is $(row 0 status)"
admin recordings show "$session" --json >"$work/recording.json"
[ "$(json 'd["relay"]["returns"]' <"$work/recording.json")" = 6 ] || fail "the report does not count who came back"

# A VNC viewer that is killed, and another with the same ticket; a target that stays away.
code=$(ticket alice machine)
start_vnc_client vnc-client "$vnc_port" "$code"
client_window vnc-client "$display"
wait_until "the target's picture at the client" same_picture
kill -KILL "$(cat "$work/pid/vnc-client")"
wait_until "the viewer's loss" logged 'the same ticket brings the user back' $((comebacks + 5))
start_vnc_client vnc-again "$vnc_port" "$code"
client_window vnc-again "$display"
wait_until "the target's picture at the client" same_picture
writes five
cut_wire to-target
see gone 'cannot be reached'
press "$display" Return
wait_until "the end of the second session" logged 'session ended: target: .*could not be reached again'
[ "$(rows)" = 2 ] || fail "$(rows) recordings instead of two"
