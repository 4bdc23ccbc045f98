#!/bin/bash
# alerts.sh: alerts reach real receivers of each kind; one that hangs holds up nobody; what is raised is delivered after kill -9, once; and the audit log
# tells the story and is seen to be tampered with.
set -euo pipefail
. "$(dirname "$(readlink -f "$0")")/lib.sh"
begin alerts

mkdir "$work/sinks"
received=$work/sinks/received
touch "$received"
printf 'a key of the webhook\n' >"$work/sinks/webhook.key"
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=localhost -addext subjectAltName=IP:127.0.0.1 \
  -keyout "$work/sinks/tls.key" -out "$work/sinks/tls.crt" 2>/dev/null
cat "$work/sinks/tls.key" "$work/sinks/tls.crt" >"$work/sinks/tls.pem"
start receivers python3 "$lib/receivers.py" "$work/sinks"
wait_until "the receivers" test -s "$work/sinks/ports.json"
port_of() { json "d['$1']" <"$work/sinks/ports.json"; }

cat >"$work/page.sh" <<END
#!/bin/sh
cat >>"$work/sinks/paged"
END
chmod +x "$work/page.sh"
https=yes
start_gateway
cat >>"$config" <<END
alerts:
  sinks:
    - {name: deaf, type: webhook, url: "http://127.0.0.1:$(port_of deaf)/"}
    - {name: hook, type: webhook, url: "http://127.0.0.1:$(port_of webhook)/hook", secret: sinks/webhook.key}
    - {name: mail, type: email, url: "smtp://127.0.0.1:$(port_of mail)", from: frostgate@example.org, to: [duty@example.org, boss@example.org]}
    - {name: datagrams, type: syslog, host: 127.0.0.1, port: $(port_of udp)}
    - {name: stream, type: syslog, host: 127.0.0.1, port: $(port_of tcp), transport: tcp, format: cef}
    - {name: encrypted, type: syslog, host: 127.0.0.1, port: $(port_of tls), transport: tls, authorities: sinks/tls.crt}
    - {name: stranger, type: syslog, host: 127.0.0.1, port: $(port_of tls), transport: tls}
    - {name: pager, type: command, command: ["$work/page.sh"]}
END
add_user eve 'Correct-Horse-9'
stop "$serve"
restart_gateway

# How many of a kind came in over something, and whether it is so many.
count() { grep -c "\"via\": \"$1\".*$2" "$received" || true; }
came() { [ "$(count "$1" "$2")" -ge 1 ]; }

# --- the test says which sinks take it
! admin alert test >"$work/tested" || fail "a sink that hangs, and one whose certificate nobody vouches for, passed the test"
for sink in hook mail datagrams stream encrypted pager; do grep -q "  $sink: taken" "$work/tested" || fail "$sink: $(cat "$work/tested")"; done
for sink in deaf stranger; do ! grep -q "  $sink: taken" "$work/tested" || fail "$sink took the test"; done
for via in webhook mail udp tcp tls; do wait_until "the test over $via" came "$via" ""; done
! grep '"via": "webhook"' "$received" | has -v '"signed": true' || fail "a webhook's signature is wrong"
grep -q '"kind":"test"' "$work/sinks/paged" || fail "the command did not get the test"

# --- a policy that is refused: at every sink within a second, though one of them hangs
echo 'nonsense: true' >>"$work/policy.yaml"
begun=$(date +%s.%N)
kill -HUP "$serve"
for via in webhook udp tcp tls; do wait_until "policy.refused over $via" came "$via" policy.refused; done
wait_until "policy.refused by mail" came mail 'Message-ID: <alert-[1-9]'
latest=$(python3 - "$received" "$begun" <<'END'
import json, sys
rows = [json.loads(line) for line in open(sys.argv[1])]
print("%.0f" % max((row["at"] - float(sys.argv[2])) * 1000 for row in rows if row["via"] == "webhook" and row["alert"]["kind"] == "policy.refused"))
END
)
echo "signal -> webhook received: $latest ms"
[ "$latest" -le 1000 ] || fail "the webhook had to wait for $latest ms"
grep '"via": "tcp"' "$received" | has 'CEF:0|Frostgate|Frostgate|1|policy.refused|policy.refused|10|' || fail "no CEF over TCP"
grep '"via": "udp"' "$received" | has '<82>1 .*frostgate - policy.refused \[frostgate@32473 ' || fail "no RFC 5424 over UDP"
grep '"via": "mail"' "$received" | tail -n 1 | has '"recipients": \["<duty@example.org>", "<boss@example.org>"\]' || fail "the mail's recipients"

# --- the same again is one alert
kill -HUP "$serve"
repeated() { [ "$(admin alert list --json | json 'sum(a["repeats"] for a in d if a["kind"] == "policy.refused")')" -ge 1 ]; }
wait_until "the repetition" repeated
[ "$(count webhook policy.refused)" = 1 ] || fail "a repetition was sent"

# --- what is raised while the receiver is busy is delivered after kill -9, once
touch "$work/sinks/busy"
python3 - "$https_port" <<'END'
import json, ssl, sys, urllib.error, urllib.request
url = "https://127.0.0.1:%s/api/v1/session" % sys.argv[1]
body = json.dumps({"user": "eve", "password": "not the right one"}).encode()
answers = []
for _ in range(12):
    try:
        urllib.request.urlopen(urllib.request.Request(url, body, {"Content-Type": "application/json"}), context=ssl._create_unverified_context())
    except urllib.error.HTTPError as refusal:
        answers.append(refusal.code)
assert answers == [401] * 10 + [429] * 2, answers
END
waits() { admin alert sinks --json | json 'next(s["waiting"] for s in d if s["name"] == "hook" and "503" in s["last_error"])'; }
wait_until "the refusal by the busy receiver" waits
kill -KILL "$serve"
wait "$serve" 2>/dev/null || true
rm "$work/sinks/busy"
sed -i '/nonsense/d' "$work/policy.yaml"
restart_gateway
wait_until "access.brute_force, after kill -9" came webhook access.brute_force
admin user list >/dev/null
pause 3
[ "$(count webhook access.brute_force)" = 1 ] || fail "it was delivered $(count webhook access.brute_force) times"

# --- the audit log tells it all, in order; its chain can be computed by others
add_user frank 'Correct-Horse-9'
admin audit verify || fail "the audit log does not verify"
admin audit export --output "$work/audit.jsonl"
python3 - "$work/audit.jsonl" <<'END'
import hashlib, json, sys
link, story = "", []
for number, line in enumerate(open(sys.argv[1]), 1):
    entry = json.loads(line)
    assert entry["number"] == number
    if "detail" in entry:
        detail = json.dumps(entry["detail"], sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        assert hashlib.sha256(f"{entry['actor']}\n{detail}\n".encode()).hexdigest() == entry["digest"], entry
    text = "".join(f"{part}\n" for part in ("frostgate ledger v1", link, number, entry["at_us"], entry["event"], entry["subject"], entry["digest"]))
    link = hashlib.sha256(text.encode()).hexdigest()
    assert link == entry["link"], entry
    story.append((entry["event"], entry.get("detail", {})))
events = [event for event, _ in story]
assert events[0] == "node", events
order = [events.index("policy"), next(i for i, (e, d) in enumerate(story) if e == "alert" and d["kind"] == "policy.refused"),
         next(i for i, (e, d) in enumerate(story) if e == "login" and not d["accepted"]),
         next(i for i, (e, d) in enumerate(story) if e == "alert" and d["kind"] == "access.brute_force"),
         next(i for i, (e, d) in enumerate(story) if e == "configuration" and d["request"] == "user.add" and i > 5)]
assert order == sorted(order), order
assert sum(1 for e, d in story if e == "login") == 10
END

# --- somebody with the disk in hand changes an entry: everybody is told
stop "$serve"
python3 - "$work/data/catalog.sqlite" <<'END'
import sqlite3, sys
catalog = sqlite3.connect(sys.argv[1])
catalog.execute("UPDATE ledger SET actor = 'somebody else' WHERE event = 'configuration'")
catalog.commit()
END
restart_gateway
wait_until "tamper.found" came webhook tamper.found
! admin audit verify >"$work/verified" || fail "a changed audit log verifies"
grep -q 'entry [0-9]* has other details than were noted' "$work/verified" || fail "it is not said what was changed: $(cat "$work/verified")"
echo "alerts: all well"
