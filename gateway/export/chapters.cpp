#include "gateway/export/chapters.h"

#include <algorithm>
#include <string>

#include <nlohmann/json.hpp>

#include "storage/manifest/manifest.h"

namespace frostgate::exporting {
namespace {

using nlohmann::json;

std::string text_in(const json& event, const char* name) {
  const auto found = event.find(name);
  return found != event.end() && found->is_string() ? found->get<std::string>() : std::string();
}

bool flag_in(const json& event, const char* name) {
  const auto found = event.find(name);
  return found != event.end() && found->is_boolean() && found->get<bool>();
}

int number_in(const json& event, const char* name) {
  const auto found = event.find(name);
  return found != event.end() && found->is_number_integer() ? found->get<int>() : 0;
}

// The kinds are those of gateway/redact/report_json.cpp.
std::string title_of(const json& event) {
  const std::string kind = text_in(event, "kind");
  if (kind == "recording_paused") return "Recording paused by " + text_in(event, "by") + ": " + text_in(event, "reason");
  if (kind == "recording_stopped") return "Recording stopped by " + text_in(event, "by") + ": " + text_in(event, "reason");
  if (kind == "recording_resumed") return "Recording goes on";
  if (kind == "guest") return text_in(event, "user") + (flag_in(event, "here") ? " looks on, approved by " + text_in(event, "approved_by") : " looks on no more");
  if (kind == "clipboard") {
    return std::string("Copied ") + (flag_in(event, "to_target") ? "to" : "from") + " the target" + (flag_in(event, "passed") ? "" : ", and kept back");
  }
  if (kind == "resized") return "Screen of " + std::to_string(number_in(event, "width")) + "x" + std::to_string(number_in(event, "height"));
  return "The session goes on after a loss";
}

}  // namespace

Result<std::vector<codec::ClipChapter>> chapters_of(std::span<const std::byte> film_manifest) {
  const storage::Manifest manifest = TRY(storage::parse_manifest(film_manifest));
  const json report = json::parse(manifest.redaction_json, nullptr, false);
  std::vector<codec::ClipChapter> out;
  const json::json_pointer events("/journal/events");
  if (!report.is_object() || !report.contains(events)) return out;
  for (const json& event : report[events]) {
    const auto at = event.is_object() ? event.find("at_ms") : event.end();
    if (at == event.end() || !at->is_number_integer()) continue;
    out.push_back({std::chrono::milliseconds(at->get<std::int64_t>()), title_of(event)});
  }
  std::ranges::stable_sort(out, {}, &codec::ClipChapter::at);
  return out;
}

}  // namespace frostgate::exporting
