#!/bin/bash
# The leak check finds a secret in a film that shows it, and none where it is covered; and the search of what is stored finds one however it is written.
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

secret=$(python3 -c 'import secrets; print(secrets.token_urlsafe(18).replace("-", "x").replace("_", "y"))')
token=ghp_$(python3 -c 'import secrets; print(secrets.token_hex(18))')
cat >secrets.json <<END
[{"name": "the password", "value": "$secret", "public_prefix": 0},
 {"name": "the fragment", "value": "Kq7vRx2Wm9TcHn4e", "public_prefix": 0},
 {"name": "the token", "value": "$token", "public_prefix": 4}]
END

picture() {  # picture FILE BACKGROUND TEXT COLOUR [COMMAND OF CONVERT...]
  convert -size 800x200 "xc:$2" -font DejaVu-Sans-Mono -pointsize 14 -fill "$4" -annotate +10+30 'admin@db1:~$ ls -l shop' \
    -annotate +10+50 'deploy.conf  deploy_key.pem  service.log' -annotate +10+70 "$3" "${@:5}" "$1"
}
film() {  # film FILE PICTURE...: a second of each
  local list=
  for one in "${@:2}"; do list+="file '$work/$one'"$'\n'"duration 1"$'\n'; done
  printf '%sfile '%s'\n' "$list" "$work/${*: -1}" >list
  ffmpeg -v error -y -f concat -safe 0 -i list -vsync vfr -c:v libx264 -preset veryfast -crf 24 -pix_fmt yuv420p "$1"
}
expect() {  # expect CODE FILM NAME-OF-FOUND
  local code=0 out
  out=$(python3 "$here/leak_check.py" "$2" secrets.json) || code=$?
  echo "$out"
  [ $code = "$1" ] || { echo "FAILED: $2 gave exit code $code instead of $1"; exit 1; }
  [ -z "${3:-}" ] || grep -q "LEAK: $3" <<<"$out" || { echo "FAILED: $2 did not name $3"; exit 1; }
}

picture calm.png white 'nothing to see' black
picture shown.png white "password=$secret" black
picture dark.png '#101010' "GITHUB_TOKEN=$token" '#dddddd'
picture covered.png white "password=$secret" black -fill '#c0c8d0' -draw 'rectangle 84,54 800,76'
picture prefix.png '#101010' 'GITHUB_TOKEN=ghp_' '#dddddd'
# Exactly one run of its letters is found, on light and on dark ground.
picture fragment.png white "password=Kq7vRx" black
picture dim.png '#101010' "password=    vRx2Wm" '#cccccc'
film shown.mp4 calm.png shown.png calm.png
film dark.mp4 calm.png dark.png
film fragment.mp4 calm.png fragment.png
film dim.mp4 calm.png dim.png
film covered.mp4 calm.png covered.png prefix.png
expect 1 shown.mp4 'the password'
expect 1 dark.mp4 'the token'
expect 1 fragment.mp4 'the fragment'
expect 1 dim.mp4 'the fragment'
expect 0 covered.mp4
echo 'no film' >garbage.mp4
expect 2 garbage.mp4
convert -size 800x200 xc:white blank.png
film blank.mp4 blank.png
expect 2 blank.mp4

stored() {  # stored CODE PLACE
  local code=0 out
  out=$(python3 "$here/stored_search.py" secrets.json "$2" 2>&1) || code=$?
  [ $code = "$1" ] || { echo "FAILED: the search of $2 gave exit code $code instead of $1: $out"; exit 1; }
}
mkdir none
stored 2 none
stored 2 missing
printf 'GITHUB_TOKEN=%s is all that may be seen' "${token:0:8}" >none/prefix
stored 0 none
hex() { od -An -v -tx1 | tr -d ' \n'; }
for code in cat 'iconv -t UTF-16LE' 'base64 -w 0' hex 'tr a-z A-Z'; do
  for before in '' x xy; do  # base64 differs by where a secret begins
    printf '%spassword=%s;' "$before" "${secret:3:15}" | $code >stored
    stored 1 stored
  done
done
sqlite3 catalog.sqlite "CREATE TABLE lines (words TEXT); INSERT INTO lines VALUES ('$(sed 's/./& /g' <<<"${secret:3:15}")')"
stored 1 catalog.sqlite
sqlite3 catalog.sqlite "UPDATE lines SET words = 'harmless'; VACUUM"
stored 0 catalog.sqlite
