#!/bin/bash
# Pictures and files on the clipboard between real RDP programs, both ways, where the policy lets them, and nowhere else; the audit log has their digests. xfreerdp 2.11
# and xrdp copy and paste pictures, and files to the target; an RDP client and a target by hand paste what these copy: no client of Debian 12 takes files.
set -euo pipefail
. "$(dirname "$(readlink -f "$0")")/lib.sh"
begin copied-things
command -v xrdp-chansrv >/dev/null || { echo "no xrdp-chansrv: not run"; exit 77; }

xrdp_channels=cliprdr
start_xrdp_target machine "$work/home" operator tgt4711x
machine_port=$port target_display=$display
openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=paster -keyout "$work/key.pem" -out "$work/crt.pem" 2>"$work/log/openssl"
cat "$work/crt.pem" "$work/key.pem" >"$work/identity.pem"
mkdir "$work/copied" "$work/pasted" "$work/client-pasted"
head -c 3000000 /dev/urandom >"$work/copied/grüße.bin"
head -c 70001 /dev/urandom >"$work/copied/second.bin"
convert -size 640x480 plasma:red-blue -type TrueColor "BMP3:$work/picture.bmp"
convert -size 333x217 plasma:green-black -type TrueColor "BMP3:$work/other.bmp"
start paster python3 "$lib/rdp_paster.py" target "$work/identity.pem" "$work/pasted"
wait_until "the port of the paster" grep -q . "$work/log/paster"
cat >"$work/policy.yaml" <<END
rules:
  - {name: all, users: [alice], targets: ["*"], allow: true, clipboard: {to_target: [text, images, files], to_client: [text, images, files]}}
  - {name: text, users: [bob], targets: ["*"], allow: true, clipboard: {to_target: text, to_client: text}}
END
start_gateway
for user in alice bob; do add_user $user 'Correct-Horse-9'; done
add_target machine rdp "$machine_port" tgt4711x operator
add_target paster rdp "$(cat "$work/log/paster")" tgt4711x operator

copy() { DISPLAY=$1 start "copy-$RANDOM" xclip -quiet -selection clipboard -t "$2" -in "$3"; }  # copy DISPLAY TYPE FILE
has_picture() {  # has_picture DISPLAY FILE
  DISPLAY=$1 timeout 5 xclip -selection clipboard -out -t image/bmp >"$work/seen.bmp" 2>/dev/null && [ "$(pixels "$work/seen.bmp")" = "$(pixels "$2")" ]
}
pixels() { convert "$1" -alpha off rgb:- 2>/dev/null | sha256sum; }
dib_is() { cmp <(tail -c +15 "$2") "$1"; }  # dib_is FILE.dib FILE.bmp: all of the bitmap but the head of its file
same_file() { cmp "$work/copied/$1" "$2/$1"; }
logged() { grep -qE "$1" "$work/log/serve"; }
list_files() { printf 'file://%s\r\n' "$work/copied/gr%C3%BC%C3%9Fe.bin" "$work/copied/second.bin" >"$work/files.list"; }
list_files

# Real client, real machine: pictures both ways.
start_rdp_client alice-machine "$rdp_port" alice@machine 'Correct-Horse-9' tls +clipboard
client_window alice-machine "$display"
pause 1
# A chansrv that has not begun does not hear of it.
again=0
copied_again() {
  has_picture "$display" "$work/picture.bmp" && return
  ((SECONDS < again)) || { copy "$target_display" image/bmp "$work/picture.bmp"; again=$((SECONDS + 8)); }
  false
}
wait_until "the machine's picture at the client" copied_again
copy "$display" image/bmp "$work/other.bmp"
wait_until "the client's picture at the machine" has_picture "$target_display" "$work/other.bmp"
# xrdp shows copied files in a file system of its own, where it may mount one.
drives=$work/machine.chansrv/thinclient_drives
machine_has() { DISPLAY=$target_display timeout 5 xclip -selection clipboard -out -t text/uri-list >/dev/null 2>&1 && cmp "$work/copied/$1" "$drives/.clipboard/$1"; }
if mountpoint -q "$drives"; then
  copy "$display" text/uri-list "$work/files.list"
  for file in grüße.bin second.bin; do wait_until "the client's file $file at the machine" machine_has $file; done
fi
stop_named alice-machine

# Real client, a target that pastes: a picture and files.
start_rdp_client alice-paster "$rdp_port" alice@paster 'Correct-Horse-9' tls +clipboard
client_window alice-paster "$display"
pause 1
copy "$display" image/bmp "$work/picture.bmp"
wait_until "the client's picture, byte for byte" dib_is "$work/pasted/picture" "$work/picture.bmp"
copy "$display" text/uri-list "$work/files.list"
for file in grüße.bin second.bin; do wait_until "the client's file $file" same_file $file "$work/pasted/files"; done
stop_named alice-paster

# A client that pastes, real machine.
start alice-pastes python3 "$lib/rdp_paster.py" client "$rdp_port" alice@machine 'Correct-Horse-9' "$work/client-pasted"
wait_until "what the client is offered" test -e "$work/client-pasted/formats"
copy "$target_display" image/bmp "$work/picture.bmp"
wait_until "the machine's picture, byte for byte" dib_is "$work/client-pasted/picture" "$work/picture.bmp"
copy "$target_display" text/uri-list "$work/files.list"
for file in grüße.bin second.bin; do wait_until "the machine's file $file" same_file $file "$work/client-pasted/files"; done
stop_named alice-pastes

# Pictures far larger than xrdp and xfreerdp take from the programs beside them (1 MiB, also without a gateway), both ways.
rm -rf "$work/pasted" "$work/client-pasted"
mkdir "$work/pasted" "$work/client-pasted"
for name in up down; do convert -size 3000x2222 plasma:fractal -type TrueColor "BMP3:$work/$name.bmp" && tail -c +15 "$work/$name.bmp" >"$work/$name.dib"; done
[ "$(stat -c %s "$work/down.dib")" -gt 19900000 ] || fail "no large picture"
start holder python3 "$lib/rdp_paster.py" target "$work/identity.pem" "$work/pasted" "$work/down.dib"
wait_until "the port of the holder" grep -q . "$work/log/holder"
add_target holder rdp "$(cat "$work/log/holder")" tgt4711x operator
start alice-holds python3 "$lib/rdp_paster.py" client "$rdp_port" alice@holder 'Correct-Horse-9' "$work/client-pasted" "$work/up.dib"
wait_until "the target's large picture, byte for byte" cmp "$work/down.dib" "$work/client-pasted/picture"
wait_until "the client's large picture, byte for byte" cmp "$work/up.dib" "$work/pasted/picture"
stop_named alice-holds

digest=$(sha256sum <"$work/copied/grüße.bin" | cut -d' ' -f1)
admin audit list --event copied --json >"$work/audit.json"
entries() { json "sum(1 for e in d if $1)" <"$work/audit.json"; }
for way in True False; do
  [ "$(entries "e['detail']['what'] == 'file' and e['detail']['name'] == 'grüße.bin' and e['detail']['bytes'] == 3000000 and e['detail']['sha256'] == '$digest' and e['detail']['to_target'] == $way")" -ge 1 ] ||
    fail "the audit log lacks the file's digest (to the target: $way): $(cat "$work/audit.json")"
  [ "$(entries "e['detail']['what'] == 'picture' and (e['detail']['width'], e['detail']['height']) == (640, 480) and e['detail']['to_target'] == $way")" -ge 1 ] ||
    fail "the audit log lacks the picture (to the target: $way)"
done
logged "clipboard to the target: the file \"grüße.bin\", 3000000 bytes, SHA-256 $digest: passed on" || fail "no log line of the file"

# Whom the policy does not let: nothing is offered, and what is asked for all the same is refused.
rm -rf "$work/pasted" "$work/client-pasted"
mkdir "$work/pasted" "$work/client-pasted"
start_rdp_client bob-paster "$rdp_port" bob@paster 'Correct-Horse-9' tls +clipboard
client_window bob-paster "$display"
pause 1
copy "$display" image/bmp "$work/picture.bmp"
wait_until "a line about bob's picture" logged 'clipboard to the target: a picture denied, by the policy'
copy "$display" text/uri-list "$work/files.list"
wait_until "a line about bob's files" logged 'clipboard to the target: files denied, by the policy'
stop_named bob-paster
start bob-pastes python3 "$lib/rdp_paster.py" client "$rdp_port" bob@machine 'Correct-Horse-9' "$work/client-pasted"
wait_until "what bob is offered" test -e "$work/client-pasted/formats"
copy "$target_display" image/bmp "$work/picture.bmp"
wait_until "a line about the machine's picture" logged 'clipboard to the client: a picture denied, by the policy'
copy "$target_display" text/uri-list "$work/files.list"
wait_until "a line about the machine's files" logged 'clipboard to the client: files denied, by the policy'
pause 1
for folder in pasted client-pasted; do
  [ ! -e "$work/$folder/picture" ] && [ -z "$(ls "$work/$folder/files" 2>/dev/null)" ] || fail "bob got what the policy keeps from him ($folder)"
done
[ "$(cat "$work/client-pasted/formats")" = '[]' ] && [ -e "$work/client-pasted/refused" ] || fail "bob was offered $(cat "$work/client-pasted/formats")"
admin audit list --event refused_channel --json | json '[e["detail"]["channel"] for e in d]' | has 'clipboard to the client files' || fail "the audit log does not say what was refused"
echo "pictures and files go where the policy lets them"
