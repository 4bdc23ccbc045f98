#include "gateway/serve/visible_text.h"

#include <catch2/catch.hpp>
#include <string>

using namespace frostgate;
using namespace frostgate::serve;

namespace {

Result<std::vector<catalog::VisibleLine>> read(const std::string& text) { return read_visible_text(std::as_bytes(std::span(text))); }

}  // namespace

TEST_CASE("the text of a film comes from a worker as a list of lines with time and place") {
  const auto lines = read(R"([[1000,2000,3,4,50,6,"uptime"],[0,0,0,0,0,0,""]])");
  REQUIRE(lines);
  REQUIRE(lines.value().size() == 2);
  CHECK(lines.value()[0].from == SessionTime(1000));
  CHECK(lines.value()[0].to == SessionTime(2000));
  CHECK(lines.value()[0].box == Rect{3, 4, 50, 6});
  CHECK(lines.value()[0].text == "uptime");
  CHECK(read("[]").value().empty());
}

TEST_CASE("what is no list of lines is refused, however it is wrong") {
  for (const std::string bad :
       {"", "{}", "[1]", "[[]]", "[[0,0,0,0,0,0]]", "[[0,0,0,0,0,0,1]]", "[[0,0,0,0,0,-1,\"x\"]]", "[[2,1,0,0,0,0,\"x\"]]", "[[0,0,0,0,0,0,\"x\",0]]",
        "[[0.5,1,0,0,0,0,\"x\"]]", "[[0,1e99,0,0,0,0,\"x\"]]", "[[0,18446744073709551615,0,0,0,0,\"x\"]]", "[[0,0,9999999999,0,0,0,\"x\"]]",
        "[[0,0,0,0,0,0,\"\xff\"]]", "[[0,0,0,0,0,0,[[\"x\"]]]]"}) {
    INFO(bad);
    CHECK_FALSE(read(bad));
  }
  CHECK_FALSE(read("[[0,0,0,0,0,0,\"" + std::string(20000, 'x') + "\"]]"));
  CHECK_FALSE(read(std::string(100000, '[')));
}
