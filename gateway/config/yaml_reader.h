// Reads a YAML mapping member by member and remembers what is wrong with file and line: unknown keys, wrong types and
// values out of range are errors, all of them reported at once.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <yaml-cpp/yaml.h>

#include "codec/base/result.h"

namespace frostgate::config {

// Bounded: larger files are refused before parsing, as are documents with aliases ("YAML bombs").
inline constexpr std::size_t kMaxFileBytes = 4 << 20;

struct Document {
  YAML::Node root;
  std::string text;  // exactly as on disk, for digests
};
// The bytes of a file, kMaxFileBytes and one at most. Error: not_found.
Result<std::string> read_text(const std::string& path);
Result<Document> load_yaml(const std::string& path);
Result<Document> parse_yaml(std::string text, const std::string& name);  // `name` stands for the file in errors

class MappingReader {
 public:
  // `problems` collects sentences "FILE:LINE: what was found, what was expected"; it outlives the reader.
  MappingReader(const YAML::Node& node, std::string file, std::vector<std::string>& problems);
  // Reports the keys that were never asked for.
  ~MappingReader();
  MappingReader(const MappingReader&) = delete;
  MappingReader& operator=(const MappingReader&) = delete;

  bool has(const char* key) const;  // does not count as asking for it
  std::string text(const char* key, const std::string& fallback);
  std::optional<std::string> required_text(const char* key);
  std::int64_t number(const char* key, std::int64_t fallback, std::int64_t min, std::int64_t max);
  bool flag(const char* key, bool fallback);
  // One of `choices`.
  std::string choice(const char* key, const std::string& fallback, const std::vector<std::string>& choices);
  std::vector<std::string> texts(const char* key, const std::vector<std::string>& fallback);
  // A nested mapping; `read` gets an empty reader when the key is absent, so that defaults have one home.
  void mapping(const char* key, const std::function<void(MappingReader&)>& read);
  // Each element of a list of mappings.
  void each(const char* key, const std::function<void(MappingReader&)>& read);
  // The keys of this mapping with text values, all of them.
  std::vector<std::pair<std::string, std::string>> all_texts();
  // The same with lists of texts.
  std::map<std::string, std::vector<std::string>> all_lists();

  // Whether there is nothing to read: the key was absent, or has no value.
  bool empty() const { return !node_.IsMap() || node_.size() == 0; }

  void problem(const char* key, const std::string& what);
  int line() const;

 private:
  YAML::Node find(const char* key);

  YAML::Node node_;
  std::string file_;
  std::vector<std::string>& problems_;
  std::vector<std::string> known_;
  bool take_all_ = false;
};

// One Error of kind invalid with every problem, one a line; ok when there is none.
Result<void> as_result(const std::vector<std::string>& problems);

}  // namespace frostgate::config
