#!/bin/bash
# capture.sh DIRECTORY [PROGRAM...]: takes pictures of real programs that show credentials, each twice with other secrets of the same
# lengths, as NAME-a.ppm and NAME-b.ppm. What differs between the two is the secrets' ink and nothing else.
# shellcheck disable=SC2154 # $work, $display and $pid are set by lib.sh
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
directory=${1:?directory}
shift
SCREEN=1920x1080
. "$here/../e2e/lib.sh"
begin capture
mkdir -p "$directory"
start_screen capture
DISPLAY=$display xsetroot -solid '#3b5570'
window_manager capture "$display"
DISPLAY=$display xdotool mousemove 1915 1075
for twin in a b; do /usr/bin/python3 "$here/capture_texts.py" $twin "$work/$twin"; done

# The program's window is up, the picture does not change any more.
settled() {
  local before now
  before=$(DISPLAY=$display import -silent -window root rgb:- | sha256sum)
  pause 0.4
  now=$(DISPLAY=$display import -silent -window root rgb:- | sha256sum)
  [ "$before" = "$now" ]
}

shoot() {  # shoot NAME WINDOW-PATTERN COMMAND... with TEXTS in it for the folder of the twin's texts
  local name=$1 pattern=$2 twin
  shift 2
  mkdir -p "$work/home"
  for twin in a b; do
    rm -rf "$work/texts"
    cp -r "$work/$twin" "$work/texts"  # the same path for both: some programs show it
    DISPLAY=$display HOME=$work/home start "$name-$twin" env -u DBUS_SESSION_BUS_ADDRESS GSETTINGS_BACKEND=memory "${@//TEXTS/$work/texts}"
    wait_until 40 "the window of $name" xdotool_on "$display" search --onlyvisible --name "$pattern"
    pause 1
    wait_until 40 "a still picture of $name" settled
    DISPLAY=$display import -silent -window root -depth 8 "ppm:$directory/$name-$twin.ppm"
    stop "$pid"
  done
}

# No cursor that blinks or stands elsewhere: it would count as a secret.
hold='printf "\033[?25l"; sleep 1000'
terminal() {  # terminal NAME ARGUMENT...: xterm with all of the twin's lines
  local name=$1
  shift
  shoot "xterm-$name" '^shot$' xterm -T shot +sb -geometry 150x48+10+10 "$@" -e bash -c "cat 'TEXTS/lines.txt'; $hold"
}

want() { [ ${#programs[@]} -eq 0 ] || [[ " ${programs[*]} " == *" $1 "* ]]; }
programs=("$@")
want bitmap && terminal 6x13 -fn 6x13 -bg black -fg gray90
want bitmap && terminal 9x15 -fn 9x15 -bg white -fg black
want xterm && terminal dejavu-dark -fa 'DejaVu Sans Mono' -fs 10 -bg '#1e1e1e' -fg '#d4d4d4'
want xterm && terminal liberation-light -fa 'Liberation Mono' -fs 9 -bg white -fg black
want xterm && terminal inconsolata-blue -fa Inconsolata -fs 11 -bg '#012456' -fg '#eeedf0'
want xterm && terminal hack-green -fa Hack -fs 10 -bg black -fg '#33ff33'
want xterm && terminal jetbrains-unaliased -fa 'JetBrains Mono:antialias=false' -fs 10 -bg white -fg black
want urxvt && shoot urxvt '^shot$' urxvt -title shot +sb -geometry 150x48+10+10 -fn 'xft:Liberation Mono:size=11' -bg '#fdf6e3' -fg '#586e75' \
  -e bash -c "cat 'TEXTS/lines.txt'; $hold"
want editor && shoot mousepad 'Mousepad$' mousepad --disable-server TEXTS/lines.txt
want gtk && shoot gtk-dialog '^Sign in$' /usr/bin/python3 "$here/dialog_gtk.py" TEXTS/secrets.json
want qt && shoot qt-dialog '^Sign in$' /usr/bin/python3 "$here/dialog_qt.py" TEXTS/secrets.json
browser() {  # browser NAME ARGUMENT...
  shoot "$1" 'shop settings' chromium --no-sandbox --disable-gpu --no-first-run --disable-features=Translate --test-type \
    --user-data-dir="$work/$1" --window-size=1500,1000 --window-position=10,10 "${@:2}" --app=file://TEXTS/page.html
}
want chromium && browser chromium

# The same programs at 150 and 200 per cent, as each of them is told of it, on a screen with room for them.
want scaled || exit 0
start_screen large 3840x2160
DISPLAY=$display xsetroot -solid '#3b5570'
window_manager large "$display"
DISPLAY=$display xdotool mousemove 3835 2155
for scale in 1.5 2; do
  percent=$(bc <<<"$scale * 100 / 1")
  times() { bc <<<"$1 * $scale / 1"; }
  terminal "dejavu-dark-$percent" -fa 'DejaVu Sans Mono' -fs "$(times 10)" -bg '#1e1e1e' -fg '#d4d4d4'
  terminal "liberation-light-$percent" -fa 'Liberation Mono' -fs "$(times 9)" -bg white -fg black
  # GTK 3 has whole scales of all that it draws, and any of its type.
  gtk=GDK_DPI_SCALE=1.5
  [ "$scale" = 1.5 ] || gtk=GDK_SCALE=2
  shoot "mousepad-$percent" 'Mousepad$' $gtk mousepad --disable-server TEXTS/lines.txt
  shoot "gtk-dialog-$percent" '^Sign in$' $gtk /usr/bin/python3 "$here/dialog_gtk.py" TEXTS/secrets.json
  shoot "qt-dialog-$percent" '^Sign in$' QT_SCALE_FACTOR=$scale /usr/bin/python3 "$here/dialog_qt.py" TEXTS/secrets.json
  browser "chromium-$percent" --force-device-scale-factor=$scale
done
exit 0
