# shellcheck shell=bash
# Real targets, real clients and a real gateway, for samples/demo.sh and the end-to-end tests.
#
# The caller sets -euo pipefail and calls `begin NAME`. From then on everything lives in the directory $work, listens on
# 127.0.0.1 only, and is ended by its process id when the caller ends, however it ends. Functions that start something
# keep their results in variables of this shell (never call them in a subshell).

lib=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
# shellcheck disable=SC2034 # for the callers
repository=$(dirname "$(dirname "$lib")")
frostgate=${FROSTGATE:-$repository/build/bin/frostgate}
screen=${SCREEN:-1024x768}
export LC_ALL=C.UTF-8

exec 4>&2  # so that fail() speaks up also where a condition's output is thrown away
fail() {
  echo "FAILED: $*" >&4
  exit 1
}

# --- work directory and processes ---------------------------------------------------------------------------------

begin() {  # begin NAME
  work=$(mktemp -d "${TMPDIR:-/tmp}/frostgate-$1.XXXXXX")
  chmod 700 "$work"
  mkdir "$work/log" "$work/pid"
  started=()  # process ids, in the order of their start
  set -E  # also in functions
  trap 'echo "FAILED: \"$BASH_COMMAND\" (exit code $?; ${BASH_SOURCE[0]##*/}, line $LINENO)" >&4' ERR
  trap end EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM HUP
}

# Ends what was started, last first, and removes $work. With KEEP=1, or after a failure, the logs stay.
end() {
  local status=$? index
  trap '' INT TERM HUP
  trap - ERR
  set +e
  [ -z "${sleeper:-}" ] || kill "$sleeper" 2>/dev/null
  if [ $status -ne 0 ] && [ $status -ne 130 ] && [ $status -ne 143 ]; then picture_screens; fi
  for ((index = ${#started[@]} - 1; index >= 0; index--)); do
    stop "${started[index]}"
    # xfreerdp never removes its own.
    rm -f "/dev/shm/com.freerdp.xfreerdp.tsmf_$(printf %016X "${started[index]}")"
  done
  if [ $status -ne 0 ] && [ $status -ne 130 ] && [ $status -ne 143 ] || [ "${KEEP:-0}" = 1 ]; then
    echo "logs are kept in $work/log" >&2
  else
    rm -rf "$work"
  fi
  exit $status
}

# What each screen shows, and its windows, beside the logs: why something never came is seen there or nowhere.
picture_screens() {
  local file name
  for file in "$work"/*.display; do
    [ -s "$file" ] || continue
    name=$work/log/$(basename "$file" .display)
    DISPLAY=:$(cat "$file") timeout 5 import -silent -window root "$name.png" 2>/dev/null
    DISPLAY=:$(cat "$file") timeout 5 xwininfo -root -tree >"$name.windows" 2>/dev/null
  done
}

start() {  # start NAME COMMAND...: output goes to $work/log/NAME; the process id to $pid and $work/pid/NAME
  local name=$1
  shift
  "$@" >"$work/log/$name" 2>&1 </dev/null 4>&- &
  pid=$!
  started+=("$pid")
  echo "$pid" >"$work/pid/$name"
}

# Whether the process is alive and still our child, not a stranger with a reused id.
running() {  # running PID
  local parent
  parent=$(sed -n 's/^PPid:\t//p' "/proc/$1/status" 2>/dev/null) || return 1
  [ "$parent" = $$ ] && ! grep -q '^State:.Z' "/proc/$1/status" 2>/dev/null
}

stop() {  # stop PID [SECONDS]: asks, waits (5 s), insists
  local tries=$((${2:-5} * 20))
  running "$1" || return 0
  kill -TERM "$1" 2>/dev/null || true
  while running "$1" && ((tries-- > 0)); do sleep 0.05; done
  if running "$1"; then kill -KILL "$1" 2>/dev/null || true; fi
  wait "$1" 2>/dev/null || true
  return 0
}

stop_named() { stop "$(cat "$work/pid/$1")"; }  # stop_named NAME

# As grep -q, which stops at what it has found: under pipefail it would cut off, and so fail, whoever still writes to it.
has() { grep "$@" >/dev/null; }

# A test that hangs ends here; a slow machine's must not. SECONDS are for what may take longer, or was promised sooner.
wait_until() {  # wait_until [SECONDS] WHAT COMMAND...
  local end=$((SECONDS + 120)) what
  if [[ $1 =~ ^[0-9]+$ ]]; then
    end=$((SECONDS + $1))
    shift
  fi
  what=$1
  shift
  until "$@" >/dev/null 2>&1; do
    ((SECONDS < end)) || fail "waited in vain for: $what"
    sleep 0.1
  done
}

pause() {  # pause SECONDS: a signal ends it at once (bash 5.2 crashes when a trap leaves a `read -t`)
  sleep "$1" &
  sleeper=$!
  wait "$sleeper" || true
}

# Below the ports that the kernel gives to connections, or a test beside this one gets it before its server listens.
free_port() {  # free_port VARIABLE
  local candidate
  while candidate=$((20000 + SRANDOM % 12000)) && ! bindable "$candidate"; do :; done
  printf -v "$1" '%s' "$candidate"
}
bindable() { python3 -c 'import socket, sys; socket.socket().bind(("127.0.0.1", int(sys.argv[1])))' "$1" 2>/dev/null; }

# A listener on 127.0.0.1, seen without connecting to it: a target takes a connection for a client.
listening() {  # listening PORT
  grep -qiE "^ *[0-9]+: [0-9A-F]{8}:$(printf %04X "$1") [0-9A-F:]+ 0A " /proc/net/tcp
}

# --- screens ------------------------------------------------------------------------------------------------------

# The server chooses a free display number and tells it. -noreset, or it resets when its last client leaves.
start_screen() {  # start_screen NAME [WIDTHxHEIGHT]: $display
  start "$1-x" Xvfb -displayfd 3 -noreset -nolisten tcp -screen 0 "${2:-$screen}x24" 3>"$work/$1.display"
  wait_until "the X server of $1" grep -q . "$work/$1.display"
  display=:$(cat "$work/$1.display")
}

window_manager() {  # window_manager NAME DISPLAY
  mkdir -p "$work/$1.wm"
  DISPLAY=$2 HOME="$work/$1.wm" XDG_CONFIG_HOME="$work/$1.wm" start "$1-wm" openbox --sm-disable --config-file "$lib/openbox.xml"
  wait_until "the window manager of $1" managed "$2"
}
# openbox says that it manages before it is ready: a window that comes in between is never shown. The list of windows is what it writes last.
managed() { xprop -display "$1" -root _NET_CLIENT_LIST | has WINDOW; }

screenshot() { DISPLAY=$1 import -silent -window root "$2"; }  # screenshot DISPLAY FILE.png

# --- targets ------------------------------------------------------------------------------------------------------

# A desktop with one terminal whose shell starts in HOME with nothing of our environment; it reads HOME/.session first.
desktop() {  # desktop NAME HOME DISPLAY HOSTNAME
  mkdir -p "$2"
  cat >"$2/.shellrc" <<END
PS1='admin@$4:\w\$ '
HISTFILE=/dev/null
cd
if [ -e ~/.session ]; then . ~/.session; fi
END
  DISPLAY=$3 xsetroot -solid '#3b5570'
  window_manager "$1" "$3"
  DISPLAY=$3 start "$1-xterm" xterm -fa 'DejaVu Sans Mono' -fs 10 -bg '#fafafa' -fg '#202020' -geometry 116x42+20+14 \
    +sb -T "admin@$4" -e env -i HOME="$2" USER=admin TERM=xterm LANG=C.UTF-8 PATH="$2/bin:/usr/bin:/bin" \
    bash --noprofile --rcfile "$2/.shellrc" -i
  wait_until "the terminal of $1" xdotool_on "$3" search --onlyvisible --class xterm
  xdotool_on "$3" search --onlyvisible --class xterm windowfocus --sync mousemove 980 720
}

xdotool_on() {  # xdotool_on DISPLAY ARGUMENT...
  local on=$1
  shift
  DISPLAY=$on xdotool "$@"
}

start_vnc_target() {  # start_vnc_target NAME HOME PASSWORD [HOSTNAME [ARGUMENT...]]: $port, $display
  free_port port
  printf %s "$3" | tigervncpasswd -f >"$work/$1.vncpasswd"
  chmod 600 "$work/$1.vncpasswd"
  start "$1-x" Xtigervnc -displayfd 3 -geometry "$screen" -depth 24 -rfbport "$port" -localhost -nolisten tcp \
    -SecurityTypes VncAuth -PasswordFile "$work/$1.vncpasswd" -desktop "$1" -AlwaysShared "${@:5}" 3>"$work/$1.display"
  wait_until "the X server of $1" grep -q . "$work/$1.display"
  display=:$(cat "$work/$1.display")
  wait_until "the VNC port of $1" listening "$port"
  desktop "$1" "$2" "$display" "${4:-$1}"
}

start_rdp_target() {  # start_rdp_target NAME HOME USER PASSWORD [HOSTNAME]: $port, $display
  start_screen "$1"
  desktop "$1" "$2" "$display" "${5:-$1}"
  free_port port
  (umask 077; winpr-hash -u "$3" -p "$4" -f sam >"$work/$1.sam"; mkdir -p "$work/$1.shadow")
  DISPLAY=$display HOME="$work/$1.shadow" start "$1-shadow" freerdp-shadow-cli "/port:$port" /bind-address:127.0.0.1 \
    "/sam-file:$work/$1.sam" /sec:nla +auth
  wait_until "the RDP port of $1" listening "$port"
}

# An xrdp that shows a VNC server's screen: the password is the VNC server's, which xrdp asks it for. No account is made or needed.
# xrdp_channels: what its channel server does there (cliprdr: a clipboard of its own, in Unicode, instead of the VNC server's; rdpdr: drives, in
# $work/NAME.chansrv/thinclient_drives; rdpsnd).
start_xrdp_target() {  # start_xrdp_target NAME HOME USER PASSWORD [HOSTNAME]: $port, $display
  local vnc_display channel
  start_vnc_target "$1" "$2" "$4" "${5:-$1}"
  vnc_display=$display
  openssl req -x509 -newkey rsa:2048 -nodes -days 1 -subj "/CN=$1" -keyout "$work/$1.key" -out "$work/$1.crt" 2>/dev/null
  local vnc_port_of_target=$port
  free_port port
  cat >"$work/$1.xrdp.ini" <<END
[Globals]
ini_version=1
fork=true
port=tcp://.:$port
security_layer=tls
certificate=$work/$1.crt
key_file=$work/$1.key
ssl_protocols=TLSv1.2, TLSv1.3
autorun=screen
max_bpp=32
allow_channels=true
[Logging]
EnableConsole=true
ConsoleLevel=INFO
EnableSyslog=false
[Channels]
[screen]
name=screen
lib=libvnc.so
username=ask
password=ask
ip=127.0.0.1
port=$vnc_port_of_target
END
  if [ -n "${xrdp_channels:-}" ]; then
    echo "chansrvport=DISPLAY(${vnc_display#:})" >>"$work/$1.xrdp.ini"
    for channel in $xrdp_channels; do sed -i "s/^\[Channels\]/&\n$channel=true/" "$work/$1.xrdp.ini"; done
    mkdir -p "$work/$1.chansrv"
    DISPLAY=$vnc_display HOME="$work/$1.chansrv" start "$1-chansrv" xrdp-chansrv
  fi
  start "$1-xrdp" env -C "$work" xrdp --nodaemon --config "$work/$1.xrdp.ini"
  wait_until "the RDP port of $1" listening "$port"
  display=$vnc_display
}

# --- clients ------------------------------------------------------------------------------------------------------
# Full screen on a display of their own that is as large as the target's: a screenshot of it is what the user sees.
gateway_host=127.0.0.1  # where the gateway listens for them
at_client=()            # what a client's command is run by: a machine of its own, as far as the network goes

# Two words as PASSWORD are a user's name and password: VNC_USERNAME and VNC_PASSWORD.
start_vnc_client() {  # start_vnc_client NAME PORT PASSWORD [SECURITY [ARGUMENT...]]: $display
  local login=() proof=("-passwd=$work/$1.vncpasswd")
  start_screen "$1"
  window_manager "$1" "$display"
  mkdir -p "$work/$1.home"
  if [[ $3 == *' '* ]]; then login=("VNC_USERNAME=${3%% *}" "VNC_PASSWORD=${3#* }") proof=(); fi
  printf %s "$3" | tigervncpasswd -f >"$work/$1.vncpasswd"
  start "$1" "${at_client[@]}" env "${login[@]}" "DISPLAY=$display" "HOME=$work/$1.home" xtigervncviewer -FullScreen -RemoteResize=0 -MenuKey= \
    -Shared -AlertOnFatalError=0 -ReconnectOnError=0 -AutoSelect=0 -NoJPEG -PreferredEncoding=ZRLE -FullColor \
    "-SecurityTypes=${4:-TLSVnc}" "${proof[@]}" "${@:5}" "$gateway_host::$2"
}

start_rdp_client() {  # start_rdp_client NAME PORT USER PASSWORD [SECURITY] [ARGUMENT...]: $display
  local name=$1 security=${5:-tls}
  start_screen "$name"
  window_manager "$name" "$display"
  mkdir -p "$work/$name.home"
  DISPLAY=$display HOME="$work/$name.home" start "$name" "${at_client[@]}" xfreerdp "/v:$gateway_host:$2" "/u:$3" "/p:$4" "/sec:$security" \
    /cert:ignore /f "/size:$screen" /bpp:32 -grab-keyboard -toggle-fullscreen "${@:6}"
}

# Its settings alone decide how it shows the session; it wants a message bus of its own.
start_remmina_client() {  # start_remmina_client NAME PORT USER PASSWORD: $display
  local home=$work/$1.home own
  start_screen "$1"
  window_manager "$1" "$display"
  mkdir -p "$home/.config/remmina"
  printf '[remmina_pref]\nfullscreen_toolbar_visibility=2\n' >"$home/.config/remmina/remmina.pref"
  cat >"$home/gateway.remmina" <<END
[remmina]
name=gateway
protocol=RDP
server=127.0.0.1:$2
username=$3
security=tls
cert_ignore=1
colordepth=32
resolution_mode=1
viewmode=4
END
  start "$1-bus" dbus-daemon --session --nofork "--address=unix:path=$work/$1.bus"
  own=(env "DBUS_SESSION_BUS_ADDRESS=unix:path=$work/$1.bus" "DISPLAY=$display" "HOME=$home" "XDG_CONFIG_HOME=$home/.config" "XDG_DATA_HOME=$home/.local"
    "XDG_RUNTIME_DIR=$home" GSETTINGS_BACKEND=memory GTK_THEME=Adwaita NO_AT_BRIDGE=1 remmina)
  timeout 30 "${own[@]}" --update-profile "$home/gateway.remmina" --set-option password <<<"$4" >"$work/log/$1-profile" 2>&1
  start "$1" "${own[@]}" -c "$home/gateway.remmina"
}

client_window() {  # client_window NAME DISPLAY: waits until the session shows
  local class
  case $1 in
    *vnc*) class=tigervnc ;;
    *remmina*) class=remmina ;;
    *) class=xfreerdp ;;
  esac
  wait_until "the window of $1" client_shows "$1" "$2" "$class"
}

client_shows() {
  running "$(cat "$work/pid/$1")" || fail "$1 ended: $(tail -n 5 "$work/log/$1")"
  xdotool_on "$2" search --onlyvisible --class "$3"
}

# Types through the client. Only keyboard events of the client's display: the text arrives by way of the session.
type_text() {  # type_text DISPLAY TEXT [MILLISECONDS BETWEEN KEYS]
  printf %s "$2" | DISPLAY=$1 xdotool type --delay "${3:-40}" --file -
}

press() { xdotool_on "$1" key "$2"; }  # press DISPLAY KEY

type_line() {  # type_line DISPLAY TEXT [MILLISECONDS]
  type_text "$@"
  press "$1" Return
}

# --- the gateway --------------------------------------------------------------------------------------------------

# Everybody may reach every target, and nobody comes back to a session (clients are ended by signals, and their films wanted at once),
# unless the caller has written $work/policy.yaml. With https=yes, or the port that it is to have, also the portal: $https_port.
start_gateway() {  # start_gateway [PROGRAM]: $rdp_port, $vnc_port, $config ($work/more.yaml is its end), $serve
  mkdir -p -m 700 "$work/data" "$work/run"  # data may be a disk of its own
  [ -e "$work/policy.yaml" ] || cat >"$work/policy.yaml" <<END
rules:
  - name: everybody-everywhere
    users: ["*"]
    targets: ["*"]
    allow: true
    session: {reconnect_grace: 0}
END
  config=$work/gateway.yaml
  local portal_listens=${https:-}
  [ "$portal_listens" != yes ] || portal_listens=0
  cat >"$config" <<END
data_dir: $work/data
run_dir: $work/run
listen:
  rdp: $gateway_host:0
  vnc: $gateway_host:0${portal_listens:+
  https: 127.0.0.1:$portal_listens}
policy: $work/policy.yaml
redaction:
  workers: 2${FROSTGATE_TEST_POSTGRESQL:+
postgresql: "$FROSTGATE_TEST_POSTGRESQL"}
END
  [ ! -e "$work/more.yaml" ] || cat "$work/more.yaml" >>"$config"
  restart_gateway "$@"
}

# Two of whom open what a film covers: $work/custodians/N.key and N.crt, named in $work/more.yaml. A journal's key is theirs alone as soon as its film is there.
make_custodians() {
  local kind number=0
  mkdir -p "$work/custodians"
  for kind in rsa:3072 'ec -pkeyopt ec_paramgen_curve:P-256' rsa:2048; do
    # shellcheck disable=SC2086 # the kind may be several words
    openssl req -x509 -newkey $kind -nodes -days 365 -subj "/CN=custodian $((++number))" -keyout "$work/custodians/$number.key" -out "$work/custodians/$number.crt" 2>/dev/null
  done
  cat >>"$work/more.yaml" <<END
custodians:
  threshold: 2
  certificates: [$work/custodians/1.crt, $work/custodians/2.crt, $work/custodians/3.crt]
recording:
  journal_grace_hours: 0
END
}

restart_gateway() {  # restart_gateway [PROGRAM]: on the configuration and data that are there
  rm -f "$work/run/ports.json"
  start serve "${1:-$frostgate}" serve --config "$config"
  serve=$pid
  wait_until "${gateway_seconds:-120}" "the gateway (see $work/log/serve)" gateway_listens
  rdp_port=$(json 'd["rdp"]' <"$work/run/ports.json")
  vnc_port=$(json 'd["vnc"]' <"$work/run/ports.json")
  # shellcheck disable=SC2034 # for the callers
  if [ -n "${https:-}" ]; then https_port=$(json 'd["https"]' <"$work/run/ports.json"); fi
}

gateway_listens() {
  running "$serve" || fail "serve ended: $(tail -n 5 "$work/log/serve")"
  test -s "$work/run/ports.json"
}

children() { pgrep -P "$serve" -f "frostgate $1" || true; }  # children relay|redact-worker
recording_of() {  # recording_of PID: by the journal that it has open; nothing when it has none
  { readlink "/proc/$1/fd/"* 2>/dev/null || true; } | sed -nE 's,.*/journal/([^/]+)/.*,\1,p' | head -n 1
}
recording_relays() {  # those whose session is being recorded
  local process
  for process in $(children relay); do
    [ -z "$(recording_of "$process")" ] || echo "$process"
  done
}

admin() { "$frostgate" "$@" --config "$config"; }  # admin COMMAND...: over serve's socket

json() { python3 -c "import json, sys; d = json.load(sys.stdin); print($1)"; }  # json EXPRESSION <FILE: of the document d

add_user() { printf %s "$2" | admin user add "$1"; }  # add_user NAME PASSWORD

add_target() {  # add_target NAME vnc|rdp PORT PASSWORD [USER]
  printf %s "$4" | admin target add "$1" --protocol "$2" --address "127.0.0.1:$3" ${5:+--user "$5"}
}

ticket() { admin ticket issue --user "$1" --target "$2" --json | json 'd["ticket"]'; }  # ticket USER TARGET

# The recordings of a target, oldest first, as "ID STATUS PROGRESS" lines.
recordings() {  # recordings TARGET
  admin recordings list --json | json '"\n".join("%s %s %.2f" % (r["id"], r["status"], r["progress"])
    for r in sorted(d, key=lambda r: r["started"]) if r["target"] == "'"$1"'")'
}

film_settled() { recordings "$1" | tail -n 1 | has -E ' (clean|degraded|failed) '; }

# Workers yield to everything else: beside a build it may be long before they come to it.
wait_for_film() {  # wait_for_film TARGET FILE.mp4: $recording
  wait_until 1200 "the film of $1" film_settled "$1"
  fetch_film "$1" "$2"
}

fetch_film() {  # fetch_film TARGET FILE.mp4: $recording
  local status
  read -r recording status _ <<<"$(recordings "$1" | tail -n 1)"
  [ "$status" = failed ] && fail "the redaction of $recording ($1) failed; see $work/log/serve"
  admin recordings fetch "$recording" --output "$2" >/dev/null
  [ -s "$2" ] || fail "no film of $1"
}

# Everything that is stored, and whatever of it can be decrypted (film, clip, small pictures, report, audit log), has no piece of a secret.
nothing_stored() {  # nothing_stored RECORDING SECRETS.json FROM TO [COMMAND]: seconds of the clip that is made, and read as a film is; "COMMAND RECORDING FROM TO" gets it approved
  local plain=$work/plain/$1
  mkdir -p "$plain"
  admin recordings show "$1" --json >"$plain/report"
  admin recordings fetch "$1" --output "$plain/film.mp4" >/dev/null
  admin recordings storyboard "$1" --output "$plain/pictures" >/dev/null
  [ -n "$(find "$plain/pictures" -name '*.jpg')" ] || fail "there are no small pictures of $1"
  ${5:+"$5" "$1" "$3" "$4"}
  admin export "$1" --from "$3" --to "$4" --output "$plain/bundle" --reason 'a test' >/dev/null
  admin audit export >"$plain/audit"
  python3 "$lib/stored_search.py" "$2" "$work/data" "$work/run" "$work/log/serve" "$plain" --but "$work"/data/self-signed.* ||
    fail "what is secret is stored"
  python3 "$lib/leak_check.py" --jobs 1 "$(find "$plain/bundle" -name '*.mp4')" "$2" || fail "the clip shows a secret"
}
