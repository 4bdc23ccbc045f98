#include "gateway/serve/session_volume.h"

#include <nlohmann/json.hpp>

namespace frostgate::serve {

SessionVolume& SessionVolume::operator+=(const SessionVolume& more) {
  strokes += more.strokes;
  pasted_bytes += more.pasted_bytes;
  copied_bytes += more.copied_bytes;
  return *this;
}

Result<SessionVolume> read_volume(const ipc::Message& ended) {
  constexpr std::int64_t kMost = std::int64_t{1} << 50;
  SessionVolume out;
  out.strokes = TRY(ended.number("strokes", 0, kMost));
  out.pasted_bytes = TRY(ended.number("pasted_bytes", 0, kMost));
  out.copied_bytes = TRY(ended.number("copied_bytes", 0, kMost));
  return out;
}

void write_volume(nlohmann::json& relay, const SessionVolume& volume) {
  relay["strokes"] = volume.strokes;
  relay["pasted_bytes"] = volume.pasted_bytes;
  relay["copied_bytes"] = volume.copied_bytes;
}

std::optional<SessionVolume> volume_of(const std::string& report_json) {
  const nlohmann::json report = nlohmann::json::parse(report_json, nullptr, false);
  const auto relay = report.is_object() ? report.find("relay") : report.end();
  if (relay == report.end() || !relay->is_object()) return std::nullopt;
  SessionVolume out;
  for (const auto& [name, value] : {std::pair{"strokes", &out.strokes}, std::pair{"pasted_bytes", &out.pasted_bytes}, std::pair{"copied_bytes", &out.copied_bytes}}) {
    const auto member = relay->find(name);
    if (member == relay->end() || !member->is_number_integer()) return std::nullopt;
    *value = member->get<std::int64_t>();
  }
  return out;
}

std::optional<std::int64_t> file_bytes_of(const std::string& report_json) {
  const nlohmann::json report = nlohmann::json::parse(report_json, nullptr, false);
  const auto bytes = report.is_object() ? report.find("file_bytes") : report.end();
  return bytes != report.end() && bytes->is_number_integer() ? std::optional(bytes->get<std::int64_t>()) : std::nullopt;
}

}  // namespace frostgate::serve
