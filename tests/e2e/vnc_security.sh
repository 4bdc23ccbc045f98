#!/bin/bash
# VNC with real programs on both sides of the gateway: each way in over TLS, tickets without TLS only where the policy
# says so, and targets that speak VncAuth, TLS and X509, whose certificate must stay the same.
set -euo pipefail
. "$(dirname "$(readlink -f "$0")")/lib.sh"
begin vnc-security

secret=tgt4711x
openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=127.0.0.1 -addext subjectAltName=IP:127.0.0.1 \
  -keyout "$work/key.pem" -out "$work/crt.pem" 2>"$work/log/openssl"
certified=(-X509Cert "$work/crt.pem" -X509Key "$work/key.pem")
for kind in VncAuth TLSVnc X509Vnc; do
  start_vnc_target "$kind" "$work/$kind" $secret "$kind" "${certified[@]}" -SecurityTypes "$kind"
  declare "port_$kind=$port" "display_$kind=$display"
done
start_screen x11vnc
display_x11vnc=$display
DISPLAY=$display xsetroot -solid '#406080'
free_port port_x11vnc
cat "$work/key.pem" "$work/crt.pem" >"$work/both.pem"
start x11vnc-server x11vnc -display "$display" -rfbport "$port_x11vnc" -listen 127.0.0.1 -forever -shared -noxdamage \
  -passwd $secret -ssl "$work/both.pem" -vencrypt only -anontls never -http_oneport
wait_until "the port of x11vnc" listening "$port_x11vnc"

# Names and passwords over TLS, which Xtigervnc asks PAM about: a service of the test's own, by pam_wrapper. And targets that ask for nothing.
mkdir "$work/pam"
echo "operator:$secret:vnc" >"$work/passwords"
matrix=$(dpkg -L libpam-wrapper | grep '/pam_matrix\.so$')
printf '%s required %s passdb=%s\n' auth "$matrix" "$work/passwords" account "$matrix" "$work/passwords" >"$work/pam/vnc"
plain_target() {  # plain_target NAME: $port; NAME is also how it is entered
  free_port port
  start "$1-x" env LD_PRELOAD=libpam_wrapper.so PAM_WRAPPER=1 "PAM_WRAPPER_SERVICE_DIR=$work/pam" Xtigervnc -displayfd 3 -geometry "$screen" -depth 24 -rfbport "$port" \
    -localhost -nolisten tcp "${certified[@]}" -SecurityTypes "$1" -PAMService vnc -PlainUsers operator -AlwaysShared 3>"$work/$1.display"
  wait_until "the port of $1" listening "$port"
}
open_target() {  # open_target NAME CERTIFICATE: $port, without a password; NAME is also how it is entered
  free_port port
  start "$1-x" Xtigervnc -displayfd 3 -geometry 640x480 -rfbport "$port" -localhost -nolisten tcp -SecurityTypes "${1%-*}" -X509Cert "$work/$2.pem" \
    -X509Key "$work/key.pem" -AlwaysShared 3>"$work/$1.display"
  wait_until "the port of $1" listening "$port"
}
for kind in X509Plain TLSPlain; do
  plain_target $kind
  declare "port_$kind=$port"
done
openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=authority -keyout "$work/authority.key" -out "$work/authority.pem" 2>"$work/log/openssl"
openssl req -new -key "$work/key.pem" -subj /CN=machine -out "$work/vouched.csr" 2>"$work/log/openssl"
openssl x509 -req -in "$work/vouched.csr" -CA "$work/authority.pem" -CAkey "$work/authority.key" -CAcreateserial -days 2 \
  -extfile <(echo subjectAltName=IP:127.0.0.1) -out "$work/vouched.pem" 2>"$work/log/openssl"
for kind in None-0 TLSNone-0 X509None-1 X509None-2; do
  open_target $kind "$([ $kind = X509None-1 ] && echo vouched || echo crt)"
  declare "port_${kind/-/_}=$port"
done

cat >"$work/policy.yaml" <<END
rules:
  - {name: old-viewers, users: [bob], targets: ["*"], allow: true, vnc_plaintext: allow}
  - {name: everybody, users: ["*"], targets: ["*"], allow: true}
END
start_gateway
add_user alice 'Correct-Horse-9'
add_user bob 'Correct-Horse-9'
for kind in VncAuth TLSVnc X509Vnc x11vnc; do
  port_of=port_$kind
  add_target "$kind" vnc "${!port_of}" $secret
done

# The same but for a pointer: Xtigervnc draws it for a client that has not moved it, and a viewer that opens its full screen
# slowly never says that it did.
same_picture() {  # same_picture TARGET_DISPLAY CLIENT_DISPLAY
  screenshot "$1" "$work/target.png"
  screenshot "$2" "$work/client.png"
  [ "$(compare -metric AE "$work/target.png" "$work/client.png" null: 2>&1)" -lt 100 ]
}
works() {  # works CLIENT TARGET PASSWORD SECURITY [ARGUMENT...]: the client shows what the target shows
  local display_of=display_$2
  start_vnc_client "vnc-$1" "$vnc_port" "$3" "$4" "${@:5}"
  client_window "vnc-$1" "$display"
  wait_until "the picture of $2 at $1" same_picture "${!display_of}" "$display"
  stop_named "vnc-$1"
  stop_named "vnc-$1-x"
  echo "$1 on $2: the same picture"
}
refused() {  # refused NAME PASSWORD SECURITY WORDS [ARGUMENT...]: the viewer ends by itself with these words
  local code=0 login=()
  if [[ $2 == *' '* ]]; then login=("VNC_USERNAME=${2%% *}" "VNC_PASSWORD=${2#* }"); fi
  printf %s "$2" | tigervncpasswd -f >"$work/try.vncpasswd"
  mkdir -p "$work/try.home"
  env "DISPLAY=$display_x11vnc" "HOME=$work/try.home" "${login[@]}" timeout 20 xtigervncviewer -AlertOnFatalError=0 \
    -ReconnectOnError=0 "-SecurityTypes=$3" "${@:5}" "127.0.0.1::$vnc_port" >"$work/log/$1" 2>&1 4>&- || code=$?
  [ $code -ne 124 ] || fail "$1: the viewer hung, or had a session"
  grep -qiE "$4" "$work/log/$1" || fail "$1: the viewer does not say \"$4\": $(tail -n 3 "$work/log/$1")"
  echo "$1: refused"
}

# Each way in, each kind of target. The gateway's own certificate is for its host's name: the viewer would ask.
works ticket-tls VncAuth "$(ticket alice VncAuth)" TLSVnc
works password-tls TLSVnc 'alice@TLSVnc Correct-Horse-9' TLSPlain
works ticket-tls-x11vnc x11vnc "$(ticket alice x11vnc)" TLSVnc
works ticket-plaintext X509Vnc "$(ticket bob X509Vnc)" VncAuth
grep -q "is trusted with the certificate" "$work/log/serve" || fail "the first certificate of a target made no event"
refused wrong-password 'alice@TLSVnc Wrong-Horse-9' TLSPlain 'denied'
refused plaintext-alice "$(ticket alice VncAuth)" VncAuth 'denied|Authentication fail' "-passwd=$work/try.vncpasswd"
grep -q 'came without TLS' "$work/log/serve" || fail "the log does not say why alice's ticket was denied"

# With a certificate that the viewer can check.
stop "$serve"
cat >>"$config" <<END
tls:
  certificate: $work/crt.pem
  private_key: $work/key.pem
END
restart_gateway
works password-x509 VncAuth 'alice@VncAuth Correct-Horse-9' X509Plain "-X509CA=$work/crt.pem"
works ticket-x509 X509Vnc "$(ticket alice X509Vnc)" X509Vnc "-X509CA=$work/crt.pem"

# Another certificate than the one that was shown first: nothing is sent to the target until an administrator has looked.
stop_named X509Vnc-xterm
stop_named X509Vnc-wm
stop_named X509Vnc-x
openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=127.0.0.1 -keyout "$work/other-key.pem" -out "$work/other-crt.pem" 2>"$work/log/openssl"
port_before=$port_X509Vnc
start X509Vnc-again Xtigervnc -displayfd 3 -geometry "$screen" -rfbport "$port_before" -localhost -nolisten tcp -X509Cert "$work/other-crt.pem" \
  -X509Key "$work/other-key.pem" -SecurityTypes X509Vnc -PasswordFile "$work/X509Vnc.vncpasswd" -AlwaysShared 3>"$work/again.display"
wait_until "the X server with another certificate" grep -q . "$work/again.display"
wait_until "its port" listening "$port_before"
display_X509Vnc=:$(cat "$work/again.display")
DISPLAY=$display_X509Vnc xsetroot -solid '#406080'
start_vnc_client vnc-other-certificate "$vnc_port" 'alice@X509Vnc Correct-Horse-9' TLSPlain
wait_until "the log saying that the certificate changed" grep -q 'somebody may be in between' "$work/log/serve"
wait_until "the alert" grep -q 'certificate.changed: The target X509Vnc shows the certificate [0-9a-f]* instead of [0-9a-f]*: refused' "$work/log/serve"
client_window vnc-other-certificate "$display"
! same_picture "$display_X509Vnc" "$display" || fail "a target with another certificate is shown"
xdotool_on "$display" key Return  # leaves the screen that says so
other_gone() { ! running "$(cat "$work/pid/vnc-other-certificate")"; }
wait_until "the viewer being let go" other_gone
echo "other-certificate: refused"
admin target pin X509Vnc
works pinned-again X509Vnc 'alice@X509Vnc Correct-Horse-9' TLSPlain

# Each other way into a target, as a session enters it. A wrong password is told from what else may go wrong, and tried once.
tested() {  # tested NAME OUTCOME
  local found
  found=$({ admin target test "$1" --json || true; } | json 'd["outcome"]')
  [ "$found" = "$2" ] || fail "the test of $1 says \"$found\", not \"$2\""
  echo "$1: $2"
}
for kind in X509Plain TLSPlain; do
  port_of=port_$kind
  add_target "$kind" vnc "${!port_of}" $secret operator
  add_target "$kind-wrong" vnc "${!port_of}" wrong4711 operator
  tested "$kind" works
  tested "$kind-wrong" credential
  tested "$kind-wrong" set_aside
done
display_X509Plain=:$(cat "$work/X509Plain.display")
DISPLAY=$display_X509Plain xsetroot -solid '#406080'
works to-plain X509Plain 'alice@X509Plain Correct-Horse-9' TLSPlain
for kind in None-0 TLSNone-0 X509None-1 X509None-2; do
  port_of=port_${kind/-/_}
  admin target add "$kind" --protocol vnc --address "127.0.0.1:${!port_of}" --no-credential
  tested "$kind" works
done

# With a company's authorities, what they do not vouch for is not entered, unless it is pinned.
stop "$serve"
echo "  target_authorities: $work/authority.pem" >>"$config"
restart_gateway
tested X509None-1 works
tested X509None-2 certificate
# The same where nobody vouches, and where a target that has a certificate comes without.
if grep -q 'certificate.changed: The target X509None-2' "$work/log/serve"; then fail "an alert of a certificate that did not change"; fi
admin target pin TLSVnc --certificate "$(openssl x509 -in "$work/crt.pem" -outform der | sha256sum | cut -d' ' -f1)"
tested TLSVnc certificate
grep -q 'certificate.changed: The target TLSVnc shows the certificate none instead of' "$work/log/serve" || fail "no alert of a target that comes without its certificate"
grep -q 'X509None-2 was tried: .*certificate is not trusted' "$work/log/serve" || fail "the log does not say that nobody vouches for the certificate"
