// Reads signed JSON strictly: every member must be there, of its kind, within its limits, and no other. Notes the first problem and goes
// on with harmless values, so that a reader need not ask after each member.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <utility>

#include <nlohmann/json.hpp>

#include "codec/base/result.h"
#include "codec/base/time.h"

namespace frostgate::storage {

class JsonReader {
 public:
  // `value` and `problem` outlive it; `problem` is empty as long as there is none.
  JsonReader(const nlohmann::json& value, std::string path, std::string& problem);

  std::int64_t number(const char* name, std::int64_t least, std::int64_t most);
  bool boolean(const char* name);
  std::string text(const char* name);
  std::string word(const char* name, std::initializer_list<const char*> words);
  std::string digest(const char* name);  // 64 lower-case hex digits
  UtcTime time(const char* name);        // as utc_text writes it
  JsonReader object(const char* name);
  void array(const char* name, const std::function<void(JsonReader)>& each);  // of objects
  std::map<std::string, std::string> texts(const char* name);  // an object of texts
  std::string json_object(const char* name);
  std::string json_array(const char* name);
  // Call it last.
  void nothing_else();

 private:
  const nlohmann::json* take(const char* name);
  void wrong(const std::string& name, const char* expected);

  const nlohmann::json* value_;
  std::string path_;
  std::string* problem_;
  std::size_t taken_ = 0;
};

// Indented text with members sorted by name and a line's end at the end; `invalid` when a text in it is not UTF-8.
Result<std::string> json_text(const nlohmann::json& value);
// The parsed text. `corrupt` unless it is one object, not nested deeper than 64, written exactly as json_text would write it: no two texts mean the same.
Result<nlohmann::json> parse_json(std::span<const std::byte> bytes, const std::string& what);

// read(JsonReader) of the whole text, or the first problem it noted.
template <class Read>
auto read_json(std::span<const std::byte> bytes, const std::string& what, Read read)
    -> Result<decltype(read(std::declval<JsonReader>()))> {
  const nlohmann::json value = TRY(parse_json(bytes, what));
  std::string problem;
  auto out = read(JsonReader(value, what, problem));
  if (!problem.empty()) return Error{ErrorKind::corrupt, problem};
  return out;
}

}  // namespace frostgate::storage
