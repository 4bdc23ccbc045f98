#include "gateway/redact/assignment.h"

#include <catch2/catch.hpp>

#include <span>

#include "gateway/redact/detector_json.h"
#include "gateway/redact/region_json.h"

namespace frostgate::redact {
namespace {

ipc::Message start(const redaction::DetectorSettings& detectors) {
  ipc::Message message;
  message.body = {{"type", "start"},   {"recording", "r1"},          {"journal_key", std::string(64, 'a')}, {"growing", 0}, {"index_text", 1},
                  {"length_us", 1000}, {"known_secrets", {"hunter2"}}, {"languages", {"eng"}},              {"detectors", to_json(detectors)},
                  {"regions", nlohmann::json::array()}};
  return message;
}

TEST_CASE("a worker covers by the profile and the detectors of the session's rule") {
  redaction::DetectorSettings settings;
  settings.profile = redaction::Profile::strict;
  settings.custom = {{"badge", "B-[0-9]{6}", ""}};
  ipc::Message message = start(settings);
  const std::string_view words = "horse\nstaple\n";
  message.descriptors.push_back(ipc::to_memory_file(std::as_bytes(std::span(words))).value());
  const auto read = read_assignment(message);
  REQUIRE(read);
  const redaction::DetectorSettings& have = read.value().detectors;
  CHECK(have.profile == redaction::Profile::strict);
  REQUIRE(have.custom.size() == 1);
  REQUIRE(have.vocabulary);
  CHECK(have.vocabulary->contains("staple"));
}

TEST_CASE("a worker gets the pictures that regions are found by, or nothing") {
  auto icon = std::make_shared<Frame>(Size{3, 2});
  icon->row(1)[4] = 77;
  redaction::RegionRule window, first, second;
  window.kind = redaction::RegionKind::window;
  first.kind = second.kind = redaction::RegionKind::picture;
  first.picture = icon;
  second.picture = std::make_shared<Frame>(Size{1, 1});
  const std::vector<redaction::RegionRule> regions{first, window, second};
  const auto assigned = [&](const std::vector<redaction::RegionRule>& rules, std::size_t cut) {
    ipc::Message message = start({});
    message.body["regions"] = to_json(rules);
    std::vector<std::byte> pixels = picture_pixels(rules);
    pixels.resize(pixels.size() - cut);
    message.body["pictures"] = !pixels.empty();
    if (!pixels.empty()) message.descriptors.push_back(ipc::to_memory_file(pixels).value());
    return read_assignment(message);
  };
  const auto read = assigned(regions, 0);
  REQUIRE(read);
  const auto& have = read.value().policy.regions;
  REQUIRE(have.size() == 3);
  REQUIRE(have[0].picture);
  CHECK(same_pixels(have[0].picture->view(), icon->view(), {0, 0, 3, 2}));
  CHECK_FALSE(have[1].picture);
  REQUIRE(have[2].picture);
  CHECK(have[2].picture->size() == Size{1, 1});
  CHECK_FALSE(assigned(regions, 1));
  CHECK_FALSE(assigned(regions, 28));
  second.picture = nullptr;  // its file is gone
  CHECK_FALSE(assigned({first, second}, 0));
}

TEST_CASE("strict without word lists is strict, and a start message without detectors is refused") {
  redaction::DetectorSettings settings;
  settings.profile = redaction::Profile::strict;
  ipc::Message message = start(settings);
  const auto read = read_assignment(message);
  REQUIRE(read);
  CHECK(read.value().detectors.profile == redaction::Profile::strict);
  ipc::Message without = start(settings);
  without.body.erase("detectors");
  CHECK_FALSE(read_assignment(without));
}

}  // namespace
}  // namespace frostgate::redact
