#!/bin/bash
# certificates.sh: the listener's certificate comes from an organisation whose clients know its root alone: leaf and intermediate as PKCS#12, then of another
# intermediate, then as PEM files, each taken into use without a restart, at all three doors, while a session goes on.
set -euo pipefail
. "$(dirname "$(readlink -f "$0")")/lib.sh"
. "$lib/client_screen.sh"
. "$lib/broken_network.sh"
begin certificates

issued() {  # issued NAME ISSUER EXTENSIONS
  openssl req -new -newkey rsa:2048 -nodes -subj "/CN=$1" -keyout "$work/$1.key" -out "$work/$1.csr" 2>/dev/null
  openssl x509 -req -in "$work/$1.csr" -CA "$work/$2.crt" -CAkey "$work/$2.key" -CAcreateserial -days 90 -extfile <(echo "$3") -out "$work/$1.crt" 2>/dev/null
}
openssl req -x509 -newkey rsa:2048 -nodes -days 90 -subj /CN=root -keyout "$work/root.key" -out "$work/root.crt" 2>/dev/null
for number in 1 2; do
  issued "between$number" root 'basicConstraints=critical,CA:TRUE'
  issued "gateway$number" "between$number" 'subjectAltName=IP:127.0.0.1'
done
issued gateway3 between2 'subjectAltName=IP:127.0.0.1'
echo 'open sesame' >"$work/p12.password"
pkcs12() {  # pkcs12 NUMBER: where the configuration says, in one step
  openssl pkcs12 -export -inkey "$work/gateway$1.key" -in "$work/gateway$1.crt" -certfile "$work/between$1.crt" \
    -passout "file:$work/p12.password" -out "$work/new.p12"
  mv "$work/new.p12" "$work/gateway.p12"
}
pkcs12 1
start_vnc_target machine "$work/home" tgt4711x
target_display=$display
printf 'tls: {pkcs12: %s, pkcs12_password: %s}\n' "$work/gateway.p12" "$work/p12.password" >"$work/more.yaml"
https=yes start_gateway
add_user alice 'Correct-Horse-9'
add_target machine vnc "$port" tgt4711x

# What a client sees that knows the root alone: the certificate's name, or nothing.
seen() {  # seen rdp|vnc|https
  local port=${1}_port
  python3 - "$1" "${!port}" "$work/root.crt" <<'END'
import socket, ssl, sys
door, port, root = sys.argv[1], int(sys.argv[2]), sys.argv[3]
plain = socket.create_connection(("127.0.0.1", port), 10)
take = lambda count: plain.recv(count, socket.MSG_WAITALL)
if door == "rdp":  # X.224 connection request for TLS
    plain.sendall(bytes.fromhex("030000130ee000000000000100080001000000"))
    take(19)
elif door == "vnc":  # RFB 3.8, VeNCrypt 0.2, X509Plain
    take(12), plain.sendall(b"RFB 003.008\n")
    take(take(1)[0]), plain.sendall(b"\x13")
    take(2), plain.sendall(b"\0\2")
    take(1), take(take(1)[0] * 4), plain.sendall((262).to_bytes(4, "big"))
    take(1)
safe = ssl.create_default_context(cafile=root).wrap_socket(plain, server_hostname="127.0.0.1")
print(dict(pair[0] for pair in safe.getpeercert()["subject"])["commonName"])
END
}
everywhere() {  # everywhere NAME
  local door
  for door in rdp vnc https; do [ "$(seen $door)" = "$1" ] || return 1; done
}
wait_until "leaf and intermediate at all doors" everywhere gateway1
start_rdp_client rdp-client "$rdp_port" alice@machine 'Correct-Horse-9'
client_window rdp-client "$display"
wait_until "the target's picture at the client" same_picture

# Another file in its place is seen by itself; one that cannot be read changes nothing.
pkcs12 2
wait_until "the renewed certificate at all doors" everywhere gateway2
echo broken >"$work/gateway.p12"
wait_until "a line about what cannot be read" logged 'the certificate was not taken anew: .*gateway.p12.*; the old one stays in use'
everywhere gateway2 || fail "a certificate that cannot be read took the place of one that can"
writes one
start_vnc_client vnc-client "$vnc_port" 'alice@machine Correct-Horse-9' X509Plain "-X509CA=$work/root.crt"
client_window vnc-client "$display"
wait_until "the target's picture at the viewer" same_picture
stop_named vnc-client
stop_named rdp-client

# The same as PEM files.
stop "$serve"
cat "$work/gateway2.crt" "$work/between2.crt" >"$work/chain.pem"
cp "$work/gateway2.key" "$work/chain.key"
sed -i "s|^tls: .*|tls: {certificate: $work/chain.pem, private_key: $work/chain.key}|" "$config"
https=yes restart_gateway
wait_until "the PEM files at all doors" everywhere gateway2
cp "$work/gateway3.key" "$work/chain.key"
cat "$work/gateway3.crt" "$work/between2.crt" >"$work/chain.pem"
kill -HUP "$serve"
wait_until "the renewed PEM files at all doors" everywhere gateway3
