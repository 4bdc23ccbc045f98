#!/bin/bash
# A real client's drives, ports and sound at targets through the gateway: where the policy lets drives pass they are listed, read and written; where it lets them be
# read nothing on them is changed; otherwise there are none. What was done is in the audit log, and no content of it. Sound of a real target (xrdp with its channel
# server) is played.
set -euo pipefail
. "$(dirname "$(readlink -f "$0")")/lib.sh"
. "$lib/device_use.sh"
begin devices

start_device_user
start_vnc_target other-machine "$work/vnc-home" tgt4711x
vnc_target_port=$port
cat >"$work/policy.yaml" <<END
rules:
  - {name: all, users: [alice], targets: ["*"], allow: true, channels: {drives: allow, sound: allow}, session: {reconnect_grace: 0}}
  - {name: reads, users: [bob], targets: ["*"], allow: true, channels: {drives: read}, session: {reconnect_grace: 0}}
  - {name: prints, users: [dora], targets: ["*"], allow: true, channels: {ports: allow}, session: {reconnect_grace: 0}}
  - {name: neither, users: [carol], targets: ["*"], allow: true, session: {reconnect_grace: 0}}
END
start_gateway
for user in alice bob carol dora; do add_user $user 'Correct-Horse-9'; done
add_target machine rdp "$(head -n 1 "$work/log/user")" tgt4711x operator
add_target other-machine vnc "$vnc_target_port" tgt4711x

mkdir "$work/share"
printf 'Kf7-content-of-a-file\n' >"$work/share/Übersicht.txt"
head -c 3000000 /dev/urandom >"$work/share/large"
: >"$work/share/gone"
: >"$work/printed"
logged() { grep -q "$1" "$work/log/serve"; }
comes() { enters "$1" "$2" "/drive:${drive:-share},$work/share" "${@:3}"; }  # comes USER TARGET ARGUMENT...: with a drive
did() { grep -qxF "$1" "$work/did" || fail "the target did not: $1 ($(cat "$work/did"))"; }
read_both="read \\Übersicht.txt 22 $(sha256sum <"$work/share/Übersicht.txt" | cut -d' ' -f1)
read \\large 3000000 $(sha256sum <"$work/share/large" | cut -d' ' -f1)"

drive=READ comes bob machine /sound:sys:fake "/parallel:LPT1,$work/printed"
(cd "$work/share"; find . | sort; sha256sum ./*e* ./gone) >"$work/before"
wait_until "what the target does with bob's drive" uses 1
leaves
sed 1d "$work/log/user" >"$work/did"
did 'heard of 8 READ'
did 'list gone large Übersicht.txt'
while read -r line; do did "$line"; done <<<"$read_both"
for refused in 'write \new.txt c00000a2' 'write \Übersicht.txt c0000022' 'write \larger c00000a2' 'rename \large c00000a2' 'delete \gone c00000a2' 'make c00000a2'; do did "$refused"; done
(cd "$work/share"; find . | sort; sha256sum ./*e* ./gone) | cmp - "$work/before" || fail "something of bob's was changed"
! has 'heard of 2' "$work/did" || fail "the target heard of a port that bob may not use"
devices_of bob >"$work/bob"
grep -q '"access": "write", "device": "drive READ", "path": "\\\\new.txt", "what": "denied"' "$work/bob" || fail "no entry of a change that was denied: $(cat "$work/bob")"
grep -q '"path": "\\\\Übersicht.txt", "to_client_bytes": 0, "to_target_bytes": 22' "$work/bob" || fail "no entry of a file that bob read"
logged 'virtual channels of the client that stay closed: .*rdpsnd' || fail "no log line of the sound that bob does not get"
refused bob 'rdpdr ports' || fail "no entry of bob's port"

before=$(wc -l <"$work/log/user")
comes alice machine
wait_until "what the target does with alice's drive" uses 2
leaves
sed "1,${before}d" "$work/log/user" >"$work/did"
while read -r line; do did "$line"; done <<<"$read_both"
for done in 'write \new.txt 00000000' 'write \Übersicht.txt 00000000' 'write \larger 00000000' 'rename \new.txt 00000000' 'delete \gone 00000000' 'make 00000000'; do did "$done"; done
[ "$(cat "$work/share/renamed.txt")" = Kf7-written-there ] || fail "no file was written and renamed"
[ ! -e "$work/share/gone" ] && [ ! -e "$work/share/new.txt" ] && [ -d "$work/share/made" ] || fail "no file was deleted, or no folder made: $(ls "$work/share")"
python3 -c 'import sys; sys.stdout.buffer.write(bytes(range(256)) * 8000)' | cmp - "$work/share/larger" || fail "not what was written"
devices_of alice >"$work/alice"
grep -q '"device": "drive share", "what": "announced"' "$work/alice" || fail "no entry of alice's drive: $(cat "$work/alice")"
grep -q '"path": "\\\\large", "to_client_bytes": 0, "to_target_bytes": 3000000' "$work/alice" || fail "no entry of a file that was read"
grep -q '"path": "\\\\larger", "to_client_bytes": 2048000' "$work/alice" || fail "no entry of a file that was written"
grep -q '"became": "\\\\renamed.txt"' "$work/alice" || fail "no entry of a file that was renamed"
grep -q '"became": "deleted".*"path": "\\\\gone"' "$work/alice" || fail "no entry of a file that was deleted"

start serial python3 "$lib/serial_port.py" "$work/from-serial"
wait_until "a serial port" grep -q . "$work/log/serial"
comes dora machine "/parallel:LPT1,$work/printed" "/serial:COM1,$(cat "$work/log/serial"),SerCx2,permissive"
wait_until "what the target does with dora's port" uses 3
leaves
[ "$(grep -c '^port 00000000' "$work/log/user")" = 1 ] || fail "the port was not opened"
devices_of dora | has '"device": "port LPT1", "what": "announced"' || fail "no entry of dora's port"
logged 'port LPT1: closed' || fail "no log line of dora's port"
python3 -c 'import sys; sys.path.insert(0, sys.argv[1]); import device_user; sys.stdout.buffer.write(device_user.PRINTED)' "$lib" | cmp - "$work/from-serial" ||
  fail "not what the target wrote to dora's serial port: $(tail -n 5 "$work/log/user")"
devices_of dora | has '"device": "port COM1".*"to_client_bytes": 3600' || fail "no entry of what was written to dora's serial port: $(devices_of dora)"
refused dora 'rdpdr drives' || fail "no entry of dora's drive"

comes carol machine
pause 2
uses 3 || fail "carol's drive was used"
leaves
logged 'virtual channels of the client that stay closed: .*rdpdr' || fail "no log line of the drive that carol does not get"
[ -z "$(devices_of carol)" ] || fail "carol has used a device"
comes alice other-machine
leaves
[ "$(grep -c 'virtual channels of the client that stay closed: .*rdpdr' "$work/log/serve")" = 2 ] || fail "no log line of what a VNC machine cannot have"

if command -v xrdp-chansrv >/dev/null; then
  xrdp_channels="cliprdr rdpsnd"
  start_xrdp_target player "$work/home" operator tgt4711x
  sound=/run/xrdp/sockdir/xrdp_chansrv_audio_out_socket_${display#:}
  add_target player rdp "$port" tgt4711x operator
  comes alice player /sound:sys:fake /log-level:DEBUG
  agreed() { has 'sound_process_training' "$work"/player.chansrv/.local/share/xrdp/*.log; }
  wait_until "sound that is agreed on" agreed
  # As xrdp's own plugin for PulseAudio gives it: a second of 16 bits at 44100 Hz, stereo.
  python3 - "$sound" <<END
import math, socket, struct, sys
with socket.socket(socket.AF_UNIX) as to:
    to.connect(sys.argv[1])
    for first in range(0, 44100, 2205):
        data = b"".join(struct.pack("<hh", *2 * (int(9000 * math.sin(i / 16)),)) for i in range(first, first + 2205))
        to.sendall(struct.pack("<II", 0, len(data) + 8) + data)
END
  wait_until "sound at alice's client" has -i 'WaveConfirm\|Wave: cBlockNo' "$work/log/$name"
  leaves
fi
! grep -raq 'Kf7-' "$work/data" "$work/run" "$work/log/serve" || fail "a content of a file is on the gateway's disk"
echo "drives, ports and sound go where the policy lets them"
