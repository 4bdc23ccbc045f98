#include <catch2/catch.hpp>

#include <filesystem>
#include <span>

#include "codec/picture_file.h"
#include "storage/crypto/hash.h"
#include "storage/crypto/hex.h"
#include "tests/unit/gateway/policy/policy_texts.h"

using namespace frostgate;
using namespace frostgate::policy;
using namespace frostgate::test;
using Catch::Matchers::Contains;

TEST_CASE("regions belong to their rule") {
  const Policy policy = policy_of(R"(rules:
  - name: bank
    users: "*"
    targets: "*"
    allow: true
    regions:
      - {name: clock, x: 10, y: 20, width: 300, height: 40}
      - {name: left half, unit: percent, width: 50, height: 100}
)");
  const auto regions = policy.regions_of("bank");
  REQUIRE(regions.size() == 2);
  CHECK(regions[0].name == "clock");
  CHECK(regions[0].x == 10);
  CHECK(regions[0].y == 20);
  CHECK(regions[0].width == 300);
  CHECK(regions[0].height == 40);
  CHECK(regions[0].unit == redaction::RegionUnit::pixels);
  CHECK(regions[0].redact);
  CHECK(regions[1].width == 50);
  CHECK(regions[1].unit == redaction::RegionUnit::percent);
  CHECK(policy.regions_of("other").empty());
}

TEST_CASE("regions are found by a title or a label, and say what becomes of unreadable text") {
  const Policy policy = policy_of(R"(rules:
  - name: bank
    users: "*"
    targets: "*"
    allow: true
    regions:
      - {name: vault, window: KeePass, everything_but: true}
      - {name: pin, label: "PIN:", x: -20, y: 4, width: 300, height: 40}
      - {name: wall, width: 100, height: 100, unit: percent, cover: false, unreadable: show, motion: cover}
)");
  const auto regions = policy.regions_of("bank");
  REQUIRE(regions.size() == 3);
  CHECK(regions[0].kind == redaction::RegionKind::window);
  CHECK(regions[0].text == "KeePass");
  CHECK(regions[0].everything_but);
  CHECK(regions[1].kind == redaction::RegionKind::label);
  CHECK(regions[1].x == -20);
  CHECK_FALSE(regions[2].redact);
  CHECK(regions[2].unreadable == redaction::Unreadable::show);
  CHECK(regions[2].moving == redaction::Moving::cover);
  CHECK(regions[1].moving == redaction::Moving::sample);
}

TEST_CASE("a region found by a picture has its pixels, which are the policy's and no other") {
  const storage::TemporaryDirectory folder;
  Frame icon({12, 10});
  for (int x = 0; x < 12; ++x) icon.row(x % 10)[x * 4 + 1] = 200;
  const auto write_picture = [&](const Frame& frame) {
    const auto png = codec::encode_png(frame.view()).value();
    return write_file(folder.path() / "icon.png", std::string(reinterpret_cast<const char*>(png.data()), png.size()));
  };
  const auto file = write_picture(icon);
  const auto png = codec::encode_png(icon.view()).value();
  const std::string digest = storage::to_hex(storage::Sha256::of(std::span<const std::byte>(png)));
  const auto text = [&](const std::string& sha256, const std::string& more = "") {
    return "rules:\n" + rule("a", "users: \"*\", targets: \"*\", regions: [{name: bank, picture: " + file.string() + ", sha256: " + sha256 + more + "}]");
  };
  const Policy policy = policy_of(text(digest));
  const auto regions = policy.regions_of("a");
  REQUIRE(regions.size() == 1);
  CHECK(regions[0].kind == redaction::RegionKind::picture);
  CHECK(regions[0].width == 0);
  REQUIRE(regions[0].picture);
  CHECK(same_pixels(regions[0].picture->view(), icon.view(), {0, 0, 12, 10}));
  CHECK(policy_of(text(digest, ", x: -5, y: 2, width: 300, height: 20")).regions_of("a")[0].x == -5);

  CHECK_THAT(error_of(text(std::string(64, '0'))), Contains(":2: \"picture\" is refused") && Contains("digest " + digest));
  CHECK_THAT(error_of(text("abc")), Contains("expected what sha256sum says"));
  CHECK_THAT(error_of(text(digest, ", window: KeePass")), Contains("stands beside"));
  CHECK_THAT(error_of(text(digest, ", height: 9")), Contains("unknown key \"height\""));
  CHECK_THAT(error_of("rules:\n" + rule("a", "users: a, targets: b, regions: [{name: r, picture: icon.png, sha256: " + digest + "}]")), Contains("absolute path"));
  const std::string kept = text(digest);
  write_picture(Frame({12, 10}));
  CHECK_THAT(error_of(kept), Contains("which is not the policy's"));
  std::filesystem::remove(file);
  CHECK_THAT(error_of(kept), Contains("cannot be read"));
  // The policy of a session of then can still be read; its region has no picture, and the redactor refuses that.
  const auto then = Policy::parse(kept, "kept");
  REQUIRE(then);
  CHECK(then.value().regions_of("a")[0].kind == redaction::RegionKind::picture);
  CHECK_FALSE(then.value().regions_of("a")[0].picture);
}

TEST_CASE("a region that makes no sense is refused") {
  const auto region = [](const std::string& text) {
    return "rules:\n" + rule("a", "users: \"*\", targets: \"*\", regions: [" + text + "]");
  };
  CHECK_THAT(error_of(region("{name: r}")), Contains("\"width\""));
  CHECK_THAT(error_of(region("{x: 1, width: 1, height: 1}")), Contains("\"name\" is missing"));
  CHECK_THAT(error_of(region("{name: r, x: -1, width: 1, height: 1}")), Contains("\"x\" is \"-1\""));
  CHECK_THAT(error_of(region("{name: r, width: 0, height: 1}")), Contains("\"width\" is \"0\""));
  CHECK_THAT(error_of(region("{name: r, unit: percent, width: 101, height: 1}")), Contains("from 1 to 100"));
  CHECK_THAT(error_of(region("{name: r, unit: cm, width: 1, height: 1}")), Contains("\"unit\" is \"cm\""));
  CHECK_THAT(error_of(region("{name: r, width: 99999, height: 1}")), Contains("\"width\" is \"99999\""));
  CHECK_THAT(error_of(region("left")), Contains("expected"));
  CHECK_THAT(error_of(region("{name: r, window: a, label: b, width: 1, height: 1}")), Contains("\"label\" stands beside \"window\""));
  CHECK_THAT(error_of(region("{name: r, window: ab}")), Contains("3 letters or more"));
  CHECK_THAT(error_of(region("{name: r, window: KeePass, x: 3}")), Contains("unknown key \"x\""));
  CHECK_THAT(error_of(region("{name: r, label: user}")), Contains("\"width\""));
  CHECK_THAT(error_of(region("{name: r, width: 1, height: 1, unreadable: show}")), Contains("cover: false"));
}
