#!/bin/bash
# Installs what is missing, builds, and passes all tests. A second run is incremental.
#   tests/run.sh             everything that gates a change
#   tests/run.sh --nightly   also what takes longer (ctest configuration "nightly")
set -euo pipefail
repository=$(dirname "$(dirname "$(readlink -f "$0")")")

nightly=
for argument in "$@"; do
  case $argument in
    --nightly) nightly=yes ;;
    *) echo "usage: tests/run.sh [--nightly]" >&2; exit 2 ;;
  esac
done

# Ctrl-C reaches builds and tests by themselves: they are in our process group, and end what they started.
log=$(mktemp)
trap 'rm -f "$log"' EXIT
trap 'echo; echo "== interrupted"; exit 130' INT
trap 'exit 143' TERM

. "$repository/.ci/packages.sh"
# shellcheck disable=SC2086 # lists of words
install_packages $BUILD_PACKAGES $DEMO_PACKAGES ${nightly:+$NIGHTLY_PACKAGES}

cd "$repository"
step() { printf '== %s (%d:%02d)\n' "$1" $((SECONDS / 60)) $((SECONDS % 60)); }
build() {  # build PRESET [TARGET...]
  local preset=$1
  shift
  cmake --preset "$preset" >"$log" 2>&1 || { cat "$log"; exit 1; }
  cmake --build --preset "$preset" ${1:+--target "$@"}
}
# Adds to $passed and $failed from ctest's "N% tests passed, F tests failed out of T".
passed=0
failed=0
run_tests() {  # run_tests DIRECTORY [CTEST ARGUMENT...]
  local directory=$1 status=0 counts
  shift
  ctest --test-dir "$directory" --output-on-failure --no-tests=error "$@" | tee "$log" || status=$?
  counts=$(sed -nE 's/^[0-9]+% tests passed, ([0-9]+) tests failed out of ([0-9]+)$/\1 \2/p' "$log")
  [ -n "$counts" ] || { echo "ctest gave no result" >&2; exit 1; }
  read -r broken total <<<"$counts"
  [ $status -ne 0 ] && [ "$broken" -eq 0 ] && broken=1
  failed=$((failed + broken))
  passed=$((passed + total - broken))
}

export OMP_THREAD_LIMIT=1  # Tesseract's threads cost six times what they gain; must be set before exec
export ASAN_OPTIONS=detect_leaks=1 LSAN_OPTIONS="suppressions=$repository/tests/lsan.supp:print_suppressions=0"
export UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1
step "building"
build asan unit_tests
if [ -n "$nightly" ]; then build release; else build release system_tests; fi
step "unit tests under AddressSanitizer and UBSan"
run_tests build-asan -j2 -L '^unit$'
# Sessions wait more than they compute: four at a time.
if [ -n "$nightly" ]; then
  step "all tests as they are released"
  run_tests build -j4 -C nightly
else
  step "sessions and everything else as it is released"
  run_tests build -j4 -LE '^unit$' -E '_NOT_BUILT$'
fi
step "done"
echo "$((100 * passed / (passed + failed)))% tests passed, $failed tests failed out of $((passed + failed))"
[ $failed -eq 0 ]
