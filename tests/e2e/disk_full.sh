#!/bin/bash
# disk_full.sh: the disk of data_dir fills up while two people work. Nobody else begins once the reserve is touched, which the two still have; when nothing is left one session ends in
# order, as its rule says, and the other goes on unrecorded, as its rule says; each user reads so, and alerts are raised. With room again all of it is there. Needs root, for a disk.
set -euo pipefail
if [ "${1:-}" != inside ]; then
  unshare -m true 2>/dev/null || { echo "no file systems of one's own here: not run"; exit 77; }
  exec unshare -m "$0" inside
fi
. "$(dirname "$(readlink -f "$0")")/lib.sh"
. "$lib/client_screen.sh"
begin disk-full
export OMP_THREAD_LIMIT=1
mount --make-rprivate /
mkdir -m 700 "$work/data"
mount -t tmpfs -o size=160m,mode=700 disk "$work/data"
leave() { local status=$?; set +e; umount -l "$work/data"; (exit $status); end; }
trap leave EXIT

secret=tgt4711x
start_vnc_target machine "$work/home" $secret
target_display=$display
cat >"$work/policy.yaml" <<'END'
rules:
  - {name: ends, users: [alice, carl], targets: "*", allow: true, session: {reconnect_grace: 0}}
  - {name: goes-on, users: [bob], targets: "*", allow: true, recording: {on_failure: continue}, session: {reconnect_grace: 0}}
END
cat >"$work/more.yaml" <<'END'
recording: {disk_reserve_mb: 64}
END
start_gateway
for user in alice bob carl; do add_user $user 'Correct-Horse-9'; done
add_target machine vnc "$port" $secret
start_vnc_client vnc-alice "$vnc_port" "$(ticket alice machine)"
client_window vnc-alice "$display"
alice=$display
start_vnc_client vnc-bob "$vnc_port" "$(ticket bob machine)"
client_window vnc-bob "$display"
bob=$display
works() { touched() { test -e "$work/home/$2"; }; type_line "$1" "touch $2"; wait_until "what was typed: $2" touched "$@"; }  # works DISPLAY FILE
works "$alice" before-alice
works "$bob" before-bob
alerted() { admin alert list --json | json "any(a['kind'] == '$1' and '$2' in a['text'] for a in d)" | has True; }  # alerted KIND WORDS
free_mb() { df --output=avail -m "$work/data" | tail -n 1; }
fill_to() { fallocate -l $(($(free_mb) - $1))M "$work/data/filler-$1"; }  # fill_to MEGABYTES

# Less than the reserve: nobody else begins, and the two go on.
fill_to 40
start_vnc_client vnc-carl "$vnc_port" "$(ticket carl machine)"
see refused 'disk is nearly full'
stop_named vnc-carl
[ "$(recordings machine | wc -l)" = 2 ] || fail "a session began without room: $(recordings machine)"
works "$alice" reserve-alice
works "$bob" reserve-bob
wait_until "the alert of a full disk" alerted disk.full "No session begins"

# Nothing is left, while something new is on the screen all the time.
type_line "$bob" 'until [ -e calm ]; do shuf -n 40 /usr/share/dict/words | tr "\n" " "; sleep 0.3; done'
pause 2
cat /dev/zero >"$work/data/filler" 2>/dev/null || true
display=$alice
see ended 'Recording has stopped.*was ended'
touch "$work/home/calm"
display=$bob
see goes-on 'It may go on all the same'
press "$bob" Return
pause 1
works "$bob" unrecorded-bob
running "$serve" || fail "serve ended: $(tail -n 5 "$work/log/serve")"
grep -q 'the session goes on unrecorded' "$work/log/serve" || fail "the log does not say that bob is not recorded"

# Room again: what was told is there, and what was recorded is a film.
rm -f "$work"/data/filler*
wait_until "the alert of the session that goes on" alerted recording.failed 'bob on machine'
wait_until "the alert of the session that was ended" alerted recording.failed 'alice on machine'
stop_named vnc-alice
stop_named vnc-bob
made() { recordings machine >"$work/made" && [ "$(grep -cE ' (clean|degraded) ' "$work/made")" = 2 ]; }
wait_until 1200 "the films" made
while read -r recording _; do
  admin recordings fetch "$recording" --output "$work/$recording.mp4" >/dev/null
  [ -z "$(ffmpeg -nostdin -v error -i "$work/$recording.mp4" -enc_time_base -1 -f null - 2>&1)" ] || fail "the film of $recording does not play"
done <"$work/made"
admin verify --all >"$work/log/verify" || fail "verify: $(cat "$work/log/verify")"
start_vnc_client vnc-carl-again "$vnc_port" "$(ticket carl machine)"
client_window vnc-carl-again "$display"
works "$display" afterwards-carl
echo "a full disk: $(cat "$work/made" | tr '\n' ' ')"
