#!/bin/bash
# backup.sh: a recording is made, the gateway backed up while a second session runs, and everything but the vault, the backup and a copy of the key is lost.
# What is restored plays and verifies; the film that was made after the backup too.
set -euo pipefail
. "$(dirname "$(readlink -f "$0")")/lib.sh"
begin backup

start_vnc_target machine "$work/home" tgt4711x
start_gateway
add_user alice 'Correct-Horse-9'
add_target machine vnc "$port" tgt4711x

session() {  # session TEXT
  code=$(ticket alice machine)
  start_vnc_client vnc-client "$vnc_port" "$code"
  client_window vnc-client "$display"
  type_line "$display" "clear; echo $1; touch $1"
  wait_until 15 "what was typed, at the target" test -e "$work/home/$1"
  pause 1
}
session first
stop_named vnc-client
wait_for_film machine "$work/first.mp4"
first=$recording
unused=$(ticket alice machine)

session second
"$frostgate" backup --config "$config" --output "$work/backup" >"$work/log/backup" || fail "backup: $(cat "$work/log/backup")"
(cd "$work/backup" && sha256sum -c --quiet SHA256SUMS) || fail "the backup's sums"
! "$frostgate" backup --config "$config" --output "$work/backup" 2>/dev/null || fail "a backup went into a folder that has one"
! grep -rqE 'alice|PRIVATE KEY|everybody-everywhere' "$work/backup" || fail "the backup can be read without the key"
! "$frostgate" restore "$work/backup" --key-file "$work/data/kek" --config "$config" --replace 2>"$work/log/refused" || fail "restored beside a running serve"
type_line "$display" 'echo after the backup'
pause 1
stop_named vnc-client
wait_for_film machine "$work/second.mp4"
second=$recording
[ "$first" != "$second" ] || fail "there is one recording only"

# The loss.
stop "$serve" 20
cp "$work/data/kek" "$work/my-kek"
mv "$work/data/vault" "$work/vault"
rm -rf "$work/data" "$work/run" "$config" "$work/policy.yaml"
[ -z "${FROSTGATE_TEST_POSTGRESQL:-}" ] || PGOPTIONS='-c client_min_messages=warning' psql -qd "$FROSTGATE_TEST_POSTGRESQL" -c 'DROP SCHEMA public CASCADE; CREATE SCHEMA public'
mkdir -m 700 "$work/data" "$work/run"
mv "$work/vault" "$work/data/vault"
head -c 100 /dev/urandom >"$work/stranger"
chmod 600 "$work/stranger"
! "$frostgate" restore "$work/backup" --key-file "$work/stranger" --config "$config" 2>/dev/null || fail "a stranger's key opened the backup"
"$frostgate" restore "$work/backup" --key-file "$work/my-kek" --config "$config" >"$work/log/restore" || fail "restore: $(cat "$work/log/restore")"
! "$frostgate" restore "$work/backup" --key-file "$work/my-kek" --config "$config" 2>"$work/log/again" || fail "a second restore threw the first away"
grep -q -- --replace "$work/log/again" || fail "the refusal does not say how: $(cat "$work/log/again")"

restart_gateway
for film in first second; do
  admin recordings fetch "${!film}" --output "$work/$film-again.mp4" >/dev/null
  cmp "$work/$film.mp4" "$work/$film-again.mp4" || fail "the film $film is another one"
  ffmpeg -v error -i "$work/$film-again.mp4" -enc_time_base -1 -f null - 2>"$work/log/plays" && [ ! -s "$work/log/plays" ] || fail "$film does not play"
done
admin verify --all >"$work/log/verify" || fail "verify: $(cat "$work/log/verify")"
grep -q 'NOTE.*restored' "$work/log/verify" || fail "the restoration is not noted: $(cat "$work/log/verify")"
[ "$(admin ticket list --json 2>/dev/null | grep -c "$unused" || true)" = 0 ] || fail "a ticket of the backup works"

# And it works on: a new session is recorded.
session third
stop_named vnc-client
wait_for_film machine "$work/third.mp4"
admin verify --all >"$work/log/verify" || fail "verify: $(cat "$work/log/verify")"
echo "restored: $first, $second; recorded since: $recording"
