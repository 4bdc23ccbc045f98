# shellcheck shell=bash
# Sourced after lib.sh: pieces of network that break (wire.py says how), what serve says of it, and what reaches the target.

wire() {  # wire NAME PORT [FROM]: $wire_port
  start "$1" python3 "$lib/wire.py" "${@:2}"
  wait_until "the port of $1" grep -q . "$work/log/$1"
  wire_port=$(cat "$work/log/$1")
}
cut_wire() { kill -USR1 "$(cat "$work/pid/$1")"; }
mend_wire() { kill -USR2 "$(cat "$work/pid/$1")"; }
logged() { [ "$(grep -cE "$1" "$work/log/serve")" -ge "${2:-1}" ]; }  # logged PATTERN [TIMES]
row() { admin recordings list --json | json "sorted(d, key=lambda r: r['started'])[$1]['$2']"; }  # row INDEX MEMBER
rows() { admin recordings list --json | json 'len(d)'; }
wrote() { [ "$(cat "$work/home/$1" 2>/dev/null)" = "$1" ]; }
writes() {  # writes FILE: what the user types reaches the target
  type_line "$display" "echo $1 >$1"
  wait_until "the word $1 on the target" wrote "$1"
}
