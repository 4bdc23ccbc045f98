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

# Ctrl-C reaches builds and unit tests by themselves: they are in our process group. Each ends what it started.
log=$(mktemp) sessions_log=$(mktemp) sessions=
end() {
  if [ -n "$sessions" ]; then
    kill -TERM -- -"$sessions" 2>/dev/null || true
    while kill -0 -- -"$sessions" 2>/dev/null; do sleep 0.1; done
  fi
  rm -f "$log" "$sessions_log"
}
trap end EXIT
trap 'echo; echo "== interrupted"; exit 130' INT
trap 'exit 143' TERM

. "$repository/.ci/packages.sh"
# shellcheck disable=SC2086 # lists of words
install_packages $BUILD_PACKAGES $DEMO_PACKAGES $DIRECTORY_PACKAGES $PORTAL_PACKAGES ${nightly:+$NIGHTLY_PACKAGES}

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
count() {  # count LOG STATUS
  local counts broken total
  counts=$(sed -nE 's/^[0-9]+% tests passed, ([0-9]+) tests failed out of ([0-9]+)$/\1 \2/p' "$1")
  [ -n "$counts" ] || { echo "ctest gave no result" >&2; exit 1; }
  read -r broken total <<<"$counts"
  [ "$2" -ne 0 ] && [ "$broken" -eq 0 ] && broken=1
  failed=$((failed + broken))
  passed=$((passed + total - broken))
}
run_tests() { ctest --output-on-failure --no-tests=error --test-dir "$@"; }  # run_tests DIRECTORY [CTEST ARGUMENT...]
start_sessions() {  # start_sessions [CTEST ARGUMENT...]: as a process group of its own, to be ended whole
  set -m
  run_tests build "$@" >"$sessions_log" 2>&1 </dev/null &
  sessions=$!
  set +m
}

export OMP_THREAD_LIMIT=1  # Tesseract's threads cost six times what they gain; must be set before exec
export ASAN_OPTIONS=detect_leaks=1 LSAN_OPTIONS="suppressions=$repository/tests/lsan.supp:print_suppressions=0"
export UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1
released="all but the unit tests"
[ -z "$nightly" ] || released="all tests"
step "building"
if [ -n "$nightly" ]; then
  build release
  step "building each source by itself: does it include what it uses?"
  build separate
else
  build release system_tests
fi
if [ -z "$nightly" ]; then
  # Sessions wait more than they compute, so four at a time run while the rest is built.
  step "$released, as released: begun, and shown below"
  start_sessions -j4 -LE '^unit$' -E '_NOT_BUILT'
fi
step "building the unit tests with AddressSanitizer and UBSan"
build asan unit_tests
step "unit tests under the sanitizers"
status=0
run_tests build-asan -j3 -L '^unit$' | tee "$log" || status=$?
count "$log" $status
if [ -n "$nightly" ]; then start_sessions -j2 -C nightly; fi
step "$released, as released"
tail -n +1 -f --pid=$sessions "$sessions_log"
status=0
wait $sessions || status=$?
sessions=
count "$sessions_log" $status
step "done"
echo "$((100 * passed / (passed + failed)))% tests passed, $failed tests failed out of $((passed + failed))"
[ $failed -eq 0 ]
