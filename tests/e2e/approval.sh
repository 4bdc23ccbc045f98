#!/bin/bash
# Nobody works alone on prod: real clients wait for approval, get in within a second of it, and out when it is revoked; a refusal
# is read by its user; an emergency begins at once and is reviewed. What screens say is read by OCR.
set -euo pipefail
. "$(dirname "$(readlink -f "$0")")/lib.sh"
. "$(dirname "$(readlink -f "$0")")/client_screen.sh"
begin approval
export OMP_THREAD_LIMIT=1

secret=tgt4711x
start_vnc_target prod-1 "$work/home" $secret
target_display=$display
cat >"$work/policy.yaml" <<END
groups:
  leads: [carol, alice]
rules:
  - name: prod
    users: ["*"]
    targets: [prod-1]
    allow: true
    approval: {needed: 1, groups: [leads]}
    reason: required
    emergency: allow
    gates: {export: {approval: {groups: [leads]}}}
END
start_gateway
for user in alice bob carol; do add_user $user 'Correct-Horse-9'; done
admin role bind approver --user carol --scope 'target=prod-1' >/dev/null
add_target prod-1 vnc "$port" $secret

pending() { admin request list --state requested --user "$1" --json | json 'd[0]["id"]'; }
decide() { printf 'Correct-Horse-9' | admin request "$@"; }  # decide approve|refuse|review ID --as NAME...

# An RDP client is asked why, waits, and works.
start_rdp_client rdp-alice "$rdp_port" alice@prod-1 'Correct-Horse-9'
client_window rdp-alice "$display"
see why 'Why do you connect'
type_line "$display" 'rebuild the index'
see waiting 'Waiting for approval.*leads|leads.*Waiting for approval'
if [ -n "$(recordings prod-1)" ]; then fail "recorded before it was approved"; fi
request=$(pending alice)
if decide approve "$request" --as alice; then fail "alice approved her own request"; fi
if decide approve "$request" --as bob; then fail "bob, who is no lead, approved"; fi
decide approve "$request" --as carol --comment 'go ahead'
granted=$(date +%s%N)
# Pictures are for the eye of the test; serve's own clock says how soon the target was reached.
wait_until 20 "the target's picture" same_picture
wait_until 5 "the target in the log" grep -q "target prod-1 is reached" "$work/log/serve"
reached=$(date -d "$(grep -m1 'target prod-1 is reached' "$work/log/serve" | grep -oE '[0-9]{4}-[0-9-]+[T ][0-9:.]+Z?' | head -1)" +%s%N)
echo "reached $(((reached - granted) / 1000000)) ms after the grant was answered"
((reached - granted < 1000000000)) || fail "it took longer than a second"
xdotool_on "$display" mousemove 400 400
type_line "$display" "touch typed-by-alice"
wait_until 10 "what was typed" test -e "$work/home/typed-by-alice"

# Taken back: the session ends.
admin request revoke "$request" --comment 'wrong machine'
see revoked 'wrong machine'
press "$display" Return
gone() { ! running "$(cat "$work/pid/$1")"; }
wait_until 20 "the client's end" gone rdp-alice

# A VNC client whose request is refused reads why. What was approved before opens at once.
start_vnc_client vnc-bob "$vnc_port" 'bob@prod-1 Correct-Horse-9' TLSPlain
client_window vnc-bob "$display"
see why-bob 'Why do you connect'
type_line "$display" 'looking around'
see waiting-bob 'Waiting for approval'
decide refuse "$(pending bob)" --as carol --comment 'not in the freeze'
see refused 'not in the freeze'
press "$display" Return
wait_until 20 "the viewer's end" gone vnc-bob
for_bob=$(admin request create --user bob --target prod-1 --reason 'patch day' --json)
[[ $(json 'd["asked_by"]' <<<"$for_bob") == *"on the command line" ]] || fail "it does not say who asked in bob's name: $for_bob"
decide approve "$(json 'd["id"]' <<<"$for_bob")" --as carol
start_vnc_client vnc-early "$vnc_port" 'bob@prod-1 Correct-Horse-9' TLSPlain
client_window vnc-early "$display"
wait_until 20 "the target's picture" same_picture
stop_named vnc-early

# An emergency does not wait, and stays open until somebody signs.
start_vnc_client vnc-emergency "$vnc_port" 'bob@prod-1 Correct-Horse-9' TLSPlain
client_window vnc-emergency "$display"
see why-emergency 'Emergency'
type_text "$display" 'the shop is down'
press "$display" Tab
press "$display" Tab
press "$display" Return
wait_until 20 "the target's picture" same_picture
stop_named vnc-emergency
emergency=$(admin request list --unreviewed --json | json 'd[0]["id"]')
decide review "$emergency" --as carol --comment 'it was'
[ "$(admin request list --unreviewed --json)" = "[]" ] || fail "the review left the emergency open"

wait_until 60 "three recordings" eval '[ "$(recordings prod-1 | wc -l)" = 3 ]'
wait_for_film prod-1 120 "$work/film.mp4"
admin recordings list --json | grep -q 'was revoked by .* on the command line' || fail "the recording does not say how it ended"

# Nor does evidence leave without somebody's word, which is good for one export.
evidence() { admin export "$recording" --from 0 --to 0.5 --output "$work/$1" --reason 'audit' "${@:2}" >"$work/log/$1" 2>&1; }
if evidence unasked; then fail "an export that nobody agreed to"; fi
grep -q 'it needs 1 approval' "$work/log/unasked" || fail "the refusal says: $(cat "$work/log/unasked")"
[ ! -e "$work/unasked" ] || fail "a bundle that was not signed was left behind"
decide approve "$(admin request create --kind export --recording "$recording" --reason audit --json | json 'd["id"]')" --as carol
evidence agreed || fail "an export that was agreed to: $(cat "$work/log/agreed")"
if evidence again; then fail "one approval was good for two exports"; fi
evidence broken --break-glass 'the court sits at nine' || fail "the glass did not break: $(cat "$work/log/broken")"
admin alert list --json | grep -q 'the court sits at nine' || fail "nobody was told of the broken glass"
decide review "$(admin request list --unreviewed --json | json 'd[0]["id"]')" --as carol --comment 'it did'
echo "nobody worked alone, and everybody read why"
