#!/bin/bash
# languages.sh: two machines show the same German text; the rule of one says that it is read in German, and what its film's index knows has the
# umlauts; the other's has not. `frostgate redact` takes the languages from the rule too, and a policy with a language that cannot be read is refused.
set -euo pipefail
. "$(dirname "$(readlink -f "$0")")/lib.sh"
begin languages

cat >"$work/policy.yaml" <<'END'
rules:
  - {name: german, users: "*", targets: [german], allow: true, session: {reconnect_grace: 0}, ocr: {languages: [deu, eng]}}
  - {name: other, users: "*", targets: "*", allow: true, session: {reconnect_grace: 0}}
END
secret='Geheim-4711xqz'
lines() {
  printf 'Übersicht der geöffneten Schlüssel für Müller und Größe\n'
  printf 'Kennwort für Jörg Schäfer: %s\n' "$secret"
  printf 'Außerdem wäre die Tür natürlich später geöffnet\n'
}
declare -A ports
for target in german english; do
  mkdir -p "$work/$target"
  lines >"$work/$target/note"
  printf '%s\n' "printf '\\033%%G'" >"$work/$target/.session"  # xterm takes UTF-8 from then on
  start_vnc_target $target "$work/$target" tgt4711x
  ports[$target]=$port
done
start_gateway
add_user alice 'Correct-Horse-9'
for target in german english; do
  add_target $target vnc "${ports[$target]}" tgt4711x
  start_vnc_client "$target-vnc" "$vnc_port" "$(ticket alice $target)"
  client_window "$target-vnc" "$display"
  type_line "$display" 'cat note'
  pause 3
  stop_named "$target-vnc"
done

words() { sqlite3 "file:$work/data/catalog.sqlite?mode=ro" "SELECT words FROM text_lines t JOIN recordings r ON r.number = t.number >> 20 WHERE r.id = '$1'" 2>/dev/null; }
umlauts() { { words "$1" | grep -oE 'für|Müller|geöffnet|später|wäre|natürlich' || true; } | sort -u | wc -l; }
printf '[{"name": "password", "value": "%s", "public_prefix": 0}]' "$secret" >"$work/secrets.json"
declare -A known
for target in german english; do
  wait_for_film $target "$work/$target.mp4"
  admin recordings show "$recording" --json >"$work/$target.json"
  known[$target]=$(umlauts "$recording")
  words "$recording" >"$work/log/$target.words"
  # Without the language the label is misread, and may announce nothing.
  [ $target = english ] || python3 "$lib/leak_check.py" "$work/$target.mp4" "$work/secrets.json" || fail "the film shows the password"
done
[ "$(json 'd["report"]["languages"]' <"$work/german.json")" = "['deu', 'eng']" ] || fail "the report of german says $(json 'd["report"]["languages"]' <"$work/german.json")"
[ "$(json 'd["report"]["languages"]' <"$work/english.json")" = "['eng']" ] || fail "the report of english says $(json 'd["report"]["languages"]' <"$work/english.json")"
[ "${known[german]}" -ge 4 ] || fail "read in German only ${known[german]} of the words with umlauts were read: $(cat "$work/log/german.words")"
[ "${known[english]}" -lt "${known[german]}" ] || fail "read in English as many: $(cat "$work/log/english.words")"
json '" ".join(d["report"]["masks_by_rule"])' <"$work/german.json" | has label || fail "the German label announced nothing"

# A video of somebody else's, by the same rule. Its own languages are told by what it says of one that is missing.
lines >"$work/words"
ffmpeg -v error -f lavfi -i color=c=white:s=900x200:r=5:d=2 -vf "drawtext=fontfile=/usr/share/fonts/truetype/dejavu/DejaVuSansMono.ttf:fontsize=18:textfile='$work/words':x=20:y=40" \
  -c:v libx264 -crf 12 "$work/in.mp4"
redact() { timeout 120 "$frostgate" redact --input "$work/in.mp4" --output "$work/out.mp4" --report "$work/redact.json" "$@" >"$work/said" 2>&1; }
redact --policy "$work/policy.yaml" || fail "exit status $?: $(cat "$work/said")"
[ "$(json 'd["languages"]' <"$work/redact.json")" = "['deu', 'eng']" ] || fail "the rule's languages were not taken"
python3 "$lib/leak_check.py" "$work/out.mp4" "$work/secrets.json" || fail "the video shows the password"
redact --policy "$work/policy.yaml" --language eng || fail "exit status $?: $(cat "$work/said")"
[ "$(json 'd["languages"]' <"$work/redact.json")" = "['eng']" ] || fail "--language was not taken"
status=0
redact --language tgk || status=$?
[ $status = 2 ] && grep -q 'apt-get install tesseract-ocr-tgk' "$work/said" || fail "exit status $status: $(cat "$work/said")"

sed 's/\[deu, eng\]/[deu, tgk]/' "$work/policy.yaml" >"$work/other.yaml"
! "$frostgate" policy check "$work/other.yaml" >"$work/said" 2>&1 && grep -q 'other.yaml:2: .*tgk.*apt-get install tesseract-ocr-tgk' "$work/said" || fail "the check said $(cat "$work/said")"
echo "read in German ${known[german]} words with umlauts, in English ${known[english]}; no password is in the film"
