#!/bin/bash
# What a relay is while it works, whichever front and back: each of its threads in the sandbox, a user of its own, with no socket but its own; and no password of its
# user's, no ticket and no credential of its target's in its memory any more, nor in that of serve; and in no relay's the private key of the gateway's certificate, of each kind. Needs
# root, to look at them.
set -euo pipefail
. "$(dirname "$(readlink -f "$0")")/lib.sh"
. "$(dirname "$(readlink -f "$0")")/client_screen.sh"
begin confined
[ "$(id -u)" = 0 ] || { echo "not root: not run"; exit 77; }

# Words that stand nowhere else.
password='Hrk7-Plombe-Zug' credential_rdp='Qz9vTrommel4' credential_vnc='w8Kestr1'
start_rdp_target desk "$work/desk" operator "$credential_rdp"
desk_port=$port desk_display=$display
start_vnc_target lab "$work/home" "$credential_vnc"
lab_port=$port lab_display=$display
gate_key() {  # gate_key KIND...: another certificate for the gateway
  openssl req -x509 -newkey "$@" -nodes -days 365 -subj /CN=127.0.0.1 -addext subjectAltName=IP:127.0.0.1 -keyout "$work/gate.key" -out "$work/gate.crt" 2>"$work/log/openssl"
  python3 "$lib/key_forms.py" "$work/gate.key" >"$work/gate.forms"
}
gate_key rsa:2048
echo "tls: {certificate: $work/gate.crt, private_key: $work/gate.key}" >"$work/more.yaml"
start_gateway
add_user alice "$password"
add_target desk rdp "$desk_port" "$credential_rdp" operator
add_target lab vnc "$lab_port" "$credential_vnc"

one_relay() { [ "$(recording_relays | wc -l)" = 1 ]; }
confined() {  # confined NAME WORD...: the relay of this client, which shows its target
  local name=$1 relay other task status says wrong=0 sockets
  shift
  wait_until "the picture of the target at $name" same_picture
  wait_until "the relay of $name" one_relay
  relay=$(recording_relays)
  for task in "/proc/$relay/task/"*; do
    status=$(cat "$task/status" 2>/dev/null) || continue  # it has ended
    for says in 'Seccomp:\t2' 'NoNewPrivs:\t1' 'CapEff:\t0+' 'Uid:(\t[1-9][0-9]+){4}'; do
      has -P "^$says\$" <<<"$status" || { wrong=1; echo "$status"; }
    done
  done
  [ $wrong = 0 ] || fail "a thread of $name's relay is not in the sandbox"
  sockets=$(for file in "/proc/$relay/fd/"*; do readlink "$file" 2>/dev/null || true; done | sed -nE 's/^socket:\[([0-9]+)\]$/\1/p' | sort -u | grep -cxFf - <(awk '{ print $10 }' /proc/net/tcp /proc/net/tcp6)) || true
  [ "$sockets" -le 2 ] || fail "$name's relay has $sockets sockets of the Internet"
  python3 "$lib/memory_search.py" "$relay" --forms "$work/gate.forms" "$@" >"$work/relay.found"
  for other in $(pgrep -P "$serve"); do  # the one that waits for the next client, too
    [ "$other" = "$relay" ] || python3 "$lib/memory_search.py" "$other" --forms "$work/gate.forms" >>"$work/relay.found" || ! running "$other" || fail "no look at $other"
  done
  python3 "$lib/memory_search.py" "$serve" "$@" >"$work/serve.found"
  echo "$name: $(ls "/proc/$relay/task" | wc -l) threads in the sandbox, $sockets sockets; relay: $(cat "$work/relay.found"); serve: $(cat "$work/serve.found")"
  [ ! -s "$work/relay.found" ] || left=1
  [ ! -s "$work/serve.found" ] || left=1
  stop_named "$name"
}
left=0 number=0
target_display=$desk_display
start_rdp_client rdp-desk "$rdp_port" alice@desk "$password"
client_window rdp-desk "$display"
confined rdp-desk "$password" "$credential_rdp"
code=$(admin ticket issue --user alice --target desk --front rdp --json | json 'd["ticket"]')
start_rdp_client nla-desk "$rdp_port" alice@desk "$code" nla '/load-balance-info:Cookie: msts=frostgate-nla'
client_window nla-desk "$display"
confined nla-desk "$code" "$credential_rdp"
start_vnc_client vnc-desk "$vnc_port" "alice@desk $password" TLSPlain
client_window vnc-desk "$display"
confined vnc-desk "$password" "$credential_rdp"
target_display=$lab_display
start_vnc_client vnc-lab "$vnc_port" "alice@lab $password" TLSPlain
client_window vnc-lab "$display"
confined vnc-lab "$password" "$credential_vnc"
start_rdp_client rdp-lab "$rdp_port" alice@lab ''
client_window rdp-lab "$display"
see signs-in 'relays and records your'
type_line "$display" "$password"
confined rdp-lab "$password" "$credential_vnc"
start_vnc_client vnc-x509 "$vnc_port" "alice@lab $password" X509Plain "-X509CA=$work/gate.crt"
client_window vnc-x509 "$display"
confined vnc-x509 "$password" "$credential_vnc"
# That the search would find one: of what serve knows in words, the path of its configuration; and the key, which serve has.
python3 "$lib/memory_search.py" "$serve" "$config" | has UTF-8 || fail "the search finds nothing at all"
python3 "$lib/memory_search.py" "$serve" --forms "$work/gate.forms" | has 'forms$' || fail "the search does not find the key where it is"
in_use() { grep -c 'is in use from now on' "$work/log/serve" || true; }
renewed() { [ "$(in_use)" -gt "$1" ]; }
for kind in 'ec -pkeyopt ec_paramgen_curve:P-256' 'ec -pkeyopt ec_paramgen_curve:P-384'; do
  before=$(in_use)
  # shellcheck disable=SC2086 # several words
  gate_key $kind
  kill -HUP "$serve"
  wait_until "the certificate with a key of $kind" renewed "$before"
  target_display=$lab_display
  start_vnc_client "vnc-$((++number))" "$vnc_port" "alice@lab $password" X509Plain "-X509CA=$work/gate.crt"
  client_window "vnc-$number" "$display"
  confined "vnc-$number" "$password" "$credential_vnc"
  python3 "$lib/memory_search.py" "$serve" --forms "$work/gate.forms" | has 'forms$' || fail "the search does not find a key of $kind where it is"
  target_display=$desk_display
  code=$(admin ticket issue --user alice --target desk --front rdp --json | json 'd["ticket"]')
  start_rdp_client "nla-$number" "$rdp_port" alice@desk "$code" nla '/load-balance-info:Cookie: msts=frostgate-nla'
  client_window "nla-$number" "$display"
  confined "nla-$number" "$code" "$credential_rdp"
done
gate_key ed25519
kill -HUP "$serve"
refused_in_words() { grep -q 'its key is ED25519, with which RDP does not work.*the old one stays in use' "$work/log/serve"; }
wait_until "why a key of ed25519 is not taken" refused_in_words
[ $left = 0 ] || fail "a secret is still in memory"
