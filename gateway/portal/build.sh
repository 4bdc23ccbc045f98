#!/bin/bash
# Builds dist/ from a clean install of what package-lock.json names. Node 22.12 or newer and npm 10 or newer are taken when they are
# there; else they come from npm itself, into toolchain/ (two steps: Debian 12's npm leaves out binaries of what it installs beside them).
#   build.sh           what `frostgate serve` hands out
#   build.sh --check   first the types, then the component tests
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")"
command -v npm >/dev/null || { echo "the portal needs npm (Debian: apt-get install nodejs npm)" >&2; exit 1; }
recent() { node -e 'const [a, b] = process.versions.node.split("."); process.exit(+a > 22 || (+a === 22 && +b >= 12) ? 0 : 1)' 2>/dev/null && [ "$(npm --version | cut -d. -f1)" -ge 10 ]; }
if ! recent; then
  [ -x toolchain/node_modules/.bin/node ] || npm install --no-audit --no-fund --prefix toolchain node@22 npm@11 >toolchain.log 2>&1 || { cat toolchain.log >&2; exit 1; }
  export PATH=$PWD/toolchain/node_modules/.bin:$PATH
  recent || { echo "Node $(node --version) and npm $(npm --version) are too old for the portal" >&2; exit 1; }
fi
# Installed again only when the lock has changed.
if ! cmp -s package-lock.json node_modules/.installed; then
  npm ci --no-audit --no-fund
  cp package-lock.json node_modules/.installed
fi
if [ "${1:-}" = --check ]; then
  npm run --silent check
  npm run --silent test
fi
npm run --silent build
node budget.mjs
