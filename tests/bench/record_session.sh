#!/bin/bash
# record_session.sh DIRECTORY: two dense minutes of admin work with real programs on a 1080p screen of its own, as
#   journal/       what a relay would have recorded: changed tiles, at most 5 states a second
#   truth.tsv      what stood on each row of each terminal in each state (session_truth.py)
#   secrets.json   the credentials among it
# A directory that is there is kept: the session is recorded once and measured often.
# shellcheck disable=SC2154 # $work, $display and $pid are set by lib.sh
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
directory=${1:?directory}
recorder=${SESSION_RECORDER:-$here/../../build/bin/session_recorder}
[ -e "$directory/truth.tsv" ] && exit 0
SCREEN=1920x1080
. "$here/../e2e/lib.sh"
begin session
out=$work/out
mkdir -p "$out/terminals" "$(dirname "$directory")"
/usr/bin/python3 "$repository/samples/demo/make_world.py" "$work/home" "$out/secrets.json"
/usr/bin/python3 "$here/session_texts.py" "$work/home"
cat >"$work/home/.shellrc" <<'END'
PS1='admin@srv01:\w\$ '
HISTFILE=/dev/null
cd
if [ -e ~/.session ]; then . ~/.session; fi
END
typed=$(json 'd[0]["value"]' <"$out/secrets.json")

start_screen session
DISPLAY=$display xsetroot -solid '#3b5570'
window_manager session "$display"

# What the terminal is sent goes to a typescript with times, from which session_truth.py knows what it shows.
terminal() {  # terminal NAME GEOMETRY FONT POINTS BACKGROUND FOREGROUND
  local log=$out/terminals/$1 columns=${2%%x*} rows=${2#*x}
  printf '%s\t%s\n' "$columns" "${rows%%+*}" >"$log.size"
  DISPLAY=$display start "xterm-$1" xterm -fa "$3" -fs "$4" -bg "$5" -fg "$6" -geometry "$2" +sb -b 2 -T "$1" -xrm '*allowTitleOps: false' \
    -e env -i HOME="$work/home" USER=admin TERM=xterm LANG=C.UTF-8 PATH="$work/home/bin:/usr/bin:/bin" SHELL=/bin/bash LOG="$log" \
    bash -c 'date +%s.%N >"$LOG.start"; exec script -q -f --log-out "$LOG.out" --log-timing "$LOG.timing" --logging-format classic -c "bash --noprofile --rcfile ~/.shellrc -i"'
  wait_until "the terminal $1" xdotool_on "$display" search --onlyvisible --name "^$1\$"
}
terminal work 110x36+30+40 'DejaVu Sans Mono' 11 '#1e1e1e' '#d4d4d4'
terminal logs 132x40+640+330 'Liberation Mono' 10 '#fafafa' '#202020'

window() { xdotool_on "$display" search --onlyvisible --name "$1" | tail -n 1; }
work_window=$(window '^work$') logs_window=$(window '^logs$')
raise() { xdotool_on "$display" windowactivate --sync "$1"; }
enter() { type_line "$display" "$1" "${2:-70}"; }
at() {  # at SECOND: of the session
  local left
  left=$(bc <<<"$began + $1 - $(date +%s.%N)")
  [[ $left == -* ]] || pause "$left"
}
keys() {  # keys COUNT PAUSE KEY
  local i
  for ((i = 0; i < $1; i++)); do
    press "$display" "$3"
    pause "$2"
  done
}
drag() {  # drag WINDOW X Y DX DY: twenty steps
  local step
  for ((step = 1; step <= 20; step++)); do
    xdotool_on "$display" windowmove "$1" $(($2 + $4 * step)) $(($3 + $5 * step))
    pause 0.1
  done
}

pause 1
DISPLAY=$display start recorder "$recorder" "$out/journal" "$out/windows.jsonl"
recorder_pid=$pid
began=$(date +%s.%N)

raise "$work_window"
enter 'uname -a; uptime'
enter 'connect-db'
pause 0.7
enter "$typed"
enter 'ls -l --time-style=long-iso shop /etc/ssl'
enter 'cat shop/.env'
enter 'echo rotate the archive and renew the certificate'
at 24
raise "$logs_window"
enter 'follow log/app.log' 30
at 44
press "$display" ctrl+c
enter 'clear; follow shop/service.log' 30
at 56
press "$display" ctrl+c
raise "$work_window"
enter 'less log/manual.txt' 30
keys 8 0.9 space
press "$display" q
at 66
enter 'clear; cat log/hosts.txt log/table.txt; cat shop/deploy_key.pem' 20
pause 1.5
enter 'clear; cat /etc/services; env | sort' 20
at 72
enter 'top -d 1' 20
at 80
press "$display" q
enter 'clear; vim -u NONE -i NONE -c "set nocompatible" shop/deploy.conf' 20
pause 1
type_text "$display" 'Goretries = 3' 60
press "$display" Escape
pause 0.5
type_text "$display" ':e! log/manual.txt' 40
press "$display" Return
keys 6 0.4 ctrl+f
type_text "$display" ':q!' 40
press "$display" Return
at 92
DISPLAY=$display HOME=$work/session.wm GTK_THEME=Adwaita start mousepad env -u DBUS_SESSION_BUS_ADDRESS GSETTINGS_BACKEND=memory mousepad --disable-server "$work/home/log/notes.txt"
wait_until "the editor" xdotool_on "$display" search --onlyvisible --name 'Mousepad$'
editor=$(window 'Mousepad$')
xdotool_on "$display" windowsize "$editor" 700 520
xdotool_on "$display" windowmove "$editor" 900 60
keys 4 0.4 Next
at 98
drag "$editor" 900 60 -30 10
drag "$logs_window" 640 330 10 -6
at 106
for turn in 1 2 3; do
  for target in "$work_window" "$logs_window" "$editor"; do
    raise "$target"
    pause 1.2
  done
done
at 120
stop "$recorder_pid"
[ -s "$out/windows.jsonl" ] || fail "nothing was recorded: $(cat "$work/log/recorder")"
for file in "$work"/log/recorder; do [ ! -s "$file" ] || fail "$(cat "$file")"; done
/usr/bin/python3 "$here/session_truth.py" "$out"
rm -rf "$directory"
mv "$out" "$directory"
