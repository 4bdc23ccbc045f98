#!/bin/bash
# original.sh [PICTURES]: what a film covers is kept for three custodians, two of whom open it: with stock openssl, an approval, and in no other way. On the command
# line, and where the portal is built, in headless Chromium.
set -euo pipefail
. "$(dirname "$(readlink -f "$0")")/lib.sh"
begin original
pictures=${1:-}
export OMP_THREAD_LIMIT=1

secret='AKIAQ3EGRX7TZP5MWNH4'
mkdir -p "$work/home"
printf 'aws_access_key_id = %s\n' "$secret" >"$work/home/credentials"
make_custodians
cat >"$work/policy.yaml" <<END
rules:
  - name: kept
    users: ["*"]
    targets: ["*"]
    allow: true
    original: sealed
    session: {reconnect_grace: 0}
    gates: {watch-original: {reason: required, approval: {users: [carol]}}}
END
start_vnc_target machine "$work/home" tgt4711x
# shellcheck disable=SC2034 # read by start_gateway
https=yes
start_gateway
add_user alice 'Correct-Horse-9'
add_user carol 'Correct-Horse-carol'
add_target machine vnc "$port" tgt4711x
start_vnc_client vnc-client "$vnc_port" "$(ticket alice machine)"
client_window vnc-client "$display"
pause 2
type_line "$display" 'clear; cat credentials; touch shown'
wait_until "what was typed, at the target" test -e "$work/home/shown"
pause 3
stop_named vnc-client
wait_for_film machine "$work/film.mp4"
printf '[{"name": "aws", "value": "%s", "public_prefix": 4}]' "$secret" >"$work/secrets.json"
python3 "$lib/leak_check.py" "$work/film.mp4" "$work/secrets.json" || fail "the film shows the secret"

# Without a grace the key is with the custodians as soon as the film is there, and nowhere here; a serve that starts anew finds it so.
sealed() { admin original shares "$recording" --output "$work/shares-$1" --json >"$work/shares.json" 2>"$work/shares.why"; }
wait_until "the sealing of the original" sealed 1
stop_named serve
restart_gateway
find "$work/data/journal/$recording" -name '*.fgj' | has . || fail "the journal is gone"
admin verify "$recording" >/dev/null || fail "what was sealed does not verify"
open_share() {  # open_share NUMBER OF: by the custodian, with stock openssl
  openssl cms -decrypt -inform DER -in "$work/shares-1/$recording.share-$1.cms" -recip "$work/custodians/$2.crt" -inkey "$work/custodians/$2.key" -out "$work/share-$1"
}
open_share 1 1
open_share 2 2
if open_share 3 1 2>/dev/null; then fail "one custodian opened another's share"; fi
open_original() { admin original open "$recording" --from 0 --to 300 --reason 'a dispute' --output "$work/original.mp4" "$@"; }
refused() {  # refused PATTERN ARGUMENT...
  local pattern=$1
  shift
  if open_original "$@" 2>"$work/why"; then fail "the original was opened with: $*"; fi
  grep -q "$pattern" "$work/why" || fail "refused, but: $(cat "$work/why")"
  [ ! -e "$work/original.mp4" ] || fail "something was written"
}
refused 'only 1 were given' --share "$work/share-1"
head -c 130 /dev/urandom >"$work/noise"
refused 'share 2 of those given is no share' --share "$work/share-1" --share "$work/noise"
refused 'is the same as' --share "$work/share-1" --share "$work/share-1"
refused 'approval' --share "$work/share-1" --share "$work/share-2"
who=$(admin request create --kind watch-original --recording "$recording" --reason 'a dispute' --json | json 'd["id"]')
refused 'approval' --share "$work/share-1" --share "$work/share-2"
admin role bind approver --user carol --scope '*' >/dev/null
printf 'Correct-Horse-carol' | admin request approve "$who" --as carol >/dev/null
open_original --share "$work/share-2" --share "$work/share-1"
refused_again() { ! open_original --share "$work/share-1" --share "$work/share-2" 2>/dev/null; }
refused_again || fail "an approval was used twice"

read_picture() {  # read_picture PICTURE TEXT: what can be read of it, one way or another, since the watermark crosses other letters at each time of day
  local way picture
  ffmpeg -v error -y -i "$1" -vf scale=2*iw:2*ih:flags=neighbor "$work/twice.png"
  for way in 6 11; do
    for picture in "$1" "$work/twice.png"; do tesseract "$picture" - --psm $way 2>/dev/null; done
  done >"$2"
}
ffmpeg -v error -y -sseof -3 -i "$work/original.mp4" -update 1 "$work/original.png"
read_picture "$work/original.png" "$work/original.txt"
tr -d ' \n' <"$work/original.txt" >"$work/original.run"
grep -q "${secret:4:8}" "$work/original.run" || fail "the original does not show the secret: $(cat "$work/original.txt")"
grep -q 'a dispute' "$work/original.txt" || fail "the original does not say why it was opened: $(cat "$work/original.txt")"
admin audit list --json >"$work/audit.json"
grep -q 'original.open' "$work/audit.json" || fail "the audit log does not say that it was opened"

portal=$repository/gateway/portal
[ -e "$portal/dist/index.html" ] && command -v chromium >/dev/null || { echo "the portal is not built, or there is no chromium: its part is left out"; exit 0; }
for user in audrey uma vic walt; do add_user $user "Correct-Horse-$user"; done
for user in audrey uma; do admin role bind auditor --user $user --scope '*' >/dev/null; done
admin role bind approver --user vic --scope '*' >/dev/null
admin role bind auditor --user walt --scope 'target=elsewhere' >/dev/null
PATH=$portal/toolchain/node_modules/.bin:$PATH TMPDIR=$work PORTAL=https://127.0.0.1:$https_port PICTURES=$pictures RECORDING=$recording CUSTODIANS=$work/custodians SHOWN=$work/shown.png \
  node "$portal/e2e/original_way.mjs"
read_picture "$work/shown.png" "$work/shown.txt"
tr -d ' \n' <"$work/shown.txt" >"$work/shown.run"
grep -q "${secret:4:8}" "$work/shown.run" || fail "the portal does not show the secret: $(cat "$work/shown.txt")"
grep -q 'audrey' "$work/shown.txt" || fail "the picture does not say who watches: $(cat "$work/shown.txt")"
admin audit list --json --limit 200 >"$work/audit.json"
for entry in '"original.share"' '"original.open"' '"original.watch"'; do grep -q "$entry" "$work/audit.json" || fail "the audit log has no $entry"; done
admin alert list --json | has 'audrey opens the original' || fail "there is no alert"
