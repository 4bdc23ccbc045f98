#!/bin/bash
# comeback.sh: what reattach.sh leaves: users come back by NLA, with the ticket as password; a ticket brings nobody back after its grace, after its
# approval was revoked, or when the session is as long as it may be; an RDP target that is cut off, or starts anew, is reached again. One recording each. Who is with a machine that
# leaves at once reads so.
set -euo pipefail
. "$(dirname "$(readlink -f "$0")")/lib.sh"
. "$lib/client_screen.sh"
. "$lib/broken_network.sh"
begin comeback
log=$work/log/serve

issue() { admin ticket issue --user alice --target "$1" --front rdp --json | json 'd["ticket"]'; }
dies() { kill -KILL "$(cat "$work/pid/$1")"; }  # dies NAME
nla() {  # nla NAME PORT TICKET [ARGUMENT...]: a client that proves by NLA that it has the ticket
  start_rdp_client "$1" "$2" alice@machine "$3" nla '/load-balance-info:Cookie: msts=frostgate-nla' "${@:4}"
}

start_rdp_target machine "$work/home" operator tgt4711x
shadow=$pid target_display=$display shadow_port=$port
wire to-target "$port"
rdp_target=$wire_port
start_vnc_target other "$work/other" tgt4711x
other_display=$display
cat >"$work/policy.yaml" <<END
rules:
  - {name: brief, users: ["*"], targets: [brief], allow: true, session: {reconnect_grace: 3}}
  - {name: short, users: ["*"], targets: [short], allow: true, session: {max_seconds: 12}}
  - {name: asked, users: ["*"], targets: [asked], allow: true, approval: {needed: 1, users: [carol]}}
  - {name: all, users: ["*"], targets: ["*"], allow: true}
END
start_gateway
for user in alice carol; do add_user $user 'Correct-Horse-9'; done
add_target machine rdp "$rdp_target" tgt4711x operator
for name in brief short asked; do add_target $name vnc "$port" tgt4711x; done
wire to-gateway "$rdp_port"
gateway=$wire_port
wire elsewhere "$rdp_port" 127.0.0.2
elsewhere=$wire_port

# NLA: back by itself, and with the ticket typed again; not from elsewhere.
code=$(issue machine)
nla first "$gateway" "$code" +auto-reconnect /auto-reconnect-max-retries:20
client_window first "$display"
wait_until "the target's picture at the client" same_picture
writes one
cut_wire to-gateway
wait_until "the loss" logged 'is lost .*; until .* the same ticket brings the user back'
nla stranger "$elsewhere" "$code"
wait_until "the refusal of another address" logged 'denied 127.0.0.2: (no live ticket fits|its ticket was used before)'
stop_named stranger
mend_wire to-gateway
wait_until "the client coming back by itself" logged 'comes back with the connection'
display=:$(cat "$work/first.display")
wait_until "the target's picture at the client" same_picture
writes two
dies first
wait_until "the second loss" logged 'the same ticket brings the user back' 2
nla again "$gateway" "$code"
client_window again "$display"
wait_until "the target's picture at the client" same_picture
writes three

# The network before the RDP target breaks, and heals; then the target itself starts anew.
cut_wire to-target
see lost 'try [123] of 5'
mend_wire to-target
wait_until "the target being back" logged 'target machine is back'
wait_until "the target's picture at the client" same_picture
writes four
kill -KILL "$shadow"
wait_until "the target being missed" logged 'trying to reach it again' 2
DISPLAY=$target_display HOME="$work/machine.shadow" start machine-shadow freerdp-shadow-cli "/port:$shadow_port" /bind-address:127.0.0.1 \
  "/sam-file:$work/machine.sam" /sec:nla +auth
wait_until "the target being back again" logged 'target machine is back' 2
wait_until "the target's picture at the client" same_picture
writes five
machine=$(row 0 id)
admin sessions end "$machine" --message 'Over.'
see over 'Over'
press "$display" Return
wait_until "the end" logged "session=$machine session ended: ended by the gateway"
[ "$(rows)" = 1 ] || fail "$(rows) recordings instead of one"
wait_for_film machine "$work/film.mp4"
[ "$(row 0 status)" = clean ] || fail "the film is $(row 0 status)"

enters() {  # enters NAME TICKET: a client of that target
  start_rdp_client "$1" "$gateway" "alice@$1#$2" '' tls
  client_window "$1" "$display"
}
in_vain() {  # in_vain NAME TICKET: who comes with it is denied, and makes no recording
  local before recordings
  recordings=$(rows)
  before=$(grep -c 'denied 127.0.0.1: \(no live ticket fits\|its ticket was used before\)' "$log" || true)
  start_rdp_client "$1-late" "$rdp_port" "alice@$1#$2" '' tls
  wait_until "the refusal of a ticket for $1" logged 'denied 127.0.0.1: (no live ticket fits|its ticket was used before)' $((before + 1))
  stop_named "$1-late"
  [ "$(rows)" = "$recordings" ] || fail "a ticket that is over made a recording"
}
target_display=$other_display

# After its grace.
code=$(issue brief)
enters brief "$code"
wait_until "the target's picture at the client" same_picture
dies brief
wait_until "the end of the grace" logged 'and the user did not come back'
in_vain brief "$code"

# After its approval was revoked, while nobody was there.
code=$(issue asked)
enters asked "$code"
see waiting 'Waiting for approval'
request=$(admin request list --state requested --user alice --json | json 'd[0]["id"]')
admin role bind approver --user carol --scope '*' >/dev/null
printf 'Correct-Horse-9' | admin request approve "$request" --as carol --comment 'go ahead'
wait_until "the target's picture at the client" same_picture
dies asked
wait_until "the loss" logged 'the same ticket brings the user back' 4
admin request revoke "$request" --comment 'wrong machine'
wait_until "the end of what was revoked" logged 'session ended: .*wrong machine'
in_vain asked "$code"

# A session that is as long as it may be is over, whoever is there.
code=$(issue short)
enters short "$code"
wait_until "the target's picture at the client" same_picture
dies short
wait_until "the loss" logged 'the same ticket brings the user back' 5
lost_at=$SECONDS
start_rdp_client short-again "$gateway" "alice@short#$code" '' tls
client_window short-again "$display"
wait_until "the target's picture at the client" same_picture
see long_enough 'has lasted as long as it may'
((SECONDS - lost_at < 30)) || fail "the time of a session began anew with its comeback"
press "$display" Return
wait_until "the end" logged 'session ended: the longest time for a session is over'
in_vain short "$code"

# A machine that is gone before its session is fairly open: its user reads so, at a client of either kind.
start leaver python3 "$lib/leaver.py"
wait_until "the machine that leaves" grep -q . "$work/log/leaver"
admin target add leaver --protocol vnc --address "127.0.0.1:$(cat "$work/log/leaver")" --no-credential
start_vnc_client vnc-left "$vnc_port" 'alice@leaver Correct-Horse-9' TLSPlain
client_window vnc-left "$display"
see vnc-left 'machine has ended the session'
start_rdp_client rdp-left "$rdp_port" alice@leaver 'Correct-Horse-9'
client_window rdp-left "$display"
see rdp-left 'machine has ended the session'
! logged 'the journal was not closed' || fail "a journal was not closed"
