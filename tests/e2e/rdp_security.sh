#!/bin/bash
# How an RDP client may come in, with real clients and a real target that wants NLA: passwords over TLS, one-click files, NLA
# with a ticket; and what may go wrong with the target: another certificate, a refused credential.
set -euo pipefail
. "$(dirname "$(readlink -f "$0")")/lib.sh"
begin rdp-security

start_rdp_target machine "$work/home" operator tgt4711x
shadow=$pid target_display=$display target_port=$port
start_gateway
add_user alice 'Correct-Horse-9'
add_target machine rdp "$target_port" tgt4711x operator
admin target test machine >"$work/tested" || fail "a target that works fails its test: $(cat "$work/tested")"
start_screen screen
shared=$display

# has_session NAME ARGUMENT...: whether the target is reached for xfreerdp, which is ended then.
target_logins() { grep -c 'target machine is reached' "$work/log/serve" || true; }
has_session() {
  local name=$1 before
  before=$(target_logins)
  shift
  mkdir -p "$work/$name.home"
  DISPLAY=$shared HOME="$work/$name.home" start "$name" xfreerdp "$@" /cert:ignore /size:640x480 -grab-keyboard
  for _ in {1..150}; do
    if [ "$(target_logins)" -gt "$before" ]; then
      stop_named "$name"
      return 0
    fi
    running "$pid" || return 1
    pause 0.2
  done
  fail "$name: neither a session nor an end"
}
let_in() { has_session "$@" || fail "$1 had no session: $(tail -n 4 "$work/log/$1")"; }
kept_out() { if has_session "$@"; then fail "$1 had a session"; fi; }
# The gateway tells its user why, on a screen of its own.
refused() {  # refused NAME PATTERN OF THE LOG ARGUMENT...
  local name=$1 pattern=$2 lines
  lines=$(grep -c "$pattern" "$work/log/serve" || true)
  mkdir -p "$work/$name.home"
  DISPLAY=$shared HOME="$work/$name.home" start "$name" xfreerdp "${@:3}" /cert:ignore /size:640x480 -grab-keyboard
  wait_until "\"$pattern\" in the log" more_lines "$pattern" "$lines"
  stop_named "$name"
}
more_lines() { [ "$(grep -c "$1" "$work/log/serve" || true)" -gt "$2" ]; }
logged() { grep -q "$1" "$work/log/serve" || fail "the log has no line about: $1"; }

gateway=/v:127.0.0.1:$rdp_port
nla='/load-balance-info:Cookie: msts=frostgate-nla'
let_in password "$gateway" /u:alice@machine /p:Correct-Horse-9
issue() { admin ticket issue --user alice --target machine --front rdp "$@"; }

# One click: the ticket in the user name, once.
code=$(issue)
let_in one-click "$gateway" "/u:alice@machine#$code" /p:
kept_out one-click-again "$gateway" "/u:alice@machine#$code" /p:

# NLA: the ticket as password, once; no other name, no other address. A client that is cut off tries again, and ten
# failures within a minute close an address.
code=$(issue)
let_in nla "$gateway" "$nla" /u:alice@machine "/p:$code"
kept_out nla-again "$gateway" "$nla" /u:alice@machine "/p:$code"
code=$(issue)
kept_out nla-unknown-user "$gateway" "$nla" /u:mallory@machine "/p:$code"
kept_out nla-wrong-ticket "$gateway" "$nla" /u:alice@machine "/p:${code%?}"
kept_out nla-other-address "$gateway" "$nla" /u:alice@machine "/p:$(issue --from 192.0.2.1)"
let_in nla-still-good "$gateway" "$nla" /u:alice@machine "/p:$code"

# Files, read by a client; a second file does not replace the first.
address=127.0.0.1:$rdp_port
admin ticket issue --user alice --target machine --rdp "$work/click.rdp" --address "$address" >/dev/null
if admin ticket issue --user alice --target machine --rdp "$work/click.rdp" >/dev/null 2>&1; then fail "a file was replaced"; fi
[ "$(stat -c %a "$work/click.rdp")" = 600 ] || fail "the file is readable by others"
let_in click-file "$work/click.rdp" /p:
code=$(admin ticket issue --user alice --target machine --rdp "$work/nla.rdp" --nla --address "$address" 2>/dev/null)
let_in nla-file "$work/nla.rdp" "/p:$code"

# The listener's certificate, taken anew at a signal.
seen() { openssl x509 -noout -fingerprint -sha256 -in "$work/data/self-signed.crt"; }
before=$(seen)
openssl req -x509 -newkey rsa:2048 -nodes -days 5 -subj /CN=renewed -keyout "$work/data/self-signed.key" -out "$work/data/self-signed.crt" 2>/dev/null
kill -HUP "$serve"
wait_until "the renewed certificate" grep -q 'is in use from now on' "$work/log/serve"
[ "$(seen)" != "$before" ] || fail "the certificate is the same"
logged 'expires in 4 days'
let_in renewed "$gateway" /u:alice@machine /p:Correct-Horse-9

# What stands behind the certificate goes with it: a client that knows the root alone can verify it.
issued() {  # issued NAME ISSUER EXTENSIONS
  openssl req -new -newkey rsa:2048 -nodes -subj "/CN=$1" -keyout "$work/$1.key" -out "$work/$1.csr" 2>/dev/null
  openssl x509 -req -in "$work/$1.csr" -CA "$work/$2.crt" -CAkey "$work/$2.key" -CAcreateserial -days 5 -extfile <(echo "$3") -out "$work/$1.crt" 2>/dev/null
}
openssl req -x509 -newkey rsa:2048 -nodes -days 5 -subj /CN=root -keyout "$work/root.key" -out "$work/root.crt" 2>/dev/null
issued between root 'basicConstraints=critical,CA:TRUE'
issued leaf between 'basicConstraints=CA:FALSE'
verified_by_root() {
  python3 - "$rdp_port" "$work/root.crt" <<'END'
import socket, ssl, sys
plain = socket.create_connection(("127.0.0.1", int(sys.argv[1])), 5)
plain.sendall(bytes.fromhex("030000130ee000000000000100080001000000"))
plain.recv(64)
context = ssl.create_default_context(cafile=sys.argv[2])
context.check_hostname = False
context.wrap_socket(plain).close()
END
}
if verified_by_root 2>/dev/null; then fail "a self-signed certificate was verified"; fi
cat "$work/leaf.crt" "$work/between.crt" >"$work/data/self-signed.crt"
cp "$work/leaf.key" "$work/data/self-signed.key"
kill -HUP "$serve"
wait_until "a certificate that the root vouches for" verified_by_root
let_in chained "$gateway" /u:alice@machine /p:Correct-Horse-9

# The target with another certificate is refused, loudly, until an administrator says so.
stop "$shadow"
rm -rf "$work/machine.shadow"
mkdir "$work/machine.shadow"
DISPLAY=$target_display HOME="$work/machine.shadow" start machine-shadow freerdp-shadow-cli "/port:$target_port" \
  /bind-address:127.0.0.1 "/sam-file:$work/machine.sam" /sec:nla +auth
wait_until "the RDP port of the target" listening "$target_port"
refused other-certificate 'certificate.changed: The target machine shows the certificate' "$gateway" /u:alice@machine /p:Correct-Horse-9
admin target pin machine >/dev/null
let_in other-certificate-accepted "$gateway" /u:alice@machine /p:Correct-Horse-9

# A refused credential is tried once.
printf wrong4711 | admin target credential machine >/dev/null
refused refused-credential 'target.credential_refused: The target machine refused its stored credential' "$gateway" /u:alice@machine /p:Correct-Horse-9
admin target list | has 'credential set aside' || fail "the list of targets does not tell"
refused set-aside 'it is not tried until' "$gateway" /u:alice@machine /p:Correct-Horse-9
[ "$(grep -c 'The target machine refused' "$work/log/serve")" = 1 ] || fail "the refused credential was tried again"
printf tgt4711x | admin target credential machine >/dev/null
let_in right-credential "$gateway" /u:alice@machine /p:Correct-Horse-9

# Each user's own account: alice has none, then one that is refused, tried once and set aside for her alone, then the right one.
admin target account machine personal
refused no-account 'no account for alice on target machine' "$gateway" /u:alice@machine /p:Correct-Horse-9
printf wrong4711 | admin target credential machine --of alice --user operator >/dev/null
refused refused-own 'refused its stored credential of alice' "$gateway" /u:alice@machine /p:Correct-Horse-9
admin target list | has 'alice (credential set aside' || fail "the list of targets does not tell whose account is set aside"
printf tgt4711x | admin target credential machine --of alice --user operator >/dev/null
admin target test machine --of alice >"$work/tested" || fail "alice's own account fails its test: $(cat "$work/tested")"
let_in own-account "$gateway" /u:alice@machine /p:Correct-Horse-9
# One for everybody again, by another name, and then with no password.
admin target account machine shared --user operator >/dev/null
admin target test machine >"$work/tested" || fail "the account for everybody fails its test: $(cat "$work/tested")"
admin target account machine shared --no-credential >/dev/null
admin target list | has 'no credential' || fail "the password for everybody is not forgotten"
if grep -q 'tgt4711x\|wrong4711\|Correct-Horse-9' "$work/log/serve"; then fail "a password is in the log"; fi
