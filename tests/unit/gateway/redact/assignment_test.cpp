#include "gateway/redact/assignment.h"

#include <catch2/catch.hpp>

#include <span>

#include "gateway/redact/detector_json.h"

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
