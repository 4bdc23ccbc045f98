#!/bin/bash
# lying.sh LYING_GATEWAY: real clients connect, and the relays that they reach tell serve one lie each. Every one of them is
# killed and logged with its session, none obtains a credential, a Grant or a byte of disk, and a session beside them goes on.
set -euo pipefail
. "$(dirname "$(readlink -f "$0")")/lib.sh"
lying=$1
begin lying

outsiders=(target-first guess-twice guess-many claims forbidden other-front admits-itself administers journal-first
  signs-twice signs-anything huge no-json half descriptors walls)
insiders=(target-twice other-journal reopens hangs-up)  # with a login that may reach the target

secret=tgt4711x
start_vnc_target machine "$work/home" $secret
target_port=$port
cd "$work"  # the lies look for data/ and run/ there
cat >"$work/policy.yaml" <<END
rules:
  - {name: nobody-opens-the-vault, users: ["*"], targets: [vault]}
  - {name: everybody-elsewhere, users: ["*"], targets: ["*"], allow: true, session: {reconnect_grace: 0}}
END
start_gateway "$lying"
add_user alice 'Correct-Horse-9'
add_target machine vnc "$target_port" $secret
add_target vault vnc "$target_port" $secret
code=$(ticket alice machine)
start_vnc_client vnc-client "$vnc_port" "$code"
honest_display=$display
client_window vnc-client "$honest_display"

start_screen liars
lied=()
liars_gone() { local one; for one in "${lied[@]}"; do if running "$one"; then return 1; fi; done; }
for lie in "${outsiders[@]}" "${insiders[@]}"; do
  mkdir -p "$work/home.$lie"
  DISPLAY=$display HOME="$work/home.$lie" start "lie-$lie" xfreerdp "/v:127.0.0.1:$rdp_port" "/u:$lie" /p:x /sec:tls \
    /cert:ignore /size:640x480
  lied+=("$pid")
  # Serve lets few strangers of one address wait at a time.
  [ $((${#lied[@]} % 8)) -ne 0 ] || wait_until "the end of the first lying sessions" liars_gone
done
type_line "$honest_display" 'echo undisturbed >during'
wait_until "the end of every lying session" liars_gone
type_line "$honest_display" 'echo undisturbed >after'
wait_until "what the honest session typed" cmp "$work/home/during" "$work/home/after"
running "$serve" || fail "serve ended"

log=$work/log/serve
# xfreerdp tries again when it is cut off: a lie may be told more than once.
told() { grep -cE "^lie: ($(IFS='|'; echo "$*")) begins in process" "$log" || true; }
for lie in "${outsiders[@]}" "${insiders[@]}"; do [ "$(told "$lie")" != 0 ] || fail "$lie was never told"; done
for relay in $(sed -n 's/^lie: .* begins in process //p' "$log"); do
  [ ! -e "/proc/$relay" ] || fail "a relay that lied lives: $relay"
done
told=$(told "${outsiders[@]}" "${insiders[@]}") inside=$(told "${insiders[@]}")
! grep -E '^lie: (OBTAINED|ALIVE)' "$log" || fail "a lie was answered, or outlived"
! grep -E '^lie: wall .* BROKEN' "$log" || fail "a wall of the sandbox did not hold"
grep -q '^lie: all walls tried' "$log" || fail "the walls were not tried"
# Nothing of a target without a Grant; with one, the own target alone.
[ "$(grep -c '^lie: asked open_target, got target with 1 descriptors' "$log")" = "$inside" ] || fail "a target was opened"
[ "$(grep -c '^lie: the target is machine$' "$log")" = "$inside" ] || fail "a relay chose its target"
grep -q '^lie: reopened its own target 12 times$' "$log" || fail "a relay reached its target again without measure, or another"
[ "$(admin recordings list --json | json 'sum(r["front"] == "rdp" and not r["ended"] for r in d)')" = 0 ] || fail "a session of a lie is still open"
! grep -q "$secret" "$log" || fail "the log holds the target's credential"
# Each end was serve's doing, and has its session in the log.
killed=$(grep -cE ' session=[0-9]+-[0-9]+-[0-9a-f]+ the relay .*; ending it' "$log") || true
[ "$killed" = $((told - $(told hangs-up))) ] || fail "$killed of $told relays were ended for a lie"
[ "$(grep -c 'is over (killed by signal 9' "$log")" = "$told" ] || fail "a relay was not killed"
admin recordings list --json >"$work/recordings.json"
[ "$(json 'sum(r["front"] == "rdp" for r in d)' <"$work/recordings.json")" = "$inside" ] || fail "a lie made a recording"
[ "$(json 'sum(r["target"] == "vault" for r in d)' <"$work/recordings.json")" = 0 ] || fail "the vault was opened"

stop_named vnc-client
film_of_honest() { admin recordings list --json | json '[r["status"] for r in d if r["front"] == "vnc"][0]' | has -E 'clean|degraded'; }
wait_until "the film of the honest session" film_of_honest
