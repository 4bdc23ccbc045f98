#!/bin/bash
# oidc.sh [PICTURES]: users of an identity provider (node-oidc-provider, got by npm) sign in to the portal in headless Chromium, with the rights of their groups; one of them
# connects by ticket. With PICTURES, pictures of the sign-in pages are left in that folder.
set -euo pipefail
. "$(dirname "$(readlink -f "$0")")/lib.sh"
[ -e "$repository/gateway/portal/dist/index.html" ] || fail "the portal is not built: gateway/portal/build.sh"
command -v chromium >/dev/null || fail "chromium is not installed"
# The Node that built the portal, where Debian's is too old.
PATH=$repository/gateway/portal/toolchain/node_modules/.bin:$PATH
if ! node -e 'process.exit(+process.versions.node.split(".")[0] >= 20 ? 0 : 1)' 2>/dev/null; then
  echo "SKIPPED: the identity provider of this test needs Node 20 or newer (gateway/portal/build.sh gets one)"
  exit 77
fi
begin oidc

# --- the provider, in a folder of its own, since modules are found by where they are asked for
modules=$(dirname "$(dirname "$frostgate")")/oidc-provider
mkdir -p "$modules"
cp "$lib"/oidc/* "$modules"
if ! cmp -s "$modules/package-lock.json" "$modules/node_modules/.installed"; then
  npm ci --no-audit --no-fund --prefix "$modules" >"$work/log/npm" 2>&1 || { cat "$work/log/npm" >&2; fail "npm could not get oidc-provider"; }
  cp "$modules/package-lock.json" "$modules/node_modules/.installed"
fi
ec=(-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2)
openssl req -x509 "${ec[@]}" -subj '/CN=Test authority' -keyout "$work/ca.key" -out "$work/ca.crt" 2>/dev/null
openssl req -x509 "${ec[@]}" -subj /CN=localhost -addext subjectAltName=DNS:localhost -addext basicConstraints=critical,CA:FALSE \
  -CA "$work/ca.crt" -CAkey "$work/ca.key" -keyout "$work/provider.key" -out "$work/provider.crt" 2>/dev/null
free_port https
portal=https://127.0.0.1:$https
client_secret='a secret & more'
start provider node "$modules/provider.mjs" "$work/provider.crt" "$work/provider.key" "$portal/sign-in/callback" "$client_secret" "$work/provider.port"
wait_until "the provider" test -s "$work/provider.port"
issuer=https://localhost:$(cat "$work/provider.port")

# --- the gateway
secret=tgt4711x
start_vnc_target machine "$work/home" $secret
target_port=$port
(umask 077 && printf '%s\n' "$client_secret" >"$work/client.secret")
cat >"$work/more.yaml" <<END
sign_in:
  portal: $portal
  providers:
    - {name: corp, label: Corp account, issuer: "$issuer", client_id: frostgate, client_secret_file: client.secret, ca_file: ca.crt, domains: [corp.example]}
END
cat >"$work/policy.yaml" <<END
rules:
  - {name: operators, groups: ["Prod Operators"], targets: machine, allow: true, session: {reconnect_grace: 0}}
END
start_gateway
admin role bind operator --group 'Prod Operators' --scope '*' >/dev/null
add_target machine vnc "$target_port" $secret
"$frostgate" doctor --config "$config" >"$work/doctor" || true
grep -q "ok .*provider corp: $issuer answers" "$work/doctor" || { cat "$work/doctor"; fail "doctor does not find the provider in order"; }

PORTAL=$portal PORTAL_MODULES=$repository/gateway/portal PICTURES=${1:-} node "$modules/way.mjs" || fail "not every check held"

# --- by ticket, since there is no password
code=$(ticket dora machine)
start_vnc_client vnc-client "$vnc_port" "$code"
client_window vnc-client "$display"
stop_named vnc-client
admin audit list --event login | has dora || fail "the audit log does not know that dora came in"
echo "an identity provider's users come in by their groups"
