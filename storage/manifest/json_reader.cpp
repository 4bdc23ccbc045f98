#include "storage/manifest/json_reader.h"

#include <algorithm>
#include <cstring>

#include "storage/crypto/hex.h"
#include "storage/manifest/times.h"

namespace frostgate::storage {

using nlohmann::json;

namespace {

const json kNothing = json::object();
constexpr int kMaxDepth = 64;

}  // namespace

JsonReader::JsonReader(const json& value, std::string path, std::string& problem)
    : value_(value.is_object() ? &value : &kNothing), path_(std::move(path)), problem_(&problem) {
  if (!value.is_object() && problem.empty()) problem = path_ + " is not an object";
}

void JsonReader::wrong(const std::string& name, const char* expected) {
  if (problem_->empty()) *problem_ = path_ + ": \"" + name + "\" is missing or is not " + expected;
}

const json* JsonReader::take(const char* name) {
  const auto found = value_->find(name);
  if (found == value_->end()) return nullptr;
  ++taken_;
  return &*found;
}

std::int64_t JsonReader::number(const char* name, std::int64_t least, std::int64_t most) {
  const json* found = take(name);
  if (found && found->is_number_integer() && !(found->is_number_unsigned() && found->get<std::uint64_t>() > INT64_MAX)) {
    const auto value = found->get<std::int64_t>();
    if (value >= least && value <= most) return value;
  }
  wrong(name, "a number within its limits");
  return least;
}

bool JsonReader::boolean(const char* name) {
  const json* found = take(name);
  if (found && found->is_boolean()) return found->get<bool>();
  wrong(name, "true or false");
  return false;
}

std::string JsonReader::text(const char* name) {
  const json* found = take(name);
  if (found && found->is_string()) return found->get<std::string>();
  wrong(name, "a text");
  return "";
}

std::string JsonReader::word(const char* name, std::initializer_list<const char*> words) {
  const std::string value = text(name);
  for (const char* word : words) {
    if (value == word) return value;
  }
  wrong(name, "one of the words it may be");
  return *words.begin();
}

std::string JsonReader::digest(const char* name) {
  const std::string value = text(name);
  if (value.size() != 64 || value.find_first_not_of("0123456789abcdef") != std::string::npos) wrong(name, "a SHA-256 digest");
  return value;
}

UtcTime JsonReader::time(const char* name) {
  if (const auto value = utc_from_text(text(name))) return *value;
  wrong(name, "a time in UTC");
  return UtcTime();
}

JsonReader JsonReader::object(const char* name) {
  const json* found = take(name);
  if (!found) wrong(name, "an object");
  return JsonReader(found ? *found : kNothing, path_ + ", " + name, *problem_);
}

void JsonReader::array(const char* name, const std::function<void(JsonReader)>& each) {
  const json* found = take(name);
  if (!found || !found->is_array()) return wrong(name, "an array");
  int number = 0;
  for (const json& item : *found) each(JsonReader(item, path_ + ", " + name + " " + std::to_string(number++), *problem_));
}

std::map<std::string, std::string> JsonReader::texts(const char* name) {
  const json* found = take(name);
  std::map<std::string, std::string> out;
  if (found && found->is_object()) {
    for (const auto& [key, value] : found->items()) {
      if (value.is_string()) out.emplace(key, value.get<std::string>());
    }
    if (out.size() == found->size()) return out;
  }
  wrong(name, "an object of texts");
  return {};
}

std::string JsonReader::json_object(const char* name) {
  const json* found = take(name);
  if (found && found->is_object()) return found->dump();
  wrong(name, "an object");
  return "{}";
}

std::string JsonReader::json_array(const char* name) {
  const json* found = take(name);
  if (found && found->is_array()) return found->dump();
  wrong(name, "an array");
  return "[]";
}

void JsonReader::nothing_else() {
  if (taken_ != value_->size() && problem_->empty()) *problem_ = path_ + " has members that nobody knows";
}

Result<std::string> json_text(const json& value) {
  try {
    return value.dump(1) + "\n";
  } catch (const json::exception&) {
    return Error{ErrorKind::invalid, "a text that is not UTF-8 cannot be signed"};
  }
}

Result<json> parse_json(std::span<const std::byte> bytes, const std::string& what) {
  const auto* text = reinterpret_cast<const char*>(bytes.data());
  bool deep = false;
  const auto shallow = [&deep](int depth, json::parse_event_t, json&) {
    deep = deep || depth > kMaxDepth;
    return !deep;
  };
  json value = json::parse(text, text + bytes.size(), shallow, false);
  if (deep || !value.is_object()) return Error{ErrorKind::corrupt, what + " is no JSON object"};
  const Result<std::string> again = json_text(value);
  const bool same = again && again.value().size() == bytes.size() && std::memcmp(again.value().data(), text, bytes.size()) == 0;
  if (!same) return Error{ErrorKind::corrupt, what + " is not written as Frostgate writes it"};
  return value;
}

}  // namespace frostgate::storage
