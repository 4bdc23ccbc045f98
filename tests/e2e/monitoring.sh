#!/bin/bash
# monitoring.sh: what real receivers make of what Frostgate says. rsyslog takes the alerts by UDP, TCP and TLS, and reads their structured data and CEF;
# Prometheus scrapes serve beside a session, and evaluates the shipped rules: one fires.
set -euo pipefail
. "$(dirname "$(readlink -f "$0")")/lib.sh"
begin monitoring

mkdir "$work/rsyslog" "$work/prometheus"
for port_name in udp tcp tls prometheus_port nobody; do free_port $port_name; done
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=localhost -addext subjectAltName=IP:127.0.0.1 \
  -keyout "$work/rsyslog/tls.key" -out "$work/rsyslog/tls.crt" 2>/dev/null
printf 'version=2\nrule=:%%f:cef%%\n' >"$work/rsyslog/cef.rb"
cat >"$work/rsyslog/rsyslog.conf" <<END
global(workDirectory="$work/rsyslog" defaultNetstreamDriver="ossl" defaultNetstreamDriverCAFile="$work/rsyslog/tls.crt"
  defaultNetstreamDriverCertFile="$work/rsyslog/tls.crt" defaultNetstreamDriverKeyFile="$work/rsyslog/tls.key")
module(load="imudp")
module(load="imptcp")
module(load="imtcp" streamDriver.name="ossl" streamDriver.mode="1" streamDriver.authMode="anon")
module(load="mmpstrucdata")
module(load="mmnormalize")
template(name="row" type="list") { property(name="jsonmesg") constant(value="\n") }
ruleset(name="all") {
  action(type="mmpstrucdata")
  if \$msg startswith "CEF:" then { action(type="mmnormalize" ruleBase="$work/rsyslog/cef.rb") }
  action(type="omfile" file="$work/rsyslog/rows" template="row")
}
input(type="imudp" address="127.0.0.1" port="$udp" ruleset="all")
input(type="imptcp" address="127.0.0.1" port="$tcp" ruleset="all")
input(type="imtcp" address="127.0.0.1" port="$tls" ruleset="all")
END
start rsyslog /usr/sbin/rsyslogd -n -f "$work/rsyslog/rsyslog.conf" -i "$work/rsyslog/pid"
wait_until 10 "rsyslog over TCP" listening "$tcp"
wait_until 10 "rsyslog over TLS" listening "$tls"

start_vnc_target machine "$work/home" tgt4711x
cat >"$work/more.yaml" <<END
alerts:
  sinks:
    - {name: datagrams, type: syslog, host: 127.0.0.1, port: $udp}
    - {name: stream, type: syslog, host: 127.0.0.1, port: $tcp, transport: tcp}
    - {name: cef, type: syslog, host: 127.0.0.1, port: $tcp, transport: tcp, format: cef}
    - {name: encrypted, type: syslog, host: 127.0.0.1, port: $tls, transport: tls, authorities: rsyslog/tls.crt}
    - {name: nobody, type: webhook, url: "http://127.0.0.1:$nobody/"}
END
https=yes
start_gateway
add_user alice 'Correct-Horse-9'
add_user prom 'Correct-Horse-9'
add_target machine vnc "$port" tgt4711x

# --- a scope that needs escaping everywhere, in a subject and a text
admin role bind auditor --user alice --scope 'note=ad]min"x|y"=\z' >/dev/null
all_came() { [ "$(grep -c access.changed "$work/rsyslog/rows" 2>/dev/null || true)" = 4 ]; }
wait_until 20 "the alert over each of four ways" all_came
python3 - "$work/rsyslog/rows" <<'END'
import json, sys
rows = [row for row in map(json.loads, open(sys.argv[1])) if row["msgid"] == "access.changed"]
ways = sorted((row["inputname"], row["msg"].startswith("CEF:")) for row in rows)
assert ways == [("imptcp", False), ("imptcp", True), ("imtcp", False), ("imudp", False)], ways
words = r'made the user alice auditor of "note=ad]min"x|y"=\z"'
for row in rows:
    assert (row["app-name"], row["protocol-version"], row["syslogfacility"], row["syslogseverity"]) == ("frostgate", "1", "10", "4"), row
    if row["msg"].startswith("CEF:"):
        cef = row["$!"]["f"]
        assert (cef["DeviceVendor"], cef["SignatureID"], cef["Severity"]) == ("Frostgate", "access.changed", "6"), cef
        assert cef["Extensions"]["cs1"] == words and cef["Extensions"]["msg"].endswith(words + "."), cef
        assert "unparsed-data" not in row["$!"], row
    else:
        data = row["$!"]["rfc5424-sd"]["frostgate@32473"]
        assert (data["kind"], data["severity"], data["subject"]) == ("access.changed", "warning", words), data
        assert row["msg"].startswith("\ufeff") and row["msg"].endswith(words + "."), row
        assert int(data["id"]) > 0
END

# --- Prometheus: what the README's token sees, by the shipped rules
admin role bind auditor --user prom --scope '*' >/dev/null
admin token create --user prom --name prometheus --role auditor --days 1 --json | json 'd["value"]' >"$work/prometheus/token"
rules=$repository/samples/grafana/frostgate-rules.yaml
promtool check rules "$rules" >/dev/null || fail "promtool refuses the rules"
cat >"$work/prometheus/prometheus.yml" <<END
global: {scrape_interval: 1s, evaluation_interval: 1s}
rule_files: [$rules]
scrape_configs:
  - job_name: frostgate
    scheme: https
    authorization: {credentials_file: $work/prometheus/token}
    tls_config: {insecure_skip_verify: true}
    static_configs: [{targets: ["127.0.0.1:$https_port"]}]
END
promtool check config "$work/prometheus/prometheus.yml" >/dev/null || fail "promtool refuses the configuration"
start prometheus prometheus --config.file="$work/prometheus/prometheus.yml" --storage.tsdb.path="$work/prometheus/data" --web.listen-address="127.0.0.1:$prometheus_port"
wait_until 30 "Prometheus" listening "$prometheus_port"
value() {  # value QUERY: the first, or nothing
  curl -sf "http://127.0.0.1:$prometheus_port/api/v1/query" --data-urlencode "query=$1" | json 'd["data"]["result"][0]["value"][1] if d["data"]["result"] else ""'
}
holds() { [ "$(value "$1 $2")" != "" ]; }  # holds QUERY CONDITION
wait_until 30 "a scrape" holds 'up{job="frostgate"}' '== 1'
curl -sf "http://127.0.0.1:$prometheus_port/api/v1/metadata" >"$work/prometheus/metadata"
for name in relay_delay_seconds live_lag_seconds redaction_lag_seconds; do
  [ "$(json "d['data']['frostgate_$name'][0]['type']" <"$work/prometheus/metadata")" = histogram ] || fail "frostgate_$name is no histogram to Prometheus"
done

start_vnc_client vnc-alice "$vnc_port" "$(ticket alice machine)"
client_window vnc-alice "$display"
type_line "$display" 'echo so that something changes on the screen'
wait_until 20 "the session in the metrics" holds frostgate_sessions_running '== 1'
stop_named vnc-alice
wait_until 20 "the relay's delays" holds frostgate_relay_delay_seconds_count '> 0'
wait_for_film machine "$work/film.mp4"
wait_until 20 "the film's lag" holds frostgate_redaction_lag_seconds_count '== 1'
holds 'sum(frostgate_ocr_lines_total)' '> 0' || fail "no line of the film was counted"
holds 'frostgate_storage_free_bytes' '> 0' || fail "nothing is free"
holds 'histogram_quantile(0.5, sum by (le) (frostgate_relay_delay_seconds_bucket))' '< 5' || fail "the relay was too slow, or its buckets do not add up"
echo "the relay's median: $(value 'histogram_quantile(0.5, sum by (le) (frostgate_relay_delay_seconds_bucket))') s"

# Nobody answers the webhook: that part does not work, and the rule for it fires after its minute.
firing() { curl -sf "http://127.0.0.1:$prometheus_port/api/v1/alerts" | json "any(a['state'] == 'firing' and a['labels'].get('alertname') == '$1' for a in d['data']['alerts'])" | has True; }
wait_until 120 "FrostgatePartBroken" firing FrostgatePartBroken
holds 'frostgate_part_ok{part="alerts"}' '== 0' || fail "another part is broken"
[ "$(curl -sf "http://127.0.0.1:$prometheus_port/api/v1/rules" | json 'sorted({r["health"] for g in d["data"]["groups"] for r in g["rules"]})')" = "['ok']" ] || fail "a rule cannot be evaluated"
stop "$serve"
wait_until 30 "that serve is down" holds 'up{job="frostgate"}' '== 0'
echo "monitoring: all well"
