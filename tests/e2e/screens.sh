#!/bin/bash
# The gateway's own screens, as real clients show them: signing in, choosing a machine, the policy's notice, what an
# administrator does to a session, idleness, too many sessions, a target that is down. What they say is read by OCR.
set -euo pipefail
. "$(dirname "$(readlink -f "$0")")/lib.sh"
. "$(dirname "$(readlink -f "$0")")/client_screen.sh"
begin screens
export OMP_THREAD_LIMIT=1

secret=tgt4711x
start_vnc_target lab-1 "$work/home" $secret
target_display=$display
cat >"$work/policy.yaml" <<END
rules:
  - name: idle
    users: [bob]
    targets: [lab-1]
    tickets: ['CHG-[0-9]+']
    allow: true
    session: {idle_seconds: 32, per_user: 1}
  - name: everybody
    users: ["*"]
    targets: ["*"]
    allow: true
    consent: Every picture of this session is recorded.
END
start_gateway
add_user alice 'Correct-Horse-9'
add_user bob 'Correct-Horse-9'
add_target lab-1 vnc "$port" $secret
admin target add lab-3 --protocol vnc --address "127.0.0.1:$port" --account asked
free_port nobody_listens
add_target lab-2 vnc "$nobody_listens" $secret

arrives() {  # arrives FILE: what is typed makes it, at the target
  xdotool_on "$display" mousemove 400 400
  type_line "$display" "touch $1"
}

# An RDP client that brings no password signs in on our screen, mistypes once, agrees, and works.
start_rdp_client rdp-client "$rdp_port" alice@lab-1 ''
client_window rdp-client "$display"
see login 'relays and records your'
type_line "$display" 'Wrong-Horse-9'
see login-again 'Access was denied'
type_line "$display" 'Correct-Horse-9'
see consent 'Every picture of this session is recorded'
if [ -n "$(recordings lab-1)" ]; then fail "recorded before the user agreed"; fi
press "$display" Return
wait_until "the target's picture" same_picture
arrives typed-by-rdp
wait_until "what was typed" test -e "$work/home/typed-by-rdp"
stop_named rdp-client

# A VNC user who names no machine chooses one with the keyboard.
start_vnc_client vnc-choose "$vnc_port" 'alice@ Correct-Horse-9' TLSPlain
client_window vnc-choose "$display"
see choose 'lab.2'
press "$display" Down
press "$display" Up
press "$display" Return
see choose-consent 'Every picture'
press "$display" Return
wait_until "the target's picture" same_picture
grep -q 'alice agreed to the notice' "$work/log/serve" || fail "the answer is not in the log"

# An administrator steers it.
session=$(admin sessions list --json | json '[s["id"] for s in (d["sessions"] if isinstance(d, dict) else d)][0]')
admin sessions lock-input "$session"
wait_until "the lock" grep -q "input is locked" "$work/log/serve"
arrives while-locked
admin sessions unlock-input "$session"
wait_until "the lock's end" grep -q "input is unlocked" "$work/log/serve"
arrives after-unlock
wait_until "what was typed after the lock" test -e "$work/home/after-unlock"
[ ! -e "$work/home/while-locked" ] || fail "what was typed while input was locked has arrived"
admin sessions end "$session" --message 'Maintenance begins at noon.'
see ended 'Maintenance begins at noon'
press "$display" Return
gone() { ! running "$(cat "$work/pid/vnc-choose")"; }
wait_until "the viewer's end" gone

# Who has a ticket's number gets the rule that is for it. Nothing typed for a while: a warning, which any key takes away; then the end. One session of bob's at a time.
start_vnc_client vnc-idle "$vnc_port" 'bob@lab-1 Correct-Horse-9' TLSPlain
client_window vnc-idle "$display"
idle_display=$display
see number 'Which ticket do you work on'
type_line "$display" CHG-4711
# The warning stands for a few seconds only, and counts them down: pictures of it are read after the key.
wait_until "the target's picture" same_picture
other_picture() { ! same_picture; }
wait_until "another picture than the target's" other_picture
for picture in 1 2 3; do
  screenshot "$display" "$work/idle-$picture.png"
  pause 1
done
press "$display" shift
warned() { for picture in 3 2 1; do cp "$work/idle-$picture.png" "$work/idle.png"; if reads idle 'clicked for a while'; then return; fi; done; false; }
warned || fail "no warning was read: $work/idle-3.png"
[ -z "${PICTURES:-}" ] || cp "$work/idle.png" "$PICTURES/"
wait_until "the target's picture again" same_picture
start_vnc_client vnc-second "$vnc_port" 'bob@lab-1 Correct-Horse-9' TLSPlain
client_window vnc-second "$display"
see number-again 'Which ticket do you work on'
type_line "$display" CHG-4711
see too-many 'as many sessions as you may have'
stop_named vnc-second
display=$idle_display
see idle-ended 'Nothing was typed or clicked for too long'
# Its relay was in reserve for longer than that: only the user's own time counts.
logged() { date -d "$(grep "$1" "$work/log/serve" | tail -n 1 | cut -d' ' -f1)" +%s; }  # logged TEXT: when, in seconds
lasted=$(($(logged 'nothing was typed or clicked') - $(logged 'target lab-1 is reached')))
[ "$lasted" -ge 22 ] || fail "ended for idleness after $lasted s"
stop_named vnc-idle
# Its warning has counted the seconds down.
left() { convert "$work/idle-$1.png" -resize 200% "$work/ocr.png" && tesseract "$work/ocr.png" - --psm 6 2>/dev/null | tr '\n' ' ' | sed -nE 's/.*ends in ([0-9]+) second.*/\1/p'; }
counted=$(for picture in 1 2 3; do left $picture; echo; done | tr '\n' ' ')
echo "the warning counted: $counted"
read -r first second _ <<<"$counted"
[ "${first:-0}" -gt "${second:-99}" ] && [ "$first" -le 16 ] || fail "no countdown: \"$counted\""

start_vnc_client vnc-down "$vnc_port" 'alice@lab-2 Correct-Horse-9' TLSPlain
client_window vnc-down "$display"
see down-consent 'Every picture'
press "$display" Return
see unreachable 'cannot be reached'
press "$display" Return
down_gone() { ! running "$(cat "$work/pid/vnc-down")"; }
wait_until "the viewer's end" down_gone

# A machine that asks its users for their own password: the gateway hands on what they type, mistyped once, and keeps it nowhere. The film would cover it.
start_rdp_client rdp-asked "$rdp_port" alice@lab-3 'Correct-Horse-9'
client_window rdp-asked "$display"
see asked-consent 'Every picture'
press "$display" Return
see asked 'Type your account on lab.3'
press "$display" Return
type_line "$display" wrong471
see asked-again 'refused the user name or the password'
press "$display" Return
type_line "$display" $secret
wait_until "the target's picture" same_picture
arrives typed-after-asked
wait_until "what was typed at the machine that asks" test -e "$work/home/typed-after-asked"
stop_named rdp-asked
if grep -q "$secret\|wrong471" "$work/log/serve"; then fail "a typed password is in the log"; fi

of_number=$(admin recordings list --user bob --json | json '" ".join(one["rule"] for one in d)')
[ "$of_number" = idle ] || fail "bob gave the number of the rule idle, and was recorded by: $of_number"
admin recordings list --json | has 'ended by the gateway: Maintenance begins at noon' || fail "the recording does not say how it ended"
echo "every screen was read at a client"
