#!/bin/bash
# A region that is found by a picture: `frostgate redact` covers it where the picture stands, and refuses to begin without the picture.
set -euo pipefail
. "$(dirname "$(readlink -f "$0")")/lib.sh"
begin picture-region

# The picture moves from the left to the right; below it stands something red, elsewhere something green.
at() { echo "drawbox=0:200:40:40:lime:fill,drawbox=$1:120:100:40:red:fill"; }
ffmpeg -v error -f lavfi -i testsrc=size=24x24:rate=1 -frames:v 1 "$work/icon.png"
for x in 40 240; do
  ffmpeg -v error -f lavfi -i color=0x204060:size=400x300:rate=5:duration=2 -i "$work/icon.png" \
    -filter_complex "[0]$(at $x)[ground];[ground][1]overlay=$x:90" -c:v libx264rgb -qp 0 "$work/$x.mkv"
done
printf "file '%s'\n" "$work/40.mkv" "$work/240.mkv" >"$work/list"
ffmpeg -v error -f concat -safe 0 -i "$work/list" -c copy "$work/in.mkv"
cat >"$work/policy.yaml" <<EOF
rules:
  - name: bank
    users: "*"
    targets: "*"
    regions:
      - {name: icon, picture: $work/icon.png, sha256: $(sha256sum "$work/icon.png" | cut -d' ' -f1), x: 0, y: 30, width: 100, height: 40}
EOF
redact() { timeout 60 "$frostgate" redact --input "$work/in.mkv" --output "$1" --policy "$work/policy.yaml" 4>&-; }
colour() {  # colour FILE SECOND X Y: of a pixel, as rrggbb
  ffmpeg -v error -ss "$2" -i "$1" -frames:v 1 -vf "format=rgb24,crop=2:2:$3:$4" -f rawvideo - | head -c 3 | od -An -tx1 | tr -d ' '
}
is_red() { [[ $(colour "$@") =~ ^[c-f][0-9a-f][0-3][0-9a-f][0-3][0-9a-f]$ ]]; }

"$frostgate" policy check "$work/policy.yaml" >/dev/null || fail "a policy with a picture is not accepted"
redact "$work/out.mp4" >/dev/null || [ $? = 3 ] || fail "the video is not redacted"
for second in 0.5:40 2.5:240; do
  is_red "$work/in.mkv" "${second%:*}" $((${second#*:} + 50)) 140 || fail "the test draws nothing red"
  ! is_red "$work/out.mp4" "${second%:*}" $((${second#*:} + 50)) 140 || fail "at ${second%:*} s the box below the picture is not covered"
  [[ $(colour "$work/out.mp4" "${second%:*}" 20 220) =~ ^[0-3].[c-f].[0-3].$ ]] || fail "at ${second%:*} s what is outside is covered"
done

cp "$work/icon.png" "$work/kept.png"
ffmpeg -v error -y -f lavfi -i testsrc2=size=24x24:rate=1 -frames:v 1 "$work/icon.png"
for problem in "which is not the policy's" "cannot be read"; do
  status=0
  redact "$work/none.mp4" >"$work/said" 2>&1 || status=$?
  [ "$status" = 2 ] && grep -q "$problem" "$work/said" || fail "exit status $status: $(cat "$work/said")"
  [ ! -e "$work/none.mp4" ] || fail "a film without its region was written"
  ! "$frostgate" policy check "$work/policy.yaml" >"$work/said" 2>&1 && grep -q "policy.yaml:.*$problem" "$work/said" || fail "the check said $(cat "$work/said")"
  rm -f "$work/icon.png"
done
echo "covered where the picture stands; without the picture nothing is made"
