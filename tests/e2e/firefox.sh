#!/bin/bash
# firefox.sh: sign in, play a film and work on a machine in the portal, in Debian's Firefox (firefox-esr, or FIREFOX). Skipped where there is none.
set -euo pipefail
. "$(dirname "$(readlink -f "$0")")/lib.sh"
firefox=${FIREFOX:-$(command -v firefox-esr || true)}
[ -n "$firefox" ] || { echo "firefox-esr is not installed" >&2; exit 77; }
[ -e "$repository/gateway/portal/dist/index.html" ] || fail "the portal is not built: gateway/portal/build.sh"
begin firefox
start_vnc_target machine "$work/home" tgt4711x
# shellcheck disable=SC2034 # read by start_gateway
https=yes
start_gateway
add_user alice Correct-Horse-alice
for role in operator auditor; do admin role bind $role --user alice --scope '*' >/dev/null; done
add_target machine vnc "$port" tgt4711x
code=$(ticket alice machine)
start_vnc_client vnc-client "$vnc_port" "$code"
client_window vnc-client "$display"
type_line "$display" 'export API_PASSWORD=Tr0ub4dorX9kQz' 20
pause 2
stop_named vnc-client
wait_until 1200 "the film" film_settled machine
read -r recording _ <<<"$(recordings machine | tail -n 1)"
PATH=$repository/gateway/portal/toolchain/node_modules/.bin:$PATH FIREFOX=$firefox TMPDIR=$work PORTAL=https://127.0.0.1:$https_port RECORDING=$recording MACHINE=$work/home \
  node "$repository/gateway/portal/e2e/firefox_way.mjs"
