#include "gateway/http/document.h"

#include <cstdlib>

#include <nlohmann/json.hpp>
#include <yaml-cpp/yaml.h>

#include "gateway/http/document_text.h"

namespace frostgate::http {
namespace {

using nlohmann::json;

// YAML 1.2's core schema: a plain scalar is what it looks like, a quoted one is text.
json scalar(const YAML::Node& node) {
  const std::string& text = node.Scalar();
  if (node.Tag() == "!") return text;
  if (text == "true" || text == "false") return text == "true";
  if (text == "null" || text == "~" || text.empty()) return nullptr;
  const json number = json::parse(text, nullptr, false);
  return number.is_number() ? number : json(text);
}

json to_json(const YAML::Node& node) {
  if (node.IsMap()) {
    json out = json::object();
    for (const auto& entry : node) out[entry.first.Scalar()] = to_json(entry.second);
    return out;
  }
  if (node.IsSequence()) {
    json out = json::array();
    for (const auto& entry : node) out.push_back(to_json(entry));
    return out;
  }
  return node.IsScalar() ? scalar(node) : json(nullptr);
}

}  // namespace

const std::string& document_yaml() {
  static const std::string text = kDocumentText;
  return text;
}

const std::string& document_json() {
  static const std::string text = to_json(YAML::Load(document_yaml())).dump();
  return text;
}

}  // namespace frostgate::http
