# shellcheck shell=bash
# A target that uses its clients' devices, their sessions there, and what the audit log says of them; for scripts that have lib.sh.

# The target is "user": its port is the first line of $work/log/user, what it did with the devices are those after it.
start_device_user() {
  openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=user -keyout "$work/key.pem" -out "$work/crt.pem" 2>"$work/log/openssl"
  cat "$work/crt.pem" "$work/key.pem" >"$work/identity.pem"
  start user python3 "$lib/device_user.py" "$work/identity.pem"
  wait_until "the port of the target" grep -q . "$work/log/user"
}
uses() { [ "$(grep -c '^done' "$work/log/user")" = "$1" ]; }  # uses NUMBER: so many clients' devices were used

enters() {  # enters USER TARGET ARGUMENT...: $name
  name=$1-on-$2
  start_rdp_client "$name" "$rdp_port" "$1@$2" 'Correct-Horse-9' tls "${@:3}"
  client_window "$name" "$display"
}
leaves() {
  stop_named "$name"
  wait_until "the end of $name's session" nobody_here
}
nobody_here() { [ -z "$(recording_relays)" ]; }

devices_of() { admin audit list --event device --limit 1000 --json | json '"\n".join(json.dumps(e["detail"], ensure_ascii=False, sort_keys=True) for e in reversed(d) if e["actor"] == "'"$1"'")'; }  # devices_of USER
refused() { admin audit list --event refused_channel --actor "$1" --json | json '"\n".join(e["detail"]["channel"] for e in d)' | has -x "$2"; }  # refused USER CHANNEL
