#include <catch2/catch.hpp>

#include <span>

#include "gateway/ipc/channel.h"
#include "gateway/redact/detector_json.h"
#include "gateway/redact/word_lists.h"

namespace frostgate::redact {
namespace {

Descriptor file_with(std::string_view text) {
  auto made = ipc::to_memory_file(std::as_bytes(std::span(text)));
  return std::move(made).value();
}

TEST_CASE("the settings of the detectors reach the worker as the policy has them") {
  redaction::DetectorSettings settings;
  settings.profile = redaction::Profile::strict;
  settings.enabled = {"label", "token.jwt"};
  settings.disabled = {"label.pin"};
  settings.extra_labels = {"Losung", "pässword"};
  settings.harmless = {"web-01"};
  settings.custom = {{"employee", "E-[0-9]{6}\\b", "Mitarbeiter"}, {"other", "x", ""}};
  const auto sent = nlohmann::json::parse(to_json(settings).dump());
  const auto received = detector_settings(sent);
  REQUIRE(received);
  const redaction::DetectorSettings& have = received.value();
  CHECK(have.profile == redaction::Profile::strict);
  CHECK(have.enabled == settings.enabled);
  CHECK(have.disabled == settings.disabled);
  CHECK(have.extra_labels == settings.extra_labels);
  CHECK(have.harmless == settings.harmless);
  REQUIRE(have.custom.size() == 2);
  CHECK(have.custom[0].name == "employee");
  CHECK(have.custom[0].pattern == "E-[0-9]{6}\\b");
  CHECK(have.custom[0].context == "Mitarbeiter");
}

TEST_CASE("settings with a member missing or of another type are refused") {
  const auto whole = to_json({});
  for (const auto& [key, value] : whole.items()) {
    auto part = whole;
    part.erase(key);
    CHECK_FALSE(detector_settings(part));
    part[key] = 7;
    CHECK_FALSE(detector_settings(part));
  }
  auto lax = whole;
  lax["profile"] = "lax";
  CHECK_FALSE(detector_settings(lax));
  CHECK_FALSE(detector_settings(nullptr));
}

TEST_CASE("the vocabulary is what the word lists hold, without case and accents") {
  std::vector<Descriptor> lists;
  lists.push_back(file_with("Horse\nstaple\ndon't\n"));
  lists.push_back(file_with("Schlüssel\nété\nletzte"));
  const auto read = read_vocabulary(lists);
  REQUIRE(read);
  for (const char* word : {"horse", "staple", "don", "schlussel", "ete", "letzte"}) CHECK(read.value()->contains(word));
  for (const char* word : {"hors", "horses", "", "staple\n"}) CHECK_FALSE(read.value()->contains(word));
}

TEST_CASE("English is always among the word lists, and one language is never two lists of another") {
  const std::vector<std::string> languages{"deu", "chi_sim"};
  std::vector<std::string> packages;
  for (const WordList& list : word_lists(languages)) packages.push_back(list.package);
  CHECK(packages == std::vector<std::string>{"wamerican", "wbritish", "wngerman"});
}

}  // namespace
}  // namespace frostgate::redact
