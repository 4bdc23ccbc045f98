#!/bin/bash
# Shows all of Frostgate at work: two real targets, two real clients, a minute of admin work in which credentials
# appear, and the two films that may be shown. Installs what is missing and builds first.
#
#   samples/demo.sh [--output DIR] [--stay]
#
#   --output DIR  where films and contact sheets go (default: a new temporary folder)
#   --stay        leaves the gateway and the targets running until Ctrl-C, and says how to connect; with a portal that has something on each of its
#                 pages, and a user of each role
#
# Fails when any stage failed, or when one of the demo's credentials can be read in a film.
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
. "$here/../tests/e2e/lib.sh"
. "$here/demo/session.sh"
. "$here/demo/portal.sh"
. "$repository/.ci/packages.sh"

output='' stay=no
while [ $# -gt 0 ]; do
  case $1 in
    --output) [ $# -ge 2 ] || { echo "--output needs a folder" >&2; exit 2; }; output=$2; shift 2 ;;
    --stay) stay=yes; shift ;;
    *) echo "usage: samples/demo.sh [--output DIR] [--stay]" >&2; exit 2 ;;
  esac
done

phases=() phase_started=0
phase() {  # phase TEXT: says what comes, and times what was before
  if [ -n "${phase_name:-}" ]; then phases+=("$(printf '%5d s  %s' $((SECONDS - phase_started)) "$phase_name")"); fi
  phase_name=$1 phase_started=$SECONDS
  printf '== %s\n' "$1"
}

phase "installing what is missing"
# shellcheck disable=SC2086 # lists of words
install_packages $BUILD_PACKAGES $DEMO_PACKAGES

phase "building"
if [ -z "${FROSTGATE:-}" ]; then
  (cd "$repository" && cmake --preset release >/dev/null && cmake --build --preset release --target frostgate)
fi

begin demo
if [ -z "$output" ]; then output=$(mktemp -d "${TMPDIR:-/tmp}/frostgate-films.XXXXXX"); fi
mkdir -p "$output"
output=$(cd "$output" && pwd)
export OMP_THREAD_LIMIT=1  # for the leak check's Tesseract; must be set before exec

phase "starting two targets and the gateway"
password() { python3 -c 'import secrets, string; print("".join(secrets.choice(string.ascii_letters + string.digits) for _ in range('"$1"')))'; }
alice=$(password 16) vnc_secret=$(password 8) rdp_secret=$(password 20)
for target in db1 app1; do
  python3 "$here/demo/make_world.py" "$work/$target" "$work/$target.json"
done
start_vnc_target db1 "$work/db1" "$vnc_secret"
db1_port=$port
start_rdp_target app1 "$work/app1" operator "$rdp_secret"
app1_port=$port
# shellcheck disable=SC2034 # read by start_gateway
https=yes
if [ $stay = yes ]; then
  phase "building the portal"
  "$repository/gateway/portal/build.sh" >"$work/log/portal" 2>&1 || echo "   it could not be built: $(tail -n 1 "$work/log/portal")"
  prepare_portal
fi
start_gateway
add_user alice "$alice"
approve=''
if [ $stay = yes ]; then
  add_portal_users
  approve=approved_by_paula
fi
add_target db1 vnc "$db1_port" "$vnc_secret"
add_target app1 rdp "$app1_port" "$rdp_secret" operator
echo "   the gateway listens on 127.0.0.1:$rdp_port (RDP) and 127.0.0.1:$vnc_port (VNC)"
echo "   db1 is a VNC machine on port $db1_port, app1 an RDP machine on port $app1_port; alice knows neither's password"

phase "a minute of work: alice on db1 with TigerVNC's viewer, and on app1 with xfreerdp"
db1_ticket=$(ticket alice db1)
start_vnc_client vnc-client "$vnc_port" "$db1_ticket"
vnc_display=$display
start_rdp_client rdp-client "$rdp_port" alice@app1 "$alice"
rdp_display=$display
client_window vnc-client "$vnc_display"
client_window rdp-client "$rdp_display"
pause 2  # the first picture
work_for_a_minute "$vnc_display" "$work/db1.json" & players=($!)
work_for_a_minute "$rdp_display" "$work/app1.json" & players+=($!)
started+=("${players[@]}")
for player in "${players[@]}"; do wait "$player" || fail "the scripted session"; done
for target in db1 app1; do
  typed=$(json 'd[0]["value"]' <"$work/$target.json")
  [ "$(cat "$work/$target/typed" 2>/dev/null)" = "$typed" ] || fail "what was typed did not arrive at $target"
  [ "$(cat "$work/$target/result" 2>/dev/null)" = "deployed, all well" ] || fail "the work on $target did not end"
done
stop_named vnc-client
stop_named rdp-client

phase "redacting, encoding and sealing the films"
deadline=$((SECONDS + 600))
line=''
until film_settled db1 && film_settled app1; do
  ((SECONDS < deadline)) || fail "the films are not ready after ten minutes"
  running "$serve" || fail "serve ended: $(tail -n 5 "$work/log/serve")"
  now=$(for target in db1 app1; do
    recordings "$target" | tail -n 1 | while read -r _ status progress; do
      printf '   %s: %s %3.0f%%' "$target" "$status" "$(bc <<<"$progress * 100")"
    done
  done)
  if [ "$now" != "$line" ]; then
    line=$now
    if [ -t 1 ]; then printf '\r\e[K%s' "$line"; else echo "$line"; fi
  fi
  pause 1
done
[ -t 1 ] && printf '\r\e[K'
for target in db1 app1; do
  fetch_film "$target" "$output/$target.mp4"
  admin recordings show "$recording" --json >"$output/$target.json"
  "$here/demo/contact_sheet.sh" "$output/$target.mp4" "$output/$target.png"
  # A prompt alone, and a count after a cleared screen.
  python3 "$repository/tests/e2e/harmless.py" "$output/$target.json" 3 3 || fail "harmless text is masked in the film of $target"
done

phase "reading the films, and all that is stored: can any credential be read?"
python3 - "$work/db1.json" "$work/app1.json" "$alice" "$vnc_secret" "$rdp_secret" >"$work/all.json" <<'END'
import json, sys
known = [secret for name in sys.argv[1:3] for secret in json.load(open(name))]
for name, value in zip(("alice's password", "db1's VNC password", "app1's password"), sys.argv[3:]):
    known.append({"name": name, "value": value, "public_prefix": 0})
json.dump(known, sys.stdout)
END
readers=()
for target in db1 app1; do
  read -r recording _ <<<"$(recordings "$target" | tail -n 1)"
  nothing_stored "$recording" "$work/all.json" 24 28 "$approve"
  TMPDIR=$work python3 "$repository/tests/e2e/leak_check.py" --jobs 1 "$output/$target.mp4" "$work/all.json" & readers+=($!)
done
started+=("${readers[@]}")
leaks=0
for reader in "${readers[@]}"; do wait "$reader" || leaks=1; done

phase "done"
for target in db1 app1; do
  python3 "$here/demo/summary.py" "$target" "$output/$target.json" "$output/$target.mp4"
done
echo "Time:"
printf '  %s\n' "${phases[@]}"
echo "Films and contact sheets are in $output"
[ $leaks -eq 0 ] || fail "credentials can be read in a film"

if [ $stay = yes ]; then
  fill_portal
  cat <<END

The gateway and its targets keep running until Ctrl-C. Connect with your own client:
  RDP:  xfreerdp /v:127.0.0.1:$rdp_port /u:alice@app1 /p:$alice /sec:tls /cert:ignore     (or alice@db1)
  VNC:  $frostgate ticket issue --user alice --target db1 --config $config
        xtigervncviewer -SecurityTypes=TLSVnc 127.0.0.1::$vnc_port       with the ticket as password
Films:  $frostgate recordings list --config $config
$(portal_and_its_users)
END
  while running "$serve"; do pause 1; done
  fail "serve ended"
fi
