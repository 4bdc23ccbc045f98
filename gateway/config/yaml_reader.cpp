#include "gateway/config/yaml_reader.h"

#include <algorithm>
#include <charconv>
#include <fstream>
#include <sstream>

namespace frostgate::config {
namespace {

std::string joined(const std::vector<std::string>& words) {
  std::string all;
  for (const std::string& word : words) all += (all.empty() ? "" : ", ") + word;
  return all;
}

// An anchor is the only way to an alias; without them a document's size bounds its expansion.
bool has_anchor(std::istream& lines) {
  for (std::string line; std::getline(lines, line);) {
    char quote = 0, before = ' ';
    for (const char c : line) {
      if (quote) {
        if (c == quote) quote = 0;
      } else if (before == ' ' && c == '#') {
        break;
      } else if (c == '"' || c == '\'') {
        quote = c;
      } else if ((c == '&') && (before == ' ' || before == '[' || before == '{')) {
        return true;
      }
      before = c == '\t' ? ' ' : c;
    }
  }
  return false;
}

}  // namespace

Result<Document> load_yaml(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return Error{ErrorKind::not_found, path + ": cannot be opened; does it exist and may this user read it?"};
  std::string text(kMaxFileBytes + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(file.gcount()));
  if (text.size() > kMaxFileBytes) return Error{ErrorKind::invalid, path + ": larger than 4 MiB"};
  std::istringstream lines(text);
  if (has_anchor(lines)) return Error{ErrorKind::invalid, path + ": anchors (&name) are not accepted"};
  try {
    return Document{YAML::Load(text), text};
  } catch (const YAML::Exception& problem) {
    return Error{ErrorKind::invalid, path + ":" + std::to_string(problem.mark.line + 1) + ": " + problem.msg};
  }
}

MappingReader::MappingReader(const YAML::Node& node, std::string file, std::vector<std::string>& problems)
    : file_(std::move(file)), problems_(problems) {
  // An absent key gives a node that throws at every question; an empty one asks the same.
  if (node.IsDefined()) node_.reset(node);
  if (!node_.IsNull() && !node_.IsMap()) {
    problems_.push_back(file_ + ":" + std::to_string(line()) + ": expected \"key: value\" lines here");
    node_.reset();
  }
}

MappingReader::~MappingReader() {
  if (take_all_ || !node_.IsMap()) return;
  std::vector<std::string> seen;
  for (const auto& entry : node_) {
    const std::string key = entry.first.IsScalar() ? entry.first.Scalar() : "?";
    const std::string where = file_ + ":" + std::to_string(entry.first.Mark().line + 1) + ": ";
    if (std::find(known_.begin(), known_.end(), key) == known_.end()) {
      problems_.push_back(where + "unknown key \"" + key + "\"; known here: " + joined(known_));
    } else if (std::find(seen.begin(), seen.end(), key) != seen.end()) {
      problems_.push_back(where + "key \"" + key + "\" is given twice");
    }
    seen.push_back(key);
  }
}

int MappingReader::line() const { return node_.Mark().line + 1; }

YAML::Node MappingReader::find(const char* key) {
  known_.push_back(key);
  if (!node_.IsMap()) return YAML::Node(YAML::NodeType::Undefined);
  const YAML::Node value = static_cast<const YAML::Node&>(node_)[key];
  return value;
}

void MappingReader::problem(const char* key, const std::string& what) {
  int at = line();
  if (node_.IsMap()) {
    for (const auto& entry : node_) {
      if (entry.first.IsScalar() && entry.first.Scalar() == key) at = entry.first.Mark().line + 1;
    }
  }
  problems_.push_back(file_ + ":" + std::to_string(at) + ": \"" + key + "\" " + what);
}

std::string MappingReader::text(const char* key, const std::string& fallback) {
  const YAML::Node value = find(key);
  if (!value.IsDefined() || value.IsNull()) return fallback;
  if (!value.IsScalar()) {
    problem(key, "must be a text");
    return fallback;
  }
  return value.Scalar();
}

std::optional<std::string> MappingReader::required_text(const char* key) {
  const std::string value = text(key, "");
  if (value.empty()) {
    problem(key, "is missing or empty; it is required");
    return std::nullopt;
  }
  return value;
}

std::int64_t MappingReader::number(const char* key, std::int64_t fallback, std::int64_t min, std::int64_t max) {
  const std::string value = text(key, std::to_string(fallback));
  std::int64_t parsed = 0;
  const auto [end, failure] = std::from_chars(value.data(), value.data() + value.size(), parsed);
  if (failure != std::errc() || end != value.data() + value.size() || parsed < min || parsed > max) {
    problem(key, "is \"" + value + "\"; expected a whole number from " + std::to_string(min) + " to " +
                     std::to_string(max));
    return fallback;
  }
  return parsed;
}

bool MappingReader::flag(const char* key, bool fallback) {
  return choice(key, fallback ? "true" : "false", {"true", "false"}) == "true";
}

std::string MappingReader::choice(const char* key, const std::string& fallback,
                                  const std::vector<std::string>& choices) {
  const std::string value = text(key, fallback);
  if (std::find(choices.begin(), choices.end(), value) == choices.end()) {
    problem(key, "is \"" + value + "\"; expected one of: " + joined(choices));
    return fallback;
  }
  return value;
}

std::vector<std::string> MappingReader::texts(const char* key, const std::vector<std::string>& fallback) {
  const YAML::Node value = find(key);
  if (!value.IsDefined() || value.IsNull()) return fallback;
  if (value.IsScalar()) return {value.Scalar()};
  std::vector<std::string> all;
  if (!value.IsSequence()) problem(key, "must be a list of texts");
  for (const auto& item : value) {
    if (value.IsSequence() && item.IsScalar()) all.push_back(item.Scalar());
    else if (value.IsSequence()) problem(key, "must be a list of texts");
  }
  return all;
}

void MappingReader::mapping(const char* key, const std::function<void(MappingReader&)>& read) {
  MappingReader nested(find(key), file_, problems_);
  read(nested);
}

void MappingReader::each(const char* key, const std::function<void(MappingReader&)>& read) {
  const YAML::Node value = find(key);
  if (!value.IsDefined() || value.IsNull()) return;
  if (!value.IsSequence()) return problem(key, "must be a list; start each entry with \"- \"");
  for (const auto& item : value) {
    MappingReader nested(item, file_, problems_);
    read(nested);
  }
}

std::vector<std::pair<std::string, std::string>> MappingReader::all_texts() {
  take_all_ = true;
  std::vector<std::pair<std::string, std::string>> all;
  if (!node_.IsMap()) return all;
  for (const auto& entry : node_) {
    if (entry.first.IsScalar() && entry.second.IsScalar()) {
      all.emplace_back(entry.first.Scalar(), entry.second.Scalar());
    } else {
      problems_.push_back(file_ + ":" + std::to_string(entry.first.Mark().line + 1) + ": expected \"name: text\"");
    }
  }
  return all;
}

Result<void> as_result(const std::vector<std::string>& problems) {
  if (problems.empty()) return {};
  std::string all;
  for (const std::string& problem : problems) all += (all.empty() ? "" : "\n") + problem;
  return Error{ErrorKind::invalid, all};
}

}  // namespace frostgate::config
