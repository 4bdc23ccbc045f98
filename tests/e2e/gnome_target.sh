#!/bin/bash
# gnome_target.sh HOME PORT USER PASSWORD COMMAND: GNOME's compositor without a screen, and gnome-remote-desktop before it, which gives each client a monitor of its own; such a session it shows
# by the graphics pipeline alone. COMMAND runs there.
export HOME=$1 XDG_RUNTIME_DIR=$1/run XDG_CONFIG_HOME=$1/config XDG_DATA_HOME=$1/data LANG=C.UTF-8 LIBGL_ALWAYS_SOFTWARE=1
mkdir -p -m 700 "$XDG_RUNTIME_DIR" "$XDG_CONFIG_HOME" "$XDG_DATA_HOME"
cd "$HOME" || exit 1
openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=gnome -keyout key.pem -out crt.pem 2>openssl.log
trap 'kill $(jobs -p) 2>/dev/null' EXIT
trap exit TERM INT HUP
export DBUS_SESSION_BUS_ADDRESS=unix:path=$XDG_RUNTIME_DIR/bus  # of its own: services that it starts have its environment
dbus-daemon --session --nofork --nopidfile "--address=$DBUS_SESSION_BUS_ADDRESS" >bus.log 2>&1 &
for _ in {1..50}; do [ ! -e "$XDG_RUNTIME_DIR/bus" ] || break; sleep 0.1; done
pipewire >pipewire.log 2>&1 &
for _ in {1..50}; do [ ! -e "$XDG_RUNTIME_DIR/pipewire-0" ] || break; sleep 0.1; done
wireplumber >wireplumber.log 2>&1 &
mutter --headless --no-x11 --wayland --wayland-display=gnome-0 >mutter.log 2>&1 &
for _ in {1..100}; do [ ! -e "$XDG_RUNTIME_DIR/gnome-0" ] || break; sleep 0.1; done
grdctl --headless rdp set-tls-cert "$HOME/crt.pem"
grdctl --headless rdp set-tls-key "$HOME/key.pem"
grdctl --headless rdp set-credentials "$3" "$4"
grdctl --headless rdp disable-view-only
grdctl --headless rdp enable
gsettings set org.gnome.desktop.remote-desktop.rdp screen-share-mode extend
WAYLAND_DISPLAY=gnome-0 bash -c "$5" >command.log 2>&1 &
/usr/libexec/gnome-remote-desktop-daemon --headless --rdp-port "$2" &
wait $!
