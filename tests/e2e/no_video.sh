#!/bin/bash
# What `frostgate redact --input` says and leaves behind when the input is no video: one sentence, the documented exit status,
# and not a byte beside the input.
set -euo pipefail
. "$(dirname "$(readlink -f "$0")")/lib.sh"
begin no-video

inputs=$work/inputs outputs=$work/outputs
mkdir "$inputs" "$outputs"
ffmpeg -v error -f lavfi -i testsrc=size=320x240:rate=5:duration=4 -c:v libx264 "$inputs/whole.mp4"
: >"$inputs/empty.mp4"
echo "this is no video, it only has the name of one" >"$inputs/text.mp4"
head -c 100000 /dev/urandom >"$inputs/noise.mp4"
size=$(stat -c %s "$inputs/whole.mp4")
head -c $((size / 2)) "$inputs/whole.mp4" >"$inputs/half.mp4"  # its index was at the end
mkdir "$inputs/folder.mp4"
ffmpeg -v error -f lavfi -i sine=duration=1 "$inputs/sound.wav"
ffmpeg -v error -f lavfi -i color=black:size=20000x16:rate=1:duration=2 -c:v rawvideo "$inputs/too-wide.avi"
ffmpeg -v error -f lavfi -i color=black:size=12000x12000:rate=1 -frames:v 1 -c:v png "$inputs/too-many.png"
mkfifo "$inputs/pipe.mp4"
ln -s "$inputs/loop.mp4" "$inputs/loop.mp4"

redact() { timeout 60 "$frostgate" redact --input "$1" --output "${2:-$outputs/out.mp4}" --report "$outputs/report.json" 4>&-; }
refuses() {  # refuses STATUS WORDS INPUT [OUTPUT]
  local status=0
  redact "$3" "${4:-}" >"$work/said" 2>&1 || status=$?
  [ "$status" = "$1" ] || fail "${3##*/}: exit status $status instead of $1: $(cat "$work/said")"
  [ "$(grep -c '^frostgate: ' "$work/said")" = 1 ] && [ "$(wc -l <"$work/said")" = 1 ] ||
    fail "${3##*/}: said more or less than one sentence: $(cat "$work/said")"
  grep -qi -- "$2" "$work/said" || fail "${3##*/}: said $(cat "$work/said")"
  echo "${3##*/}: $(cat "$work/said")"
  [ -z "$(ls -A "$outputs")" ] || fail "${3##*/}: left $(ls -A "$outputs")"
}

redact "$inputs/whole.mp4" >/dev/null || [ $? = 3 ] || fail "a video is not redacted"
[ -s "$outputs/out.mp4" ] && [ -s "$outputs/report.json" ] || fail "a video gives no film or no report"
rm "$outputs"/*
refuses 2 'no video' "$inputs/empty.mp4"
refuses 2 'no video' "$inputs/text.mp4"
refuses 2 'no video' "$inputs/noise.mp4"
refuses 4 'cut short' "$inputs/half.mp4"
refuses 2 'no video' "$inputs/sound.wav"
refuses 2 'impossible size' "$inputs/too-wide.avi"
refuses 2 'impossible size' "$inputs/too-many.png"
refuses 2 'not a regular file' "$inputs/folder.mp4"
refuses 2 'does not exist' "$inputs/missing.mp4"
refuses 2 'not a regular file' "$inputs/pipe.mp4"
refuses 2 'not a regular file' "$inputs/loop.mp4"
refuses 2 'not a folder' "$inputs/whole.mp4" "$work/nowhere/out.mp4"
refuses 2 'replace the input' "$inputs/whole.mp4" "$inputs/whole.mp4"
# A film that is there already outlives an attempt that fails.
echo "the film of last week" >"$work/old.mp4"
refuses 2 'no video' "$inputs/text.mp4" "$work/old.mp4"
[ "$(cat "$work/old.mp4")" = "the film of last week" ] || fail "an attempt that failed touched the film that was there"
[ "$(stat -c %s "$inputs/whole.mp4")" = "$size" ] || fail "the input was touched"
