#!/bin/bash
# Copied text in every script goes between real VNC and RDP clients and a real VNC machine where the policy lets it, and nowhere else; each is logged.
# The RDP machine is the gateway itself, in front of the VNC machine: freerdp-shadow has no clipboard.
set -euo pipefail
. "$(dirname "$(readlink -f "$0")")/lib.sh"
begin clipboard

secret=tgt4711x
copied='Mvrtl-wadnik74'  # stands without any label in a file that is shown before it is copied
mkdir -p "$work/home"
printf 'remember that %s opens it\n' "$copied" >"$work/home/note"
start_vnc_target machine "$work/home" $secret
target_display=$display
cat >"$work/policy.yaml" <<END
rules:
  - {name: both, users: [alice, carol], targets: ["*"], allow: true, clipboard: {to_target: [text, images], to_client: text}}
  - {name: neither, users: [bob], targets: ["*"], allow: true}
END
start_gateway
add_user alice 'Correct-Horse-9'
add_user bob 'Correct-Horse-9'
add_target machine vnc "$port" $secret
add_user carol 'Correct-Horse-9'
add_target again rdp "$rdp_port" 'Correct-Horse-9' carol@machine

copy() { DISPLAY=$1 start "copy-$RANDOM" sh -c 'printf %s "$0" | xclip -quiet -selection clipboard -in' "$2"; }  # copy DISPLAY TEXT
holds() { [ "$(DISPLAY=$1 timeout 2 xclip -selection clipboard -out 2>/dev/null)" = "$2" ]; }  # holds DISPLAY TEXT
focused() { xdotool_on "$display" mousemove 300 300 click 1; }
logged() { grep -q "$1" "$work/log/serve"; }

start_vnc_client vnc-alice "$vnc_port" 'alice@machine Correct-Horse-9' TLSPlain
client_window vnc-alice "$display"
pause 2
focused
copy "$target_display" 'Grüße 漢字 😀 vom Ziel'
wait_until "the target's text at the client" holds "$display" 'Grüße 漢字 😀 vom Ziel'
copy "$display" 'Grüße 漢字 😀 vom Benutzer'
focused
wait_until "the client's text at the target" holds "$target_display" 'Grüße 漢字 😀 vom Benutzer'
logged 'clipboard to the client: .* passed on' || fail "no log line of the target's text"
logged 'clipboard to the target: .* passed on' || fail "no log line of the client's text"
if logged 'vom Ziel\|vom Benutzer'; then fail "the log has what was copied"; fi
type_line "$display" 'cat note'
pause 2
copy "$display" "$copied"
focused
wait_until "the client's password at the target" holds "$target_display" "$copied"
pause 1
stop_named vnc-alice
wait_for_film machine "$work/film.mp4"
admin recordings show "$recording" --json >"$work/recording.json"
json 'd["report"]["masks_by_rule"]' <"$work/recording.json" | has known.typed || fail "no mask of what was copied"
printf '[{"name": "copied", "value": "%s", "public_prefix": 0}]' "$copied" >"$work/secrets.json"
python3 "$lib/leak_check.py" "$work/film.mp4" "$work/secrets.json" || fail "the film shows what was copied"
! grep -raq "$copied" "$work/data" "$work/run" "$work/log/serve" || fail "what was copied is on disk"

start_vnc_client vnc-bob "$vnc_port" 'bob@machine Correct-Horse-9' TLSPlain
client_window vnc-bob "$display"
pause 2
focused
copy "$target_display" 'nicht fuer bob'
wait_until "a line about the target's text" logged 'clipboard to the client: .* denied by the policy'
copy "$display" 'nicht von bob'
focused
wait_until "a line about the client's text" logged 'clipboard to the target: .* denied by the policy'
pause 1
holds "$target_display" 'nicht fuer bob' || fail "the target's clipboard was changed"
if holds "$display" 'nicht fuer bob'; then fail "bob got what the policy keeps from him"; fi
stop_named vnc-bob

convert -size 8x8 xc:red "$work/red.bmp"
for target in machine again; do
  start_rdp_client rdp-alice-$target "$rdp_port" alice@$target 'Correct-Horse-9' tls +clipboard
  client_window rdp-alice-$target "$display"
  pause 2
  focused
  copy "$target_display" "Grüße 漢字 😀 vom Ziel $target"
  wait_until "the target's text at the RDP client of $target" holds "$display" "Grüße 漢字 😀 vom Ziel $target"
  pause 1
  copy "$display" "Grüße 漢字 😀 vom Benutzer, zwei
Zeilen $target"
  wait_until "the RDP client's text at $target" holds "$target_display" "Grüße 漢字 😀 vom Benutzer, zwei
Zeilen $target"
  DISPLAY=$display start "copy-picture-$target" xclip -quiet -selection clipboard -t image/bmp -in "$work/red.bmp"
  wait_until "a line about the picture for $target" logged 'clipboard to the target: a picture denied, only text goes to and from VNC'
  stop_named rdp-alice-$target
done

# The same chain of two gateways carries a wish for another size to the RDP machine, which passes it on to the VNC machine.
start_screen resizer 1600x1000
window_manager resizer "$display"
mkdir -p "$work/resizer.home"
DISPLAY=$display HOME="$work/resizer.home" start resizer xfreerdp "/v:127.0.0.1:$rdp_port" /u:alice@again /p:Correct-Horse-9 /sec:tls \
  /cert:ignore /size:1024x768 /dynamic-resolution -grab-keyboard
wait_until "the window of the resizer" client_shows resizer "$display" xfreerdp
pause 2
window=$(xdotool_on "$display" search --onlyvisible --class xfreerdp | tail -n 1)
xdotool_on "$display" windowsize "$window" 1300 900
has_size() { xdpyinfo -display "$target_display" | has 'dimensions: *1300x900'; }
wait_until "the target in the size of the client's window" has_size
stop_named resizer

refusals() { grep -c 'clipboard to the target: text denied by the policy' "$work/log/serve"; }
start_rdp_client rdp-bob "$rdp_port" bob@machine 'Correct-Horse-9' tls +clipboard /sound
client_window rdp-bob "$display"
pause 2
copy "$target_display" 'nicht fuer bob'
copy "$display" 'nicht von bob'
wait_until "a line about the RDP client's text" refusals
pause 1
holds "$target_display" 'nicht fuer bob' || fail "the target's clipboard was changed"
if holds "$display" 'nicht fuer bob'; then fail "bob got by RDP what the policy keeps from him"; fi
DISPLAY=$display start copy-picture xclip -quiet -selection clipboard -t image/bmp -in "$work/red.bmp"
wait_until "a line about a picture" logged 'clipboard to the target: a picture denied, by the policy'
logged 'virtual channels of the client that stay closed: .*rdpsnd' || fail "no log line of a channel that stays closed"
echo "copied text goes where the policy lets it"
