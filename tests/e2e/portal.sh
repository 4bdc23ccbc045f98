#!/bin/bash
# portal.sh [PICTURES]: a session in which a secret is typed and text is copied, and then each role's way through the portal in headless Chromium: set-up by link,
# sign-in, table, film with a mask on its timeline; a request that an approver grants; the alert of it, and the audit log; an operator's sessions in the page. With PICTURES, a picture of every page in both themes is left in that folder.
set -euo pipefail
. "$(dirname "$(readlink -f "$0")")/lib.sh"
pictures=${1:-}
[ -e "$repository/gateway/portal/dist/index.html" ] || fail "the portal is not built: gateway/portal/build.sh"
command -v chromium >/dev/null || fail "chromium is not installed"
begin portal

secret=tgt4711x typed=Tr0ub4dorX9kQz
start_vnc_target machine "$work/home" $secret
target_port=$port target_display=$display
cat >"$work/policy.yaml" <<END
groups:
  leads: [paula]
rules:
  - name: production
    users: ["*"]
    targets: [prod-db]
    allow: true
    approval: {groups: [leads]}
    reason: required
    ticket: 'CHG-[0-9]+'
    session: {reconnect_grace: 0}
    gates: {watch: {reason: required}}
  - name: everybody-everywhere
    users: ["*"]
    targets: ["*"]
    allow: true
    gates: {export: {approval: {groups: [leads]}}, pause: {reason: required, approval: {groups: [leads]}}, stop: {approval: {groups: [leads]}}, join: {approval: {groups: [leads]}}}
    clipboard: {to_client: text}
    session: {reconnect_grace: 0}
END
# A sink that takes what it gets, and one where nobody listens.
cat >"$work/more.yaml" <<END
alerts:
  sinks:
    - {name: pager, type: command, command: [/bin/cat]}
    - {name: siem, type: webhook, severity: info, url: "http://127.0.0.1:1/hook"}
END
# shellcheck disable=SC2034 # read by start_gateway
free_port https  # the same when it is started again
start_gateway
link=$(grep -o 'https://[^ ]*/setup#[A-Za-z0-9_-]*' "$work/log/serve") || fail "serve printed no set-up link"
while read -r user roles; do
  add_user "$user" "Correct-Horse-$user"
  for role in $roles; do admin role bind "$role" --user "$user" --scope '*' >/dev/null; done
done <<'END'
alice operator
paula approver
audrey auditor
clara compliance
kim auditor compliance
END
add_target machine vnc "$target_port" $secret
add_target prod-db vnc "$target_port" $secret
start_rdp_target desk "$work/desk" operator $secret
add_target desk rdp "$port" $secret operator
# For the test of a target: one where nobody listens, one that speaks otherwise, one with another password.
free_port nobody
add_target nobody vnc "$nobody" $secret
add_target mistaken rdp "$target_port" $secret operator
add_target wrong vnc "$target_port" mistyped

code=$(ticket alice machine)
start_vnc_client vnc-client "$vnc_port" "$code"
client_window vnc-client "$display"
type_line "$display" 'echo the weekly report is ready' 20
DISPLAY=$target_display start copied sh -c 'printf %s "something to take away" | xclip -quiet -selection clipboard -in'
wait_until "the clipboard's text at the client" grep -q 'clipboard to the client: .* passed on' "$work/log/serve"
type_line "$display" "export API_PASSWORD=$typed" 20
pause 2
if [ -z "$pictures" ]; then
  stop_named vnc-client
else
  code=$(ticket alice machine)  # a second session that still runs, for the pages of live sessions
  stop_named vnc-client
  start_vnc_client vnc-second "$vnc_port" "$code"
  client_window vnc-second "$display"
fi
published() { recordings machine | has -E ' (clean|degraded) '; }
wait_until 1200 "the film" published
[ -z "${STAY:-}" ] || { echo "link $link"; echo "portal https://127.0.0.1:$https_port work $work"; while :; do pause 60; done; }

# The Node that built it, where Debian's is too old. It asks for another serve when it has seen all else.
start_screen own  # the operator's own, for the client of the .rdp file
start main-way env PATH="$repository/gateway/portal/toolchain/node_modules/.bin:$PATH" TMPDIR="$work" LINK="$link" SECRET=$secret PORTAL="https://127.0.0.1:$https_port" PICTURES="$pictures" SIGNALS="$work" \
  MACHINE="$work/home" MACHINE_DISPLAY="$target_display" DESK="$work/desk" CLIENT_DISPLAY="$display" CERTIFICATE="$work/data/self-signed.crt" LOG="$work/log/serve" \
  node "$repository/gateway/portal/e2e/main_way.mjs"
way=$pid
while running "$way" && [ ! -e "$work/restart" ]; do pause 0.2; done
if [ -e "$work/restart" ]; then
  stop_named serve
  wait_until 240 "the page that says that the connection is lost" test -e "$work/lost"
  restart_gateway
fi
status=0
wait "$way" || status=$?
cat "$work/log/main-way"
exit $status
