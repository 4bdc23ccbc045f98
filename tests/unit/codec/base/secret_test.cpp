#include "codec/base/secret.h"

#include <catch2/catch.hpp>
#include <utility>

using namespace frostgate;

TEST_CASE("a secret moves without a copy and is empty afterwards") {
  Secret a = Secret::from_text("hunter2");
  const auto* data = a.bytes().data();
  Secret b = std::move(a);
  CHECK(b.bytes().data() == data);
  CHECK(b.text() == "hunter2");
  CHECK(a.empty());
  b.wipe();
  CHECK(b.empty());
}

TEST_CASE("a cloned secret is independent of the first") {
  Secret a = Secret::from_text("abc");
  Secret b = a.clone();
  a.wipe();
  CHECK(b.text() == "abc");
}
