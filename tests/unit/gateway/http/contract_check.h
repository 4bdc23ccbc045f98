// Whether an answer is one that openapi.yaml promises: status, media type, and the body by its JSON Schema, of which this knows the keywords that the
// contract uses; another one is a problem of its own.
#pragma once

#include <algorithm>
#include <regex>
#include <set>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "gateway/http/document.h"

namespace frostgate::http {

class ContractCheck {
 public:
  // What is wrong with it, a sentence each. `path` is below /api/v1, without its query.
  std::vector<std::string> problems_of(const std::string& method, const std::string& path, int status, const std::string& media_type, const nlohmann::json& body) {
    problems_.clear();
    const nlohmann::json* operation = operation_for(method, path);
    if (!operation) return {};
    if (status >= 400) {
      if (media_type != "application/problem+json") return {"an error is " + media_type};
      validate(document_["components"]["schemas"]["Problem"], body, "problem");
      return problems_;
    }
    if (status == 304) return {};
    const auto& responses = (*operation)["responses"];
    const auto found = responses.find(std::to_string(status));
    if (found == responses.end()) return {"the contract knows no status " + std::to_string(status)};
    const nlohmann::json& response = resolved(*found);
    if (!response.contains("content")) return media_type.empty() ? problems_ : std::vector<std::string>{"the contract knows no content, the answer is " + media_type};
    const std::string type = media_type.substr(0, media_type.find(';'));
    if (!response["content"].contains(type)) return {"the contract does not know the media type " + media_type};
    if (type == "application/json") validate(response["content"][type]["schema"], body, "body");
    return problems_;
  }

 private:
  using json = nlohmann::json;

  const json* operation_for(const std::string& method, const std::string& path) const {
    const auto split = [](const std::string& text) {
      std::vector<std::string> out;
      for (std::size_t at = 1; at <= text.size();) {
        const std::size_t end = std::min(text.find('/', at), text.size());
        out.push_back(text.substr(at, end - at));
        at = end + 1;
      }
      return out;
    };
    const auto asked = split(path);
    for (const auto& [pattern, item] : document_["paths"].items()) {
      const auto parts = split(pattern);
      bool same = parts.size() == asked.size() && item.contains(method);
      for (std::size_t i = 0; same && i < parts.size(); ++i) same = parts[i].starts_with('{') || parts[i] == asked[i];
      if (same) return &item[method];
    }
    return nullptr;
  }

  const json& resolved(const json& node) const {
    if (!node.contains("$ref")) return node;
    return resolved(document_.at(json::json_pointer(node["$ref"].get<std::string>().substr(1))));
  }

  static bool is(const std::string& type, const json& value) {
    if (type == "integer") return value.is_number_integer();
    return type == "object" ? value.is_object() : type == "array" ? value.is_array() : type == "string" ? value.is_string()
         : type == "number" ? value.is_number() : type == "boolean" ? value.is_boolean() : type == "null" && value.is_null();
  }

  void problem(const std::string& at, const std::string& what) { problems_.push_back(at + " " + what); }

  // `whole`: no other schema has a word on the value, so what this one does not describe nobody does.
  void validate(const json& schema, const json& value, const std::string& at, bool whole = true) {
    if (schema.contains("$ref")) return validate(resolved(schema), value, at, whole);
    static const std::set<std::string> known{"type", "enum", "const", "required", "properties", "additionalProperties", "items", "allOf", "pattern", "format", "description",
                                             "examples", "default", "minimum", "maximum", "minLength", "maxLength"};
    for (const auto& [keyword, ignored] : schema.items()) {
      if (!known.contains(keyword)) problem(at, "has a schema with \"" + keyword + "\", which the check does not know");
    }
    for (const json& one : schema.value("allOf", json::array())) validate(one, value, at, false);
    if (schema.contains("const") && value != schema["const"]) problem(at, "is not " + schema["const"].dump());
    if (schema.contains("enum") && std::find(schema["enum"].begin(), schema["enum"].end(), value) == schema["enum"].end()) problem(at, "is none of the values: " + value.dump());
    if (schema.contains("type")) {
      const json types = schema["type"].is_array() ? schema["type"] : json::array({schema["type"]});
      if (std::none_of(types.begin(), types.end(), [&](const json& type) { return is(type, value); })) return problem(at, "is not " + schema["type"].dump() + ": " + value.dump());
    }
    if (value.is_string()) text(schema, value.get<std::string>(), at);
    if (value.is_number() && ((schema.contains("minimum") && value < schema["minimum"]) || (schema.contains("maximum") && value > schema["maximum"]))) problem(at, "is out of range");
    if (value.is_object()) members(schema, value, at, whole);
    if (value.is_array() && schema.contains("items")) {
      for (std::size_t i = 0; i < value.size(); ++i) validate(schema["items"], value[i], at + "[" + std::to_string(i) + "]");
    }
  }

  void text(const json& schema, const std::string& value, const std::string& at) {
    static const std::regex time("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z");
    if (schema.value("format", "") == "date-time" && !std::regex_match(value, time)) problem(at, "is no time: " + value);
    if (schema.contains("pattern") && !std::regex_search(value, std::regex(schema["pattern"].get<std::string>()))) problem(at, "does not match: " + value);
    if (value.size() < schema.value("minLength", std::size_t{0}) || value.size() > schema.value("maxLength", std::size_t{1} << 30)) problem(at, "is too short or too long");
  }

  json described_by(const json& schema) const {
    json out = schema.value("properties", json::object());
    for (const json& one : schema.value("allOf", json::array())) out.update(described_by(resolved(one)));
    return out;
  }

  void members(const json& schema, const json& value, const std::string& at, bool whole) {
    for (const json& name : schema.value("required", json::array())) {
      if (!value.contains(name.get<std::string>())) problem(at, "lacks " + name.get<std::string>());
    }
    const json properties = schema.value("properties", json::object());
    const json described = described_by(schema);
    for (const auto& [name, one] : value.items()) {
      if (properties.contains(name)) validate(properties[name], one, at + "." + name);
      else if (schema.contains("additionalProperties") && schema["additionalProperties"].is_object()) validate(schema["additionalProperties"], one, at + "." + name);
      else if (whole && !described.empty() && !described.contains(name)) problem(at, "has a member that the contract does not know: " + name);
    }
  }

  const json document_ = json::parse(document_json());
  std::vector<std::string> problems_;
};

}  // namespace frostgate::http
