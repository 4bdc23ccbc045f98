#!/bin/bash
# pair.sh FRONT BACK: a real client of protocol FRONT (rdp, rdp-gfx, remmina, vnc) works through the gateway on a real target: BACK is rdp, xrdp or vnc.
# What the target draws, what the client shows and what the film shows are the same; keys, buttons and wheel arrive.
set -euo pipefail
. "$(dirname "$(readlink -f "$0")")/lib.sh"
front=$1 back=$2 target=$2 client=$1-client graphics=()
if [ "$front" = rdp-gfx ]; then graphics=(/gfx); fi
if [ "$front" != vnc ]; then front=rdp; fi
if [ "$back" = xrdp ]; then back=rdp; fi
begin "pair-$front-$back"

# Pixels of which a channel differs by more than the given share.
differing() {  # differing A.png B.png PERCENT
  local count
  count=$(compare -metric AE -fuzz "$3%" "$1" "$2" null: 2>&1) || true
  printf '%.0f' "$count"
}
pointer=0
[ "$client" != remmina-client ] || pointer=300  # it draws the pointer into its picture
same_picture() {  # target and client, both without loss
  screenshot "$target_display" "$work/target.png"
  screenshot "$client_display" "$work/client.png"
  [ "$(differing "$work/target.png" "$work/client.png" 2)" -le $pointer ]
}
target_changed() {  # target_changed SINCE.png
  screenshot "$target_display" "$work/now.png"
  [ "$(differing "$work/now.png" "$1" 2)" -gt 1000 ]
}
reject() {  # reject REASON: keeps the pictures
  local kept
  kept=$(mktemp -d "${TMPDIR:-/tmp}/frostgate-pictures.XXXXXX")
  cp "$work"/*.png "$work"/*.json "$work"/*.mp4 "$kept" 2>/dev/null || true
  fail "$1; pictures are in $kept"
}

secret=tgt4711x login=
[ "$back" = rdp ] && login=operator
case $target in
  rdp) start_rdp_target machine "$work/home" $login $secret ;;
  xrdp) start_xrdp_target machine "$work/home" $login $secret ;;
  vnc) start_vnc_target machine "$work/home" $secret ;;
esac
target_display=$display target_port=$port
start authority /usr/bin/python3 "$lib/timestamp_authority.py" "$work/authority"
wait_until "the time-stamp authority" test -e "$work/authority/port"
cat >"$work/more.yaml" <<END
evidence:
  timestamp_url: http://127.0.0.1:$(cat "$work/authority/port")/
  timestamp_certificates: $work/authority/authority.pem
END
start_gateway
add_user alice 'Correct-Horse-9'
add_target machine "$back" "$target_port" $secret $login
case $client in
  remmina-client) start_remmina_client $client "$rdp_port" alice@machine 'Correct-Horse-9' ;;
  rdp*) start_rdp_client "$client" "$rdp_port" alice@machine 'Correct-Horse-9' tls "${graphics[@]}" ;;
  *)
    code=$(ticket alice machine)
    start_vnc_client "$client" "$vnc_port" "$code"
    ;;
esac
client_display=$display
client_window "$client" "$client_display"
wait_until "the first picture at the client" same_picture

# Every kind of key: letters of both cases, digits, signs with and without shift, keys without a letter, a modifier.
typed="The quick brown fox, 0123456789 JUMPS: over [the] {lazy} dog; a+b=c/d-e_f ~ 'q' \"Q\" <x>|y\\z^*&@#!?\$%"
type_line "$client_display" "cat >note"
type_text "$client_display" "$typed%"
press "$client_display" BackSpace
press "$client_display" Return
press "$client_display" ctrl+d
type_line "$client_display" 'touch done'
wait_until "what was typed, at the target" test -e "$work/home/done"
[ "$(cat "$work/home/note")" = "$typed" ] || fail "typed: $typed; arrived: $(cat "$work/home/note")"

# The wheel scrolls the terminal back, and again.
type_line "$client_display" 'clear; for i in {1..90}; do echo "$i one plain line of harmless words"; done'
wait_until "the client showing what the target shows" same_picture
cp "$work/target.png" "$work/before.png"
xdotool_on "$client_display" mousemove 500 400 click --repeat 3 --delay 60 4
wait_until "the wheel, at the target" target_changed "$work/before.png"
xdotool_on "$client_display" mousemove 980 720
pause 1
wait_until "the client showing what the target shows" same_picture
pause 1
stop_named "$client"

wait_for_film machine "$work/film.mp4"
admin recordings show "$recording" --json >"$work/recording.json"
[ "$(json 'd["front"] + d["back"]' <"$work/recording.json")" = "$front$back" ] || fail "the recording names other protocols"
ffmpeg -v error -sseof -3 -i "$work/film.mp4" -update 1 -y "$work/film.png"
size=$(identify -format '%wx%h' "$work/film.png")
[ "$size" = "$screen" ] || reject "the film is $size, the target $screen"
# Outside masks, and where the film draws the pointer, the film shows what the target drew. H.264 softens edges a little.
outside=$(python3 "$lib/covered.py" "$work/recording.json" 980,720) || reject "too much is covered"
for picture in target film; do
  convert "$work/$picture.png" -fill gray -draw "$outside" "$work/$picture-outside.png"
done
count=$(differing "$work/target-outside.png" "$work/film-outside.png" 30)
# What the comparison is worth: it sees one line of text go.
convert "$work/film-outside.png" -fill '#fafafa' -draw 'rectangle 22,300 900,316' "$work/erased.png"
erased=$(differing "$work/target-outside.png" "$work/erased.png" 30)
echo "film and target differ in $count pixels; with one line erased in $erased"
[ "$erased" -gt 300 ] || reject "erasing a line changes only $erased pixels"
[ "$count" -lt 150 ] || reject "the film's last picture differs from the target's in $count pixels"

# Evidence: what is stored is what was published, and a bundle proves itself to somebody who has stock tools alone.
admin verify --all >"$work/verify.txt" || reject "verify: $(cat "$work/verify.txt")"
admin export "$recording" --from 1.5 --to 4.25 --output "$work/bundle" --reason "pair $front $back" >"$work/log/export"
admin export "$recording" --from 1.5 --to 4.25 --output "$work/burnt" --burn-in --reason "pair $front $back" >>"$work/log/export"
for bundle in "$work/bundle" "$work/burnt"; do
  "$lib/bundle_by_hand.sh" "$bundle" "$work/authority/authority.pem" >"$work/log/bundle" 2>&1 || fail "bundle: $(cat "$work/log/bundle")"
  grep -q '^Verification: OK' "$work/log/bundle" || fail "no time-stamp of the bundle: $(cat "$work/log/bundle")"
  grep -qx duration=2.750000 "$work/log/bundle" || fail "the clip has another length: $(cat "$work/log/bundle")"
  [ -z "$(ffmpeg -nostdin -v error -i "$bundle/clip.mp4" -enc_time_base -1 -f null - 2>&1)" ] || fail "the clip does not play"
  "$(dirname "$frostgate")/frostgate-verify" --authority "$work/authority/authority.pem" "$bundle" >"$work/log/bundle" || fail "bundle: $(cat "$work/log/bundle")"
done
# The clip's first picture is the film's at that time; a changed byte is seen.
# By the film's own clock: it begins some milliseconds after zero, by which ffmpeg's -t is late.
ffmpeg -v error -copyts -i "$work/film.mp4" -vf 'select=lte(t\,1.5)' -vsync vfr -update 1 -y "$work/film.png"
ffmpeg -v error -i "$work/bundle/clip.mp4" -frames:v 1 -y "$work/clip.png"
count=$(differing "$work/film.png" "$work/clip.png" 30)
[ "$count" -lt 150 ] || reject "the clip's first picture differs from the film's in $count pixels"
printf x | dd of="$work/bundle/clip.mp4" bs=1 seek=2000 conv=notrunc status=none
! "$(dirname "$frostgate")/frostgate-verify" "$work/bundle" >/dev/null || fail "a changed clip verifies"
! "$lib/bundle_by_hand.sh" "$work/bundle" >"$work/log/bundle" 2>&1 && grep -q 'clip.mp4: FAILED' "$work/log/bundle" || fail "a changed clip: $(cat "$work/log/bundle")"
# Nor do sums help that were made anew.
(cd "$work/bundle" && cut -c67- SHA256SUMS | xargs sha256sum >sums && mv sums SHA256SUMS)
! "$lib/bundle_by_hand.sh" "$work/bundle" >"$work/log/bundle" 2>&1 && grep -q 'SHA256SUMS is signed: NO' "$work/log/bundle" || fail "changed sums: $(cat "$work/log/bundle")"

# What the film shows can be looked for; who looks for what it does not show finds nothing.
admin recordings list --text 'harmless plain line' --target machine >"$work/log/found"
grep -q "$recording" "$work/log/found" || reject "the text that the film shows is not found"
admin recordings list --text 'xylophone' | has 'No recordings' || reject "text that was never there is found"

# The storyboard: small pictures that others can open.
admin recordings storyboard "$recording" --output "$work/storyboard" >/dev/null
for picture in "$work"/storyboard/*.jpg; do
  [ "$(identify -format '%m %w' "$picture")" = 'JPEG 320' ] || fail "$picture is no thumbnail"
done

# A hold is placed, seen, and obeyed; without classes nothing would go anyway.
admin hold add "$recording" --reason "case 12" >/dev/null
admin hold list | has "$recording.*case 12" || fail "the hold is not listed"
admin retention plan --all >"$work/log/plan"
grep -q "keep .*$recording .*legal hold (case 12)" "$work/log/plan" || fail "plan: $(cat "$work/log/plan")"
admin hold release "$recording" --reason "case 12 is closed" >/dev/null
admin retention run | has '^0 deleted' || fail "retention deleted something without a class"
