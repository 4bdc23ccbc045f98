#include "codec/base/result.h"

#include <catch2/catch.hpp>
#include <memory>

using namespace frostgate;

namespace {
Result<std::unique_ptr<int>> make(bool good) {
  if (!good) return Error{ErrorKind::denied, "no"};
  return std::make_unique<int>(7);
}
Result<void> check(bool good) {
  if (!good) return Error{ErrorKind::invalid, "bad"};
  return {};
}
Result<int> both(bool first, bool second) {
  TRY(check(first));
  const std::unique_ptr<int> value = TRY(make(second));
  return *value + 1;
}
}  // namespace

TEST_CASE("TRY hands on the value, or returns the first error") {
  CHECK(both(true, true).value() == 8);
  CHECK(both(false, true).error().kind == ErrorKind::invalid);
  CHECK(both(true, false).error().kind == ErrorKind::denied);
}

TEST_CASE("an error within a context names it first") {
  CHECK(Error{ErrorKind::io, "disk on fire"}.within("journal").message == "journal: disk on fire");
}
