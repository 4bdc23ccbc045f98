#!/bin/bash
# Users of a directory (a real slapd with Active Directory's names): somebody in a nested group comes in over RDP and at the API, others do
# not, and when the directory is gone the local administrator still comes in.
set -euo pipefail
. "$(dirname "$(readlink -f "$0")")/lib.sh"
begin directory
https=yes
secret=tgt4711x
password='Correct-Horse-9'

# --- the directory
d=$work/slapd
mkdir -p "$d/data"
ec=(-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2)
openssl req -x509 "${ec[@]}" -subj '/CN=Test authority' -keyout "$d/ca.key" -out "$d/ca.crt" 2>/dev/null
openssl req -x509 "${ec[@]}" -subj /CN=slapd -addext subjectAltName=IP:127.0.0.1 -addext basicConstraints=critical,CA:FALSE \
  -CA "$d/ca.crt" -CAkey "$d/ca.key" -keyout "$d/slapd.key" -out "$d/slapd.crt" 2>/dev/null
cat >"$d/slapd.conf" <<END
include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include /etc/ldap/schema/inetorgperson.schema
attributetype ( 1.2.840.113556.1.4.221 NAME 'sAMAccountName' EQUALITY caseIgnoreMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 SINGLE-VALUE )
objectclass ( 1.2.840.113556.1.5.9 NAME 'user' SUP inetOrgPerson STRUCTURAL MAY sAMAccountName )
objectclass ( 1.2.840.113556.1.5.8 NAME 'group' SUP top STRUCTURAL MUST cn MAY member )
modulepath /usr/lib/ldap
moduleload back_mdb
allow bind_anon_cred
TLSCACertificateFile $d/ca.crt
TLSCertificateFile $d/slapd.crt
TLSCertificateKeyFile $d/slapd.key
database mdb
suffix "DC=corp,DC=example"
directory $d/data
access to attrs=userPassword by anonymous auth by * none
access to * by dn.exact="CN=frostgate,DC=corp,DC=example" read by * none
END
{
  printf 'dn: DC=corp,DC=example\nobjectClass: domain\ndc: corp\n\n'
  printf 'dn: CN=frostgate,DC=corp,DC=example\nobjectClass: organizationalRole\nobjectClass: simpleSecurityObject\ncn: frostgate\nuserPassword: bind-secret\n\n'
  for name in dora bob; do
    printf 'dn: CN=%s,DC=corp,DC=example\nobjectClass: user\ncn: %s\nsn: %s\nsAMAccountName: %s\nuserPassword: %s\n\n' $name $name $name $name "$password"
  done
  printf 'dn: CN=Admins,DC=corp,DC=example\nobjectClass: group\ncn: Admins\nmember: CN=dora,DC=corp,DC=example\n\n'
  printf 'dn: CN=Prod Operators,DC=corp,DC=example\nobjectClass: group\ncn: Prod Operators\nmember: CN=Admins,DC=corp,DC=example\n'
} >"$d/data.ldif"
slapadd -f "$d/slapd.conf" -l "$d/data.ldif"
free_port ldaps
start slapd slapd -f "$d/slapd.conf" -d none -h "ldaps://127.0.0.1:$ldaps"
wait_until "slapd" listening "$ldaps"

# --- the gateway: first with local users alone, then with the directory as well
start_vnc_target machine "$work/home" $secret
target_port=$port
cat >"$work/policy.yaml" <<END
rules:
  - {name: operators, groups: ["Prod Operators"], targets: machine, allow: true, session: {reconnect_grace: 0}}
END
start_gateway
add_user boss "$password"
admin role bind admin --user boss >/dev/null
add_target machine vnc "$target_port" $secret
stop "$serve"
(umask 077; printf 'bind-secret\n' >"$d/bind.password")
cat >>"$config" <<END
directory:
  servers: ["ldaps://127.0.0.1:$ldaps"]
  ca_file: $d/ca.crt
  bind_dn: CN=frostgate,DC=corp,DC=example
  bind_password_file: $d/bind.password
  domains: [CORP]
  users: {base: "DC=corp,DC=example", filter: "(objectClass=user)"}
  groups: {base: "DC=corp,DC=example"}
END
restart_gateway
admin role bind auditor --group 'Prod Operators' >/dev/null

admin doctor | has 'ok .*directory: .*its certificate is trusted' || fail "doctor says nothing of the directory: $(admin doctor | grep directory)"
printf %s "$password" | admin directory test --user 'CORP\dora' --password >"$work/test"
grep -q 'groups: Admins, Prod Operators' "$work/test" || fail "directory test: $(cat "$work/test")"
grep -q 'the password is right' "$work/test" || fail "directory test: $(cat "$work/test")"
if printf '' | admin directory test --user dora --password >/dev/null; then fail "directory test liked an empty password"; fi

sign_in() {  # sign_in USER PASSWORD: status and body
  curl -sk -w '\n%{http_code}' -H 'Content-Type: application/json' -d "$(python3 -c 'import json, sys; print(json.dumps({"user": sys.argv[1], "password": sys.argv[2]}))' "$1" "$2")" \
    "https://127.0.0.1:$https_port/api/v1/session"
}
code_of() { sign_in "$@" | tail -n 1; }
answer=$(sign_in 'CORP\Dora' "$password" | head -n 1)
[ "$(json '(d["user"], *d["roles"])' <<<"$answer")" = "('dora', 'auditor')" ] || fail "the API says: $answer"
[ "$(code_of dora 'Wrong-Horse-9')" = 401 ] || fail "a wrong password"
[ "$(code_of dora '')" = 401 ] || fail "an empty password"

# --- the same person over RDP, as mstsc writes the name; bob is in no group
start_rdp_client rdp-dora "$rdp_port" 'CORP\dora@machine' "$password"
client_window rdp-dora "$display"
wait_until "the session in the log" grep -q 'target machine is reached' "$work/log/serve"
stop_named rdp-dora
start_screen screen
refused() {  # refused NAME USER PASSWORD
  local code=0
  mkdir -p "$work/$1.home"
  DISPLAY=$display HOME="$work/$1.home" timeout 20 xfreerdp "/v:127.0.0.1:$rdp_port" "/u:$2" "/p:$3" /sec:tls /cert:ignore /size:640x480 >"$work/log/$1" 2>&1 4>&- || code=$?
  [ $code -ne 0 ] && [ $code -ne 124 ] || fail "$1 had a session, or hung"
}
refused bob 'bob@machine' "$password"
grep -q 'denied bob from' "$work/log/serve" || fail "bob was not refused by the policy"
refused wrong 'dora@machine' 'Wrong-Horse-9'
[ "$(recordings machine | wc -l)" = 1 ] || fail "expected one recording, have: $(recordings machine)"

# --- no directory
stop_named slapd
[ "$(code_of dora "$password")" = 503 ] || fail "the directory is gone, and dora hears something else"
[ "$(code_of boss "$password")" = 201 ] || fail "the local administrator does not come in"
grep -q 'directory: .*127.0.0.1' "$work/log/serve" || fail "no line in the log about the directory"
told() { admin alert list --json | json '[a["kind"] for a in d]' | has directory.unreachable; }
wait_until "the alert" told
for secret_text in bind-secret "$password"; do
  if grep -rq -- "$secret_text" "$work/log" "$work/data"; then fail "\"$secret_text\" is in a log or in the data"; fi
done
