# shellcheck shell=bash disable=SC2034
# Debian 12 packages, read by tests/run.sh and samples/demo.sh: what the build needs, what tests and the demo start.
BUILD_PACKAGES="
  build-essential cmake ninja-build ccache pkg-config catch2
  freerdp2-dev libwinpr2-dev libvncserver-dev
  libavcodec-dev libavformat-dev libavutil-dev libswscale-dev
  libopencv-core-dev libopencv-imgproc-dev libtesseract-dev libleptonica-dev tesseract-ocr tesseract-ocr-eng
  libsoci-dev libpq-dev libboost-dev libboost-date-time-dev libsqlite3-dev libssl-dev libsodium-dev libgfshare-dev libp11-kit-dev libzstd-dev zlib1g-dev libseccomp-dev
  libyaml-cpp-dev nlohmann-json3-dev libspdlog-dev libfmt-dev libre2-dev libcli11-dev
  libcurl4-openssl-dev libldap-dev libcairo2-dev libpango1.0-dev libx11-dev libxkbcommon-dev
  wamerican wbritish wngerman wfrench wspanish"
DEMO_PACKAGES="
  freerdp2-x11 freerdp2-shadow-x11 winpr-utils
  tzdata xvfb x11-xkb-utils xkb-data tigervnc-standalone-server tigervnc-viewer tigervnc-tools x11vnc
  xterm openbox xdotool xclip x11-utils x11-xserver-utils x11-apps
  imagemagick ffmpeg tesseract-ocr tesseract-ocr-eng tesseract-ocr-deu fonts-dejavu-core fonts-inter fonts-liberation
  openssl python3 bc procps
  fonts-hack fonts-inconsolata fonts-jetbrains-mono fonts-terminus-otb fonts-crosextra-carlito"
# The directory of the tests, run from the tests' own folders, on ports of their own; their PKCS#11 token, their clock, and what a VNC server asks about passwords.
DIRECTORY_PACKAGES="slapd ldap-utils softhsm2 faketime libpam-wrapper"
# What builds the portal and shows it to its tests. gateway/portal/build.sh gets a newer Node where Debian's is too old.
PORTAL_PACKAGES="chromium $(command -v npm >/dev/null || echo nodejs npm)"
# What only tests/run.sh --nightly starts: the bench session and the corpus of real programs.
NIGHTLY_PACKAGES="
  postgresql-15 prometheus iproute2 xrdp gnome-remote-desktop mutter pipewire wireplumber foot remmina remmina-plugin-rdp gvncviewer dbus python3-pyte mousepad rxvt-unicode xfonts-base python3-gi gir1.2-gtk-3.0 python3-pyqt5 vim less wrk rsyslog rsyslog-openssl curl
  cups-daemon cups-client pcscd vsmartcard-vpcd"

# install_packages PACKAGE...: installs those that are not, and nothing else; needs root or sudo only when some are.
install_packages() {
  local missing=() package
  for package in "$@"; do
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || missing+=("$package")
  done
  [ ${#missing[@]} -eq 0 ] && return 0
  echo "== installing ${#missing[@]} packages: ${missing[*]}"
  local privilege=()
  if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || { echo "not root and no sudo: cannot install ${missing[*]}" >&2; return 1; }
    privilege=(sudo)
  fi
  local apt=("${privilege[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q -y --no-install-recommends)
  local policy=/usr/sbin/policy-rc.d
  (
    # Tests start servers of their own: those that packages bring along (slapd, xrdp, PostgreSQL) are not to be started.
    if [ ! -e $policy ]; then
      trap '"${privilege[@]}" rm -f $policy' EXIT
      printf '#!/bin/sh\nexit 101\n' | "${privilege[@]}" install -m 755 /dev/stdin $policy
    fi
    "${apt[@]}" install "${missing[@]}" && exit
    echo "== refreshing the package lists and trying again"
    "${apt[@]}" update && "${apt[@]}" install "${missing[@]}"
  )
}
