#include "gateway/http/call.h"

#include <algorithm>
#include <charconv>
#include <set>

#include <nlohmann/json.hpp>

#include "gateway/policy/review_date.h"
#include "gateway/serve/decision.h"

namespace frostgate::http {
namespace {

using nlohmann::json;

// Deeper is no request of ours, and costs stack.
constexpr int kMaxDepth = 8;

Error wrong(const char* name, const std::string& expected) { return {ErrorKind::invalid, "member \"" + std::string(name) + "\" must be " + expected}; }

std::optional<std::int64_t> number_in(const std::string& text, std::int64_t min, std::int64_t max) {
  std::int64_t value = 0;
  const char* end = text.data() + text.size();
  const auto [stop, failure] = std::from_chars(text.data(), end, value);
  if (failure != std::errc() || stop != end || value < min || value > max) return std::nullopt;
  return value;
}

bool whole_number(const json& value, std::int64_t min, std::int64_t max) {
  // As unsigned first: what does not fit into 64 signed bits would come out negative.
  const bool fits = value.is_number_unsigned() ? value.get<std::uint64_t>() <= static_cast<std::uint64_t>(INT64_MAX) : value.is_number_integer();
  return fits && value.get<std::int64_t>() >= min && value.get<std::int64_t>() <= max;
}

}  // namespace

bool may(const Call& call, const std::vector<access::Role>& roles, const std::string& target, const access::Tags& tags) {
  return std::any_of(roles.begin(), roles.end(), [&](access::Role role) { return call.caller.entitlements.covers(role, target, tags); });
}

nlohmann::json time_or_null(const std::optional<UtcTime>& time) { return time ? nlohmann::json(serve::to_text(*time)) : nlohmann::json(nullptr); }

Result<std::int64_t> Call::number(const std::string& name, std::int64_t fallback, std::int64_t min, std::int64_t max) const {
  const auto found = query.find(name);
  if (found == query.end()) return fallback;
  if (const auto value = number_in(found->second, min, max)) return *value;
  return Error{ErrorKind::invalid, "parameter \"" + name + "\" must be a number from " + std::to_string(min) + " to " + std::to_string(max)};
}

Result<std::optional<UtcTime>> Call::moment(const std::string& name) const {
  const auto found = query.find(name);
  if (found == query.end()) return std::optional<UtcTime>();
  const std::string& text = found->second;
  // Fractions of seconds, as browsers write them, select nothing that people mean.
  const std::size_t dot = text.find('.');
  const Result<UtcTime> time = policy::moment(dot == std::string::npos || !text.ends_with('Z') ? text : text.substr(0, dot));
  if (!time) return time.error().within("parameter \"" + name + "\"");
  return std::optional(time.value());
}

Result<bool> Call::flag(const std::string& name) const {
  const auto found = query.find(name);
  if (found == query.end() || found->second == "false") return false;
  if (found->second == "true") return true;
  return Error{ErrorKind::invalid, "parameter \"" + name + "\" must be true or false"};
}

Result<std::int64_t> Call::path_number(const std::string& name, std::int64_t max) const {
  if (const auto value = number_in(path.at(name), 0, max)) return *value;
  return Error{ErrorKind::not_found, "there is nothing here"};
}

Response json_response(int status, const json& body) {
  Response out;
  out.status = status;
  out.headers = {{"Content-Type", "application/json"}};
  out.body = body.dump(-1, ' ', false, json::error_handler_t::replace);
  return out;
}

Response no_content() {
  Response out;
  out.status = 204;
  return out;
}

struct Body::Members {
  json object;
  std::set<std::string> taken;
};

Body::Body(std::unique_ptr<Members> members) : members_(std::move(members)) {}
Body::~Body() = default;
Body::Body(Body&&) noexcept = default;

Result<Body> Body::of(const Request& request) {
  const json::parser_callback_t shallow = [](int depth, json::parse_event_t, json&) {
    if (depth > kMaxDepth) throw json::other_error::create(500, "too deep", nullptr);
    return true;
  };
  auto members = std::make_unique<Members>();
  try {
    members->object = json::parse(request.body, shallow);
  } catch (const json::exception&) {
    return Error{ErrorKind::invalid, "the body is not JSON"};
  }
  if (!members->object.is_object()) return Error{ErrorKind::invalid, "the body must be a JSON object"};
  return Body(std::move(members));
}

bool Body::has(const char* name) const { return members_->object.contains(name); }

json* Body::take(const char* name) {
  members_->taken.insert(name);
  const auto found = members_->object.find(name);
  return found == members_->object.end() ? nullptr : &*found;
}

Result<std::string> Body::text(const char* name, std::size_t max_bytes) {
  const json* value = take(name);
  if (!value || !value->is_string() || value->get_ref<const std::string&>().size() > max_bytes) {
    return wrong(name, "text of at most " + std::to_string(max_bytes) + " bytes");
  }
  const auto& text = value->get_ref<const std::string&>();
  if (!valid_utf8(text)) return wrong(name, "text without NUL");
  return text;
}

Result<std::string> Body::text_or(const char* name, std::size_t max_bytes, const std::string& fallback) {
  if (!has(name)) return fallback;
  return text(name, max_bytes);
}

Result<Secret> Body::secret(const char* name, std::size_t max_bytes) {
  json* value = take(name);
  if (!value || !value->is_string() || value->get_ref<const std::string&>().size() > max_bytes) {
    return wrong(name, "text of at most " + std::to_string(max_bytes) + " bytes");
  }
  auto& text = value->get_ref<std::string&>();
  Secret out = Secret::from_text(text);
  wipe_memory(text.data(), text.size());
  return out;
}

Result<std::int64_t> Body::number_or(const char* name, std::int64_t fallback, std::int64_t min, std::int64_t max) {
  const json* value = take(name);
  if (!value) return fallback;
  if (!whole_number(*value, min, max)) return wrong(name, "a whole number from " + std::to_string(min) + " to " + std::to_string(max));
  return value->get<std::int64_t>();
}

Result<std::vector<std::int64_t>> Body::numbers(const char* name, std::int64_t min, std::int64_t max) {
  const json* value = take(name);
  const bool good = value && value->is_array() && std::all_of(value->begin(), value->end(), [&](const json& one) { return whole_number(one, min, max); });
  if (!good) return wrong(name, "a list of whole numbers from " + std::to_string(min) + " to " + std::to_string(max));
  return value->get<std::vector<std::int64_t>>();
}

Result<double> Body::real_or(const char* name, double fallback, double min, double max) {
  const json* value = take(name);
  if (!value) return fallback;
  if (!value->is_number() || !(value->get<double>() >= min && value->get<double>() <= max)) return wrong(name, "a number from " + std::to_string(min) + " to " + std::to_string(max));
  return value->get<double>();
}

Result<bool> Body::flag(const char* name) {
  const json* value = take(name);
  if (!value || !value->is_boolean()) return wrong(name, "true or false");
  return value->get<bool>();
}

Result<std::vector<std::string>> Body::texts(const char* name, std::size_t max_bytes) {
  const json* value = take(name);
  if (!value || !value->is_array()) return wrong(name, "a list of texts");
  std::vector<std::string> out;
  for (const json& one : *value) {
    if (!one.is_string() || one.get_ref<const std::string&>().size() > max_bytes) return wrong(name, "a list of texts");
    out.push_back(one.get<std::string>());
  }
  return out;
}

Result<std::map<std::string, std::string>> Body::text_map_or_empty(const char* name) {
  std::map<std::string, std::string> out;
  const json* value = take(name);
  if (!value) return out;
  if (!value->is_object()) return wrong(name, "an object of texts");
  for (const auto& [key, one] : value->items()) {
    if (!one.is_string()) return wrong(name, "an object of texts");
    out.emplace(key, one.get<std::string>());
  }
  return out;
}

Result<void> Body::finish() const {
  for (const auto& [name, value] : members_->object.items()) {
    if (!members_->taken.contains(name)) return Error{ErrorKind::invalid, "there is no member \"" + name + "\" here"};
  }
  return {};
}

Result<catalog::Target> target_for(const Call& call, const std::string& name, const std::vector<access::Role>& roles) {
  const Result<catalog::Target> found = catalog::Targets(*call.core.catalog).find(name);
  if (!found && found.error().kind != ErrorKind::not_found && found.error().kind != ErrorKind::invalid) return found.error();
  if (!found || !may(call, roles, name, found.value().tags)) return Error{ErrorKind::not_found, "there is no target " + name};
  return found;
}

Result<catalog::Recording> recording_for(const Call& call, const std::string& id, const std::vector<access::Role>& roles) {
  const Result<catalog::Recording> found = catalog::Recordings(*call.core.catalog).find(id);
  const Error nothing{ErrorKind::not_found, "there is no recording " + id};
  if (!found) return found.error().kind == ErrorKind::not_found || found.error().kind == ErrorKind::invalid ? nothing : found.error();
  if (!may(call, roles, found.value().target, found.value().tags)) return nothing;
  return found;
}

Result<catalog::Recording> watched_recording(const Call& call, const std::string& id) {
  catalog::Recording found = TRY(recording_for(call, id, kWatchers));
  TRY(serve::pass_watch_gate(call.core, found, call.caller.user, call.now));
  return found;
}

}  // namespace frostgate::http
