#!/bin/bash
# redact_inputs.sh: `frostgate redact` of videos that lie on their side, and of ones that are cut short: what is there is redacted, the exit status and a sentence
# say that something is missing; where nothing can be read, nothing is made.
set -euo pipefail
. "$(dirname "$(readlink -f "$0")")/lib.sh"
begin redact-inputs

secret='Tr0ub4dor99x'
printf '[{"name": "password", "value": "%s", "public_prefix": 0}]' "$secret" >"$work/secrets.json"
printf 'user@host ls -l\npassword: %s\nnotes.txt  report.pdf\n' "$secret" >"$work/words"
draw="drawtext=fontfile=/usr/share/fonts/truetype/dejavu/DejaVuSansMono.ttf:fontsize=20:fontcolor=white:line_spacing=12:textfile='$work/words':x=20:y=40"
ffmpeg -v error -f lavfi -i color=c=black:s=640x240:r=5:d=8 -vf "$draw" -c:v libx264 -crf 12 -g 5 "$work/in.mkv"

redact() {  # redact STATUS FILE [SENTENCE]
  local status=0
  timeout 120 "$frostgate" redact --input "$work/$2" --output "$work/out.mp4" --report "$work/report.json" >"$work/said" 2>&1 || status=$?
  [ $status = "$1" ] || fail "of $2 the exit status is $status: $(cat "$work/said")"
  [ -z "${3:-}" ] || grep -q "$3" "$work/said" || fail "of $2 it said $(cat "$work/said")"
}
film_hides() { python3 "$lib/leak_check.py" "$work/out.mp4" "$work/secrets.json" || fail "the film of $1 shows the password"; }
length() { ffprobe -v error -show_entries format=duration -of csv=p=0 "$work/out.mp4" | cut -d. -f1; }

redact 0 in.mkv
film_hides in.mkv
[ "$(length)" = 8 ] && [ "$(json 'd["input_complete"]' <"$work/report.json")" = True ] || fail "the whole video is called cut"

head -c $(($(stat -c %s "$work/in.mkv") * 7 / 10)) "$work/in.mkv" >"$work/cut.mkv"
redact 5 cut.mkv 'the input is cut short: it was redacted up to 0:00:0'
film_hides cut.mkv
[ "$(length)" -ge 2 ] && [ "$(length)" -lt 8 ] || fail "the film of the cut video lasts $(length) s"
[ "$(json 'd["input_complete"], d["status"], "input_cut" in d["reasons"]' <"$work/report.json")" = "False degraded True" ] || fail "the report does not say that it was cut"

ffmpeg -v error -i "$work/in.mkv" -c copy "$work/whole.mp4"
head -c $(($(stat -c %s "$work/whole.mp4") / 2)) "$work/whole.mp4" >"$work/cut.mp4"
rm "$work/out.mp4"
redact 4 cut.mp4 'is cut short: [0-9]* of at least [0-9]* bytes are there'
[ ! -e "$work/out.mp4" ] || fail "a film was made of nothing"

ffmpeg -v error -i "$work/in.mkv" -vf transpose=1 -c:v libx264 -crf 12 "$work/lying.mp4"
ffmpeg -v error -i "$work/lying.mp4" -c copy -metadata:s:v:0 rotate=90 "$work/turned.mp4"
redact 0 turned.mp4 label.password
film_hides turned.mp4
[ "$(ffprobe -v error -select_streams v -show_entries stream=width,height -of csv=p=0 "$work/out.mp4")" = 640,240 ] || fail "the film does not stand upright"
echo "turned videos stand upright; cut ones are redacted as far as they go, and it is said"
