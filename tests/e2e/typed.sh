#!/bin/bash
# typed.sh: a password that is typed at a prompt without an echo, and stands without any label in a file that is shown
# before and after, is in no picture of the film, in no report, and nowhere on disk; the keystrokes are destroyed.
set -euo pipefail
. "$(dirname "$(readlink -f "$0")")/lib.sh"
begin typed

secret='Mvrtl-wadnik74'
mkdir -p "$work/home"
printf 'remember that %s opens it\n' "$secret" >"$work/home/note"
start_vnc_target machine "$work/home" tgt4711x
start_gateway
add_user alice 'Correct-Horse-9'
add_target machine vnc "$port" tgt4711x
code=$(ticket alice machine)
start_vnc_client vnc-client "$vnc_port" "$code"
client_window vnc-client "$display"
pause 2
type_line "$display" 'cat note'
pause 2
type_line "$display" "read -rsp 'Unlock phrase? ' phrase; echo; echo thanks"
pause 2
type_line "$display" "$secret" 90
pause 2
type_line "$display" 'cat note; test "$phrase" = "$(cut -d" " -f3 note)" && touch same'
wait_until "what was typed, at the target" test -e "$work/home/same"
pause 2
find "$work/data/journal" -path '*/keystrokes/*.fgj' | has . || fail "no keystrokes were recorded"
stop_named vnc-client

wait_for_film machine "$work/film.mp4"
admin recordings show "$recording" --json >"$work/recording.json"
[ "$(json 'd["report"]["typed_secrets"]' <"$work/recording.json")" -ge 1 ] || fail "nothing typed was taken for a secret"
json 'd["report"]["masks_by_rule"]' <"$work/recording.json" | has known.typed || fail "no mask of what was typed"
printf '[{"name": "typed", "value": "%s", "public_prefix": 0}]' "$secret" >"$work/secrets.json"
python3 "$lib/leak_check.py" "$work/film.mp4" "$work/secrets.json" || fail "the film shows what was typed"
grep -q 'cat note' <(sqlite3 "file:$work/data/catalog.sqlite?mode=ro" 'SELECT words FROM text_lines') || fail "the index lacks what the film shows"
nothing_stored "$recording" "$work/secrets.json" 2 20
[ "$(admin recordings list --text 'mvrtl*' --json)" = "[]" ] || fail "the index finds it"
no_keystrokes() { ! find "$work/data/journal" -name keystrokes | has .; }
wait_until "the end of the keystrokes" no_keystrokes
