#!/bin/bash
# archive.sh: a film is moved to the archive three days later, while the key that protects it moves from a file to a PKCS#11 token and back; it plays, by
# range too, is exported and verifies all the time. Ten days later it is gone from the archive, and its tombstone says so. Days pass by libfaketime.
set -euo pipefail
. "$(dirname "$(readlink -f "$0")")/lib.sh"
begin archive
https=yes

mkdir -p "$work/home" "$work/archive" "$work/token"
cat >"$work/more.yaml" <<END
archive: $work/archive
retention:
  - {name: short, users: "*", targets: "*", keep_days: 10, archive_days: 2}
END
export SOFTHSM2_CONF=$work/token/softhsm2.conf
printf 'directories.tokendir = %s\nobjectstore.backend = file\nlog.level = ERROR\n' "$work/token" >"$SOFTHSM2_CONF"
softhsm2-util --init-token --free --label hsm --pin 4711 --so-pin 0815 >/dev/null
(umask 077; echo 4711 >"$work/pin")
later() {  # later DAYS: $program, frostgate in so many days
  program=$work/in-$1-days
  printf '#!/bin/bash\nexec env LD_PRELOAD=/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1 FAKETIME=+%sd FAKETIME_DONT_FAKE_MONOTONIC=1 %q "$@"\n' "$1" "$frostgate" >"$program"
  chmod +x "$program"
}

start_vnc_target machine "$work/home" tgt4711x
start_gateway
for user in alice ann; do add_user $user 'Correct-Horse-9'; done
admin role bind auditor --user ann >/dev/null
add_target machine vnc "$port" tgt4711x
start_vnc_client vnc-client "$vnc_port" "$(ticket alice machine)"
client_window vnc-client "$display"
type_line "$display" 'clear; echo kept for long; touch shown'
wait_until 15 "what was typed, at the target" test -e "$work/home/shown"
pause 2
stop_named vnc-client
wait_for_film machine "$work/film.mp4"
api=$(admin token create --user ann --name test --role auditor --days 30 --json | json 'd["value"]')
film_over_api() {  # film_over_api RANGE FILE
  curl -skf -H "Authorization: Bearer $api" -r "$1" "https://127.0.0.1:$https_port/api/v1/recordings/$recording/film/0" -o "$2" || fail "the API does not give bytes $1 of the film"
}
film_over_api 0- "$work/whole.mp4"
[ "$(admin audit list --event view --json | json "sum(e['actor'].endswith('on the command line') for e in d)")" = 1 ] || fail "a fetch is not one look: $(admin audit list --event view)"
unchanged() {  # unchanged WHEN: the film is what it was, whole and by range
  admin recordings fetch "$recording" --output "$work/again.mp4" >/dev/null
  cmp "$work/film.mp4" "$work/again.mp4" || fail "$1 the film is another"
  film_over_api 100-4099 "$work/range"
  cmp "$work/range" <(tail -c +101 "$work/whole.mp4" | head -c 4000) || fail "$1 a range of the film is another"
  "$program" verify --all --config "$config" >"$work/log/verify" || fail "$1: $(cat "$work/log/verify")"
}

admin doctor >"$work/log/doctor" || true
grep -q 'key-encryption key: on the same disk as the recordings' "$work/log/doctor" || fail "doctor does not warn of the key beside the vault: $(cat "$work/log/doctor")"
grep -q 'heads of the ledger: they do not leave this machine' "$work/log/doctor" || fail "doctor does not warn of heads that stay here: $(cat "$work/log/doctor")"

# The key moves into the token, and its file is destroyed.
stop "$serve" 20
cp "$config" "$work/before.yaml"
printf 'key_token: {module: /usr/lib/softhsm/libsofthsm2.so, token: hsm, pin_file: %s/pin}\nevidence: {head_directory: %s/data/heads}\n' "$work" "$work" >>"$config"
admin key rotate --previous "$work/before.yaml" >"$work/log/rotate" || fail "rotate: $(cat "$work/log/rotate")"
shred -u "$work/data/kek"
later 3
restart_gateway "$program"
admin doctor >"$work/log/doctor" || true
grep -q 'ok .*key-encryption key: key "frostgate" of the token "hsm"' "$work/log/doctor" || fail "doctor: $(cat "$work/log/doctor")"
if grep -q 'key-encryption key: on the same disk' "$work/log/doctor"; then fail "doctor takes a token's key for a file: $(cat "$work/log/doctor")"; fi
grep -q 'head_directory: on the same disk as the catalog' "$work/log/doctor" || fail "doctor takes heads beside the catalog for heads elsewhere: $(cat "$work/log/doctor")"
grep -q 'ok .*archive' "$work/log/doctor" || fail "doctor: $(cat "$work/log/doctor")"
unchanged "with its key in a token"

# Retention has run at the start, or runs now.
in_vault() { find "$work/data/vault/film/$recording" -type f 2>/dev/null | wc -l; }
in_archive() { find "$work/archive/film/$recording" -type f 2>/dev/null | wc -l; }
if [ "$(in_archive)" = 0 ]; then
  admin retention plan | has "archive  $recording" || fail "the plan does not say that the film is archived: $(admin retention plan)"
  admin retention run | has "archived $recording" || fail "retention does not archive"
fi
[ "$(in_vault)" = 0 ] && [ "$(in_archive)" -gt 1 ] || fail "$(in_vault) files are in the vault, $(in_archive) in the archive"
unchanged "from the archive"
"$program" export "$recording" --from 0 --to 600 --output "$work/clip" --reason 'ticket 4711' --config "$config" >/dev/null || fail "no clip from the archive"
ffmpeg -nostdin -v error -i "$work/clip/clip.mp4" -f null - || fail "the clip does not play"
not_exported() {  # not_exported SENTENCE ARGUMENT...
  ! "$program" export "$recording" --output "$work/no-clip" --config "$config" "${@:2}" >"$work/log/no-clip" 2>&1 && grep -q "$1" "$work/log/no-clip" && [ ! -e "$work/no-clip" ] || fail "an export of nothing: $(cat "$work/log/no-clip")"
}
not_exported 'nothing in that span: it is of [0-9.]* to [0-9.]* s after' --from 5000 --to 6000 --reason 'ticket 4711'
not_exported 'needs a reason' --from 0 --to 600 --reason ''
# One that is ended on its way leaves nothing.
unfinished() { compgen -G "$work/.cut.*" >/dev/null; }
for signal in TERM INT; do
  for tries in {1..20}; do
    "$program" export "$recording" --from 0 --to 600 --burn-in --output "$work/cut" --reason 'ticket 4711' --config "$config" >"$work/log/cut" 2>&1 4>&- &
    exporting=$!
    until unfinished || ! running "$exporting"; do sleep 0.01; done
    kill "-$signal" "$exporting" 2>/dev/null || true
    status=0
    wait "$exporting" || status=$?
    if unfinished; then fail "SIG$signal leaves a half-written bundle: $(ls -a "$work"/.cut.*)"; fi
    [ -e "$work/cut" ] || break  # it was not done before
    rm -r "$work/cut"
  done
  [ "$status" = 1 ] && grep -q cancelled "$work/log/cut" || fail "an export ended by SIG$signal ($tries tries) has status $status: $(cat "$work/log/cut")"
done

# Nothing is begun without the archive, and the key comes back into a file.
stop "$serve" 20
mv "$work/archive" "$work/away"
if "$program" serve --config "$config" 2>"$work/why"; then fail "serve ran without its archive"; fi
grep -q 'archive' "$work/why" || fail "without its archive serve says: $(cat "$work/why")"
[ ! -e "$work/archive" ] || fail "an archive was made"
mv "$work/away" "$work/archive"
cp "$config" "$work/token.yaml"
cp "$work/before.yaml" "$config"
admin key rotate --previous "$work/token.yaml" >"$work/log/rotate" || fail "rotate: $(cat "$work/log/rotate")"
rm -rf "$work/token"
restart_gateway "$program"
unchanged "with its key in a file again"

# A backup finds the archive again.
"$program" backup --config "$config" --output "$work/backup" >/dev/null
stop "$serve" 20
cp "$work/data/kek" "$work/my-kek"
"$program" restore "$work/backup" --key-file "$work/my-kek" --config "$config" --replace >"$work/log/restore" || fail "restore: $(cat "$work/log/restore")"
later 12
restart_gateway "$program"
gone() { [ "$(in_archive)" = 0 ]; }
gone || admin retention run | has "deleted  $recording" || fail "retention does not delete"
gone && [ "$(in_vault)" = 0 ] || fail "the film is left in the archive"
"$program" verify --all --config "$config" >"$work/log/verify" || fail "verify: $(cat "$work/log/verify")"
"$program" verify "$recording" --config "$config" >"$work/log/verify" || fail "its tombstone does not verify: $(cat "$work/log/verify")"
find "$work/data/vault/tombstone/$recording" -type f | has . || fail "it has no tombstone"
echo "$recording was archived, played, and deleted"
