#!/bin/bash
# bundle_by_hand.sh BUNDLE [AUTHORITY.pem]: what the bundle's README.txt tells a stranger to type, typed as it stands there: in a clean directory, in a plain sh, where
# nothing is found but openssl, sha256sum and ffprobe. Fails when one of the commands does, or says that something is not as it was signed.
set -euo pipefail
bundle=$(readlink -f "$1")
work=$(mktemp -d "${TMPDIR:-/tmp}/frostgate-by-hand.XXXXXX")
trap 'rm -rf "$work"' EXIT
mkdir "$work/tools"
for tool in openssl sha256sum ffprobe; do ln -s "$(command -v $tool)" "$work/tools/"; done
cp -r "$bundle" "$work/bundle"
[ -z "${2:-}" ] || cp "$2" "$work/AUTHORITY.pem"
sed -n 's/^    \([^ ]\)/\1/p' "$bundle/README.txt" >"$work/indented"
fingerprint=$(head -n 1 "$work/indented")
[[ $fingerprint =~ ^([0-9A-F]{2}:){31}[0-9A-F]{2}$ ]] || { echo "README.txt does not begin with the fingerprint"; exit 1; }
mapfile -t lines < <(tail -n +2 "$work/indented")
count=0
for line in "${lines[@]}"; do
  if [[ $line == 'openssl ts'* ]]; then  # for who has a time-stamp and its authority's certificate
    [ -e "$bundle/manifest.json.tsr" ] && [ -e "$work/AUTHORITY.pem" ] || continue
    line=${line/AUTHORITY.pem/..\/AUTHORITY.pem}
  fi
  echo "\$ $line"
  (cd "$work/bundle" && env -i "PATH=$work/tools" /bin/sh -ec "$line") 2>&1 | tee "$work/said" || { echo "that failed"; exit 1; }
  case $line in
    *-fingerprint*) grep -q "=$fingerprint$" "$work/said" || { echo "that is another fingerprint than $fingerprint"; exit 1; } ;;
    *'is signed'*) grep -qx 'SHA256SUMS is signed: yes' "$work/said" ;;
  esac
  count=$((count + 1))
done
[ $count -ge 5 ] || { echo "README.txt has only $count commands"; exit 1; }
