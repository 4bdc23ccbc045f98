#include "gateway/config/yaml_reader.h"

#include <algorithm>
#include <charconv>
#include <fstream>
#include <sstream>

#include <yaml-cpp/eventhandler.h>

namespace frostgate::config {
namespace {

std::string joined(const std::vector<std::string>& words) {
  std::string all;
  for (const std::string& word : words) all += (all.empty() ? "" : ", ") + word;
  return all;
}

// Listens to the whole text once before anything is made of it. An anchor is the only way to an alias; without them a
// document's size bounds its expansion. What follows a second "---" would be ignored without a word.
class Structure : public YAML::EventHandler {
 public:
  std::optional<int> anchor_line;
  int documents = 0;

  void OnDocumentStart(const YAML::Mark&) override { ++documents; }
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override { note(mark, anchor); }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override { note(mark, anchor); }
  void OnScalar(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor, const std::string&) override {
    note(mark, anchor);
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    note(mark, anchor);
  }
  void OnSequenceEnd() override {}
  void OnMapStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    note(mark, anchor);
  }
  void OnMapEnd() override {}

 private:
  void note(const YAML::Mark& mark, YAML::anchor_t anchor) {
    if (anchor != YAML::NullAnchor && !anchor_line) anchor_line = mark.line + 1;
  }
};

}  // namespace

Result<std::string> read_text(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return Error{ErrorKind::not_found, path + ": cannot be opened; does it exist and may this user read it?"};
  std::string text(kMaxFileBytes + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(file.gcount()));
  return text;
}

Result<Document> load_yaml(const std::string& path) {
  std::string text = TRY(read_text(path));
  return parse_yaml(std::move(text), path);
}

Result<Document> parse_yaml(std::string text, const std::string& name) {
  if (text.size() > kMaxFileBytes) return Error{ErrorKind::invalid, name + ": larger than 4 MiB"};
  try {
    std::istringstream whole(text);
    YAML::Parser parser(whole);
    Structure structure;
    while (!structure.anchor_line && structure.documents < 2 && parser.HandleNextDocument(structure)) {
    }
    if (structure.anchor_line) {
      return Error{ErrorKind::invalid,
                   name + ":" + std::to_string(*structure.anchor_line) + ": anchors (&name) are not accepted"};
    }
    if (structure.documents > 1) {
      return Error{ErrorKind::invalid, name + ": has a second document (after \"---\"); expected one"};
    }
    return Document{YAML::Load(text), text};
  } catch (const YAML::Exception& problem) {
    return Error{ErrorKind::invalid, name + ":" + std::to_string(problem.mark.line + 1) + ": " + problem.msg};
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

int MappingReader::line() const { return std::max(node_.Mark().line, 0) + 1; }  // an empty file has no mark

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


bool MappingReader::has(const char* key) const { return node_.IsMap() && node_[key].IsDefined(); }

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
    const std::string where = file_ + ":" + std::to_string(entry.first.Mark().line + 1) + ": ";
    if (!entry.first.IsScalar() || !entry.second.IsScalar()) {
      problems_.push_back(where + "expected \"name: text\"");
      continue;
    }
    const std::string name = entry.first.Scalar();
    const bool again = std::any_of(all.begin(), all.end(), [&](const auto& have) { return have.first == name; });
    if (again) problems_.push_back(where + "key \"" + name + "\" is given twice");
    all.emplace_back(name, entry.second.Scalar());
  }
  return all;
}

std::map<std::string, std::vector<std::string>> MappingReader::all_lists() {
  std::map<std::string, std::vector<std::string>> all;
  if (!node_.IsMap()) return all;
  std::vector<std::string> names;
  for (const auto& entry : node_) names.push_back(entry.first.IsScalar() ? entry.first.Scalar() : "?");
  for (const std::string& name : names) all[name] = texts(name.c_str(), {});
  return all;
}

Result<void> as_result(const std::vector<std::string>& problems) {
  if (problems.empty()) return {};
  std::string all;
  for (const std::string& problem : problems) all += (all.empty() ? "" : "\n") + problem;
  return Error{ErrorKind::invalid, all};
}

}  // namespace frostgate::config
