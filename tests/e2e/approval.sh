#!/bin/bash
# Nobody works alone on prod: real clients wait for approval, get in within a second of it, and out when it is revoked; a refusal
# is read by its user; an emergency begins at once and is reviewed; what is done while a recording pauses or is stopped is nowhere, and its film, its export
# and the audit log say so; who joins a session sees it and types nothing. What screens say is read by OCR.
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
    gates:
      export: {approval: {groups: [leads]}}
      pause: {reason: required, approval: {groups: [leads]}, longest_minutes: 5}
      stop: {approval: {groups: [leads]}}
      join: {reason: required, approval: {groups: [leads]}}
END
https=yes
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

# Its recording pauses when somebody has agreed, and its user begins it.
paused_session=$(admin sessions list --json | json 'd[0]["id"]')
type_line "$display" 'echo kept-before'
ask_for_pause() { admin request create --user bob --kind pause --recording "$paused_session" --reason 'the root key is typed' --json | json 'd["id"]'; }
pause_now() { admin sessions pause-recording "$paused_session" --user bob; }
if pause_now; then fail "a pause that nobody asked for"; fi
refused_pause=$(ask_for_pause)
if decide approve "$refused_pause" --as bob; then fail "bob approved his own pause"; fi
decide refuse "$refused_pause" --as carol --comment 'not now'
if pause_now; then fail "a pause that was refused"; fi
granted_pause=$(ask_for_pause)
decide approve "$granted_pause" --as carol --comment 'be quick'
pause_now
see paused 'Recording is paused'
press "$display" Return
wait_until 10 "the target's picture" same_picture
journal=$work/data/journal/$paused_session
sizes() { find "$journal" -name '*.fgj' -printf '%P %s\n' | sort; }
# Keystrokes not at all, and the screen's by no more than what says twice a second that the session goes on.
as_before() {  # as_before SIZES SINCE: since it was SINCE in $SECONDS
  local grown
  grown=$(($(sizes | awk '{s += $2} END {print s}') - $(awk '{s += $2} END {print s}' <<<"$1")))
  [ "$(sizes | grep keystrokes)" = "$(grep keystrokes <<<"$1")" ] && [ "$(sizes | wc -l)" = "$(wc -l <<<"$1")" ] && [ $grown -le $(((SECONDS - $2 + 1) * 150)) ]
}
before=$(sizes) since=$SECONDS
type_line "$display" 'clear; echo unseen-$((4000 + 711)) | tee unseen'
wait_until 10 "what was typed" grep -q unseen-4711 "$work/home/unseen"
xdotool_on "$display" mousemove 300 300
pause 1.5  # three flushes of a recorder that recorded
as_before "$before" $since || fail "the journal grew while the recording paused: $before, then $(sizes)"
type_line "$display" 'clear; rm unseen'
gone_unseen() { [ ! -e "$work/home/unseen" ]; }
wait_until 10 "the cleared screen" gone_unseen
admin sessions record-again "$paused_session"
see goes-on 'Recording goes on'
press "$display" Return
type_line "$display" 'echo kept-after >after'
wait_until 10 "what was typed" test -e "$work/home/after"

# Somebody else looks at it, when somebody has agreed: what its user sees, and nothing that they type arrives.
admin role bind auditor --user alice --scope 'target=prod-1' >/dev/null
asked_join=$(admin request create --user alice --kind join --recording "$paused_session" --reason 'to help' --json | json 'd["id"]')
decide approve "$asked_join" --as carol
python3 "$lib/guest.py" "$https_port" "$paused_session" alice 'Correct-Horse-9' "$work" >"$work/log/guest" 2>&1 &
guest=$!
see guest 'alice sees what you see.*carol'
press "$display" Return
guest_sees() {
  screenshot "$target_display" "$work/target.png"
  [ "$(compare -metric AE "$work/target.png" "$work/guest.ppm" null: 2>&1)" -lt 400 ]
}
wait_until "the target's picture at the guest" guest_sees
type_line "$display" 'touch after-the-guest'
wait_until 10 "what was typed" test -e "$work/home/after-the-guest"
[ ! -e "$work/home/typed-by-the-guest" ] || fail "the guest has typed"
admin request revoke "$asked_join" --comment 'thanks'
wait "$guest" || fail "the guest: $(cat "$work/log/guest")"
grep -q 'shown out' "$work/log/guest" || fail "the guest: $(cat "$work/log/guest")"
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

# Its recording stops, by another approval, and the session goes on.
stopped_session=$(admin sessions list --json | json 'd[0]["id"]')
asked_stop=$(admin request create --user bob --kind stop --recording "$stopped_session" --reason 'private' --json | json 'd["id"]')
decide approve "$asked_stop" --as carol
admin sessions stop-recording "$stopped_session" --user bob
see stopped 'Recording is stopped'
press "$display" Return
journal=$work/data/journal/$stopped_session
before=$(sizes) since=$SECONDS
type_line "$display" 'clear; echo secret-$((4000 + 711)) | tee never'
wait_until 10 "what was typed" grep -q secret-4711 "$work/home/never"
pause 1.5
as_before "$before" $since || fail "the journal grew after the recording was stopped: $before, then $(sizes)"
stop_named vnc-emergency
emergency=$(admin request list --unreviewed --json | json 'd[0]["id"]')
decide review "$emergency" --as carol --comment 'it was'
[ "$(admin request list --unreviewed --json)" = "[]" ] || fail "the review left the emergency open"

wait_until 60 "three recordings" eval '[ "$(recordings prod-1 | wc -l)" = 3 ]'
wait_for_film prod-1 "$work/film.mp4"
admin recordings list --json | has 'was revoked by .* on the command line' || fail "the recording does not say how it ended"

# The film has a card in place of what was not recorded, on the session's own time, and nothing else of it.
admin recordings show "$paused_session" --json >"$work/paused.json"
span=$(json '" ".join("%.2f" % (e["at_ms"] / 1000) for e in d["report"]["journal"]["events"] if e["kind"].startswith("recording_"))' <"$work/paused.json")
read -r paused_at recorded_at <<<"$span"
echo "not recorded from $paused_at to $recorded_at s"
[ -n "$recorded_at" ] || fail "the film's events do not have the pause: $(cat "$work/paused.json")"
admin recordings fetch "$paused_session" --output "$work/paused.mp4" >/dev/null
middle=$(awk "BEGIN {print ($paused_at + $recorded_at) / 2}")
has_card() {  # has_card FILM.mp4 SECONDS
  ffmpeg -v error -ss "$2" -i "$1" -frames:v 1 -y "$work/card.png"
  [ -z "${PICTURES:-}" ] || cp "$work/card.png" "$PICTURES/"
  reads card 'Recording paused.*By bob.*given by carol.*the root key is typed'
}
[ "$(json '" ".join("came" if e["here"] else "left" for e in d["report"]["journal"]["events"] if e["kind"] == "guest" and e["user"] == "alice")' <"$work/paused.json")" = "came left" ] || fail "the film's events do not have the guest: $(cat "$work/paused.json")"
has_card "$work/paused.mp4" "$middle" || fail "the film has no card at $middle s (see $work/card.png)"
# The other's ends with a card, and has nothing of what came after.
admin recordings show "$stopped_session" --json >"$work/stopped.json"
stopped_at=$(json 'next("%.2f" % (e["at_ms"] / 1000) for e in d["report"]["journal"]["events"] if e["kind"] == "recording_stopped" and e["approved_by"] == "carol")' <"$work/stopped.json")
admin recordings fetch "$stopped_session" --output "$work/stopped.mp4" >/dev/null
ffmpeg -v error -ss "$(awk "BEGIN {print $stopped_at + 1}")" -i "$work/stopped.mp4" -vf mpdecimate -fps_mode vfr -y "$work/end-%03d.png"
[ "$(find "$work" -maxdepth 1 -name 'end-*.png' | wc -l)" = 1 ] || fail "the film shows more than one picture after the recording was stopped"
reads end-001 'Recording stopped.*By bob.*given by carol.*private' || fail "the film has no card after $stopped_at s (see $work/end-001.png)"
# Every picture that differs from before the pause until a second after it, and of the rest one a second: what was on the screen then would stay there.
mkdir "$work/frames"
pictures() { ffmpeg -v error -i "$work/paused.mp4" -vf "$1,mpdecimate" -fps_mode vfr "$work/frames/$2-%04d.png"; }
pictures "trim=start=$(awk "BEGIN {print $paused_at - 1.5}"):end=$(awk "BEGIN {print $recorded_at + 1}")" around
pictures "trim=start=$recorded_at,fps=1" after
find "$work/frames" -name '*.png' -print0 | xargs -0 -P 2 -I PICTURE sh -c 'convert PICTURE -resize 200% PICTURE.large.png && tesseract PICTURE.large.png PICTURE --psm 6 2>/dev/null'
cat "$work"/frames/*.txt >"$work/film.txt"
echo "$(find "$work/frames" -name '*.txt' | wc -l) pictures of the film were read"
grep -q 'kept-before' "$work/film.txt" || fail "the film lacks what was recorded: $(cat "$work/film.txt")"
if grep -qE 'unseen|4711' "$work/film.txt"; then fail "the film shows what was done in the pause"; fi
[ "$(admin recordings list --text 'unseen*' --json)" = "[]" ] || fail "the index has what was done in the pause"
admin recordings list --text 'kept*' --json | has "$paused_session" || fail "the index lacks what was recorded"
awk "BEGIN {exit !($(json 'd["duration_seconds"]' <"$work/paused.json") > $recorded_at)}" || fail "the film ends before its session"

# Nor does evidence leave without somebody's word, which is good for one export.
recording=$paused_session
evidence() { admin export "$recording" --from "$(awk "BEGIN {print $paused_at - 0.5}")" --to "$(awk "BEGIN {print $recorded_at + 0.5}")" --output "$work/$1" --reason 'audit' "${@:2}" >"$work/log/$1" 2>&1; }
if evidence unasked; then fail "an export that nobody agreed to"; fi
grep -q 'it needs 1 approval' "$work/log/unasked" || fail "the refusal says: $(cat "$work/log/unasked")"
[ ! -e "$work/unasked" ] || fail "a bundle that was not signed was left behind"
decide approve "$(admin request create --kind export --recording "$recording" --reason audit --json | json 'd["id"]')" --as carol
evidence agreed || fail "an export that was agreed to: $(cat "$work/log/agreed")"
if evidence again; then fail "one approval was good for two exports"; fi
"${frostgate%/*}/frostgate-verify" "$work/agreed" >"$work/log/verified" || fail "the bundle does not verify: $(cat "$work/log/verified")"
has_card "$work/agreed/clip.mp4" "$(awk "BEGIN {print 0.5 + $middle - $paused_at}")" || fail "the clip has no card (see $work/card.png)"
ffprobe -v error -show_entries chapter_tags=title -of csv=p=0 "$work/agreed/clip.mp4" >"$work/chapters"
[ "$(cat "$work/chapters")" = "Beginning
Recording paused by bob: the root key is typed
Recording goes on" ] || fail "the clip's chapters: $(cat "$work/chapters")"

# The audit log is whole, and tells of it in order.
admin audit verify >/dev/null || fail "the audit log does not verify"
admin audit list --limit 500 --json >"$work/audit.json"
story=$(python3 - "$work/audit.json" "$paused_session" "$refused_pause" "$granted_pause" <<'END'
import json, sys
with open(sys.argv[1], encoding="utf-8") as file:
    entries = sorted(json.load(file), key=lambda entry: entry["number"])
of_it, before = sys.argv[2:], ""
for entry in entries:
    about = next((i for i, name in enumerate(of_it) if entry["subject"] == name), None)
    if about is None:
        continue
    detail = entry.get("detail") or {}
    if entry["event"] in ("view", "configuration", "key") or entry["event"] == "alert" and detail["kind"] != "recording.paused":
        continue
    what = detail.get("what", "") or detail.get("kind", "") or ("allowed" if detail.get("allowed") else "")
    line = ["", "first ", "second "][about] + entry["event"] + (" " + what if what else "")
    if line != before:
        print(line)
    before = line
END
)
expected='login
decision allowed
begun
first approval requested
first approval refused
second approval requested
second approval approved
second approval used
paused
alert recording.paused
resumed
joined
left
ended
published
exported'
[ "$story" = "$expected" ] || fail "the audit log tells: $story"
evidence broken --break-glass 'the court sits at nine' || fail "the glass did not break: $(cat "$work/log/broken")"
admin alert list --json | has 'the court sits at nine' || fail "nobody was told of the broken glass"
decide review "$(admin request list --unreviewed --json | json 'd[0]["id"]')" --as carol --comment 'it did'
echo "nobody worked alone, and everybody read why"
