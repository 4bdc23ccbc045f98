# shellcheck shell=bash
# What samples/demo.sh --stay has for the portal: rules with gates, custodians, and a user of each role. Needs tests/e2e/lib.sh.

# Before the gateway starts: nobody reaches "production" without paula's word, nobody takes a film along or sees what it covers without it, either.
prepare_portal() {
  make_custodians
  cat >"$work/policy.yaml" <<END
groups:
  leads: [paula]
rules:
  - name: production
    users: ["*"]
    targets: [production]
    allow: true
    approval: {groups: [leads]}
    reason: required
    ticket: 'CHG-[0-9]+'
  - name: everybody-everywhere
    users: ["*"]
    targets: ["*"]
    allow: true
    original: sealed
    clipboard: {to_target: text, to_client: text}
    session: {reconnect_grace: 0}
    gates:
      export: {approval: {groups: [leads]}}
      watch-original: {reason: required, approval: {groups: [leads]}}
END
  cat >>"$work/more.yaml" <<END
alerts:
  sinks:
    - {name: pager, type: command, command: [/bin/cat]}
END
}

add_portal_users() {
  local role user
  declare -gA portal_password
  for user in paula audrey carol adam; do
    portal_password[$user]=$(password 16)
    add_user "$user" "${portal_password[$user]}" >/dev/null
  done
  while read -r role user; do admin role bind "$role" --user "$user" --scope '*' >/dev/null; done <<<"operator alice
approver paula
auditor audrey
compliance carol
admin adam"
}

approved_by_paula() {  # approved_by_paula RECORDING FROM TO: that it is exported
  local request
  request=$(admin request create --kind export --recording "$1" --from "$2" --to "$3" --reason 'a test' --json | json 'd["id"]')
  printf %s "${portal_password[paula]}" | admin request approve "$request" --as paula >/dev/null
}

# Once the films are there. The custodians get their shares when the gateway keeps house, as it does when it starts.
fill_portal() {
  add_target production vnc "$db1_port" "$vnc_secret" >/dev/null
  stop_named serve
  restart_gateway
}

portal_and_its_users() {
  cat <<END
Portal: https://127.0.0.1:$https_port       (the browser warns of the certificate, which the gateway made for itself)
  alice   $alice     operator: Connect, db1 in the browser, production once paula agrees
  paula   ${portal_password[paula]}     approver: decides what the others ask for
  audrey  ${portal_password[audrey]}     auditor: watches films and running sessions
  carol   ${portal_password[carol]}     compliance: clips with evidence, legal holds, and (with paula and two custodians) the original
  adam    ${portal_password[adam]}     administrator: targets, users, policy, alerts, system
The custodians of the originals have their keys in $work/custodians
END
}
