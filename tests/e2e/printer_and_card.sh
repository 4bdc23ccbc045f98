#!/bin/bash
# A real client's printer (a queue of CUPS) and smart card (pcscd with a virtual reader) at a target through the gateway: where the policy lets them pass, what the target
# prints comes out of the queue byte for byte, and the card answers the target as it answers a program beside it; otherwise the target hears of neither.
set -euo pipefail
. "$(dirname "$(readlink -f "$0")")/lib.sh"
. "$lib/device_use.sh"
begin printer-and-card
PATH=$PATH:/usr/sbin
reader=/usr/lib/pcsc/drivers/serial/libifdvpcd.so
for program in cupsd lpstat pcscd; do command -v $program >/dev/null || { echo "no $program: not run"; exit 77; }; done
[ -e $reader ] || { echo "no virtual reader: not run"; exit 77; }

# A printing system of the test's own, whose printer appends to a file.
paper=$work/paper
export CUPS_SERVER=$work/cups/socket
mkdir -p "$work"/cups/{spool,cache,state,tmp,server,bin/backend} "$paper"
cp -r /usr/lib/cups/daemon "$work/cups/bin/"
cat >"$work/cups/bin/backend/paper" <<'END'
#!/bin/sh
[ $# -gt 0 ] || exit 0
cat "$6" >>"${DEVICE_URI#paper:}/printed"
END
chmod 755 "$work/cups/bin/backend/paper"
[ "$(id -u)" -ne 0 ] || { chmod 711 "$work"; chown lp "$paper"; }  # what a queue runs is not root's
cat >"$work/cups/files.conf" <<END
ServerRoot $work/cups/server
ServerBin $work/cups/bin
RequestRoot $work/cups/spool
CacheDir $work/cups/cache
StateDir $work/cups/state
TempDir $work/cups/tmp
AccessLog stderr
ErrorLog stderr
PageLog stderr
END
cat >"$work/cups/cupsd.conf" <<END
Listen $CUPS_SERVER
LogLevel info
Browsing No
WebInterface No
DefaultAuthType None
<Location />
  Order allow,deny
  Allow all
</Location>
<Policy default>
  <Limit All>
    Order deny,allow
  </Limit>
</Policy>
END
cat >"$work/cups/server/printers.conf" <<END
<DefaultPrinter laser>
DeviceURI paper:$paper
State Idle
Accepting Yes
</DefaultPrinter>
END
start cupsd cupsd -f -c "$work/cups/cupsd.conf" -s "$work/cups/files.conf"
queue() { lpstat -p laser | has 'idle'; }
wait_until "a queue" queue

# A reader of the test's own, with a card in it. It listens at the next port too, for a second one.
export PCSCLITE_CSOCK_NAME=$work/pcscd.socket
free_port reader_port
until bindable $((reader_port + 1)); do free_port reader_port; done
mkdir "$work/readers"
cat >"$work/readers/virtual" <<END
FRIENDLYNAME "Virtual reader"
DEVICENAME /dev/null:$reader_port
LIBPATH $reader
CHANNELID $reader_port
END
start pcscd python3 "$lib/activated.py" "$PCSCLITE_CSOCK_NAME" pcscd -f -c "$work/readers"
wait_until "a reader" listening "$reader_port"
start card python3 "$lib/smart_card.py" "$reader_port"
answers() { python3 "$lib/card_user.py" >"$work/directly" 2>"$work/log/directly"; }
wait_until "the card" answers
[ "$(grep -c '^card' "$work/directly")" = 6 ] && has '^card 00a404.* 6f0c840af066726f7374676174659000$' "$work/directly" || fail "the card does not answer by itself: $(cat "$work/directly")"

start_device_user
cat >"$work/policy.yaml" <<END
rules:
  - {name: prints, users: [alice], targets: ["*"], allow: true, channels: {printers: allow}, session: {reconnect_grace: 0}}
  - {name: signs, users: [bob], targets: ["*"], allow: true, channels: {smartcards: allow}, session: {reconnect_grace: 0}}
  - {name: neither, users: [carol], targets: ["*"], allow: true, session: {reconnect_grace: 0}}
END
start_gateway
for user in alice bob carol; do add_user $user 'Correct-Horse-9'; done
add_target machine rdp "$(head -n 1 "$work/log/user")" tgt4711x operator

comes() { enters "$1" machine /printer:laser /smartcard; }  # comes USER

comes alice
wait_until "what the target prints" uses 1
leaves
sed 1d "$work/log/user" >"$work/did"
python3 -c 'import sys; sys.path.insert(0, sys.argv[1]); import device_user; sys.stdout.buffer.write(device_user.PAGES)' "$lib" >"$work/pages"
out() { cmp "$work/pages" "$paper/printed"; }
wait_until 20 "the pages, byte for byte ($(cat "$work/did"))" out
! has 'heard of 32\|^card' "$work/did" || fail "the target heard of a card that alice may not use"
devices_of alice >"$work/alice"
has '"device": "printer PRN1", "what": "announced"' "$work/alice" || fail "no entry of alice's printer: $(cat "$work/alice")"
[ "$(grep -c "\"device\": \"printer PRN1\".*\"to_client_bytes\": $(stat -c %s "$work/pages"), " "$work/alice")" = 1 ] || fail "no entry of what was printed: $(cat "$work/alice")"
refused alice 'rdpdr smart cards' || fail "no entry of alice's card"

before=$(wc -l <"$work/log/user") asked=$(wc -l <"$work/log/card")
comes bob
wait_until "what the target asks of the card" uses 2
leaves
sed "1,${before}d" "$work/log/user" | grep -E '^(reader|card)' | diff "$work/directly" - || fail "the card answers the target otherwise than a program beside it"
sed "1,${asked}d" "$work/log/card" | diff <(head -n "$asked" "$work/log/card" | tail -n 6) - || fail "the card was asked otherwise by the target"
! sed "1,${before}d" "$work/log/user" | has '^printer\|heard of 4' || fail "the target heard of a printer that bob may not use"
devices_of bob >"$work/bob"
[ "$(wc -l <"$work/bob")" = 2 ] && has '"device": "smart card SCARD", "what": "announced"' "$work/bob" && has '"device": "smart card SCARD", "what": "used"' "$work/bob" ||
  fail "not the entries of bob's card: $(cat "$work/bob")"
refused bob 'rdpdr printers' || fail "no entry of bob's printer"

comes carol
pause 2
uses 2 || fail "carol's devices were used"
leaves
cmp "$work/pages" "$paper/printed" || fail "carol has printed"
[ "$(wc -l <"$work/log/card")" = $((asked + 6)) ] || fail "carol's card was asked"
[ -z "$(devices_of carol)" ] || fail "carol has used a device"
refused carol rdpdr || fail "no entry of carol's devices"
! grep -raq 'Kf7-\|6f0c840af0' "$work/data" "$work/run" "$work/log/serve" || fail "a content of a page or a card is on the gateway's disk"
echo "printers and smart cards go where the policy lets them"
