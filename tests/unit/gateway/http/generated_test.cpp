// For every operation of the contract, what its own description says is wrong: made from openapi.yaml, so that a new operation is tried as the others are. Everything is
// sent by somebody who has each role everywhere, so that nothing is refused for want of a right.
#include <algorithm>
#include <functional>
#include <regex>

#include "storage/catalog/ledger.h"
#include "tests/unit/gateway/http/matrix.h"

using namespace frostgate;
using namespace frostgate::http;
using namespace frostgate::http::matrix;

namespace {

// Never an answer of ours to what is somebody else's fault, never a success.
bool refused(int status) { return status >= 400 && status < 500; }

struct Attack : Scene {
  Attack() {
    add("mighty", "", "");
    for (const char* role : kRoleNames) {
      REQUIRE(catalog::Roles(*core->catalog).bind({"", catalog::role_named(role).value(), catalog::SubjectKind::user, "mighty", "*"}, kNow));
    }
    document = json::parse(document_json());
  }

  json resolved(const json& node) const { return node.contains("$ref") ? resolved(document.at(json::json_pointer(node["$ref"].get<std::string>().substr(1)))) : node; }

  // Its own and those of its path.
  std::vector<json> parameters(const Operation& operation) const {
    std::vector<json> out;
    for (const json& list : {document["paths"][operation.path].value("parameters", json::array()), operation.document.value("parameters", json::array())}) {
      for (const json& one : list) out.push_back(resolved(one));
    }
    return out;
  }

  json body_schema(const Operation& operation) const {
    return operation.document.contains("requestBody") ? resolved(operation.document["requestBody"]["content"]["application/json"]["schema"]) : json();
  }

  int status(const Operation& operation, const std::string& target, const std::string& body, const std::function<void(Request&)>& more = {}) {
    Request request = as("mighty", operation.method, "/api/v1" + target, body);
    if (more) more(request);
    return send(request).status;
  }

  json document;
};

std::string filled(std::string path, const std::string& row, const std::string& hostile_name, const std::string& hostile) {
  // The other names as the row has them.
  std::string out;
  std::size_t at = 1, of_row = 1;
  const std::string plain = row.substr(0, row.find('?'));
  while (at <= path.size()) {
    const std::size_t end = std::min(path.find('/', at), path.size()), row_end = std::min(plain.find('/', of_row), plain.size());
    const std::string part = path.substr(at, end - at);
    out += "/" + (part == "{" + hostile_name + "}" ? hostile : plain.substr(of_row, row_end - of_row));
    at = end + 1;
    of_row = row_end + 1;
  }
  return out;
}

bool may_be(const json& schema, const char* type) {
  const json types = schema.value("type", json());
  if (types.is_string()) return types == type || (types == "number" && std::string(type) == "integer");
  return types.is_array() && std::find(types.begin(), types.end(), type) != types.end();
}

// Values that the schema does not allow.
std::vector<json> wrong_values(const json& schema) {
  std::vector<json> out;
  const std::pair<const char*, json> kinds[] = {{"string", "text"}, {"integer", 7}, {"number", 0.5}, {"boolean", true}, {"array", json::array({json::array()})},
                                                {"object", json{{"a", json::object({{"b", nullptr}})}}}, {"null", nullptr}};
  for (const auto& [type, value] : kinds) {
    if (!may_be(schema, type) && !(schema.contains("enum") && std::string(type) == "string")) out.push_back(value);
  }
  if (schema.contains("enum")) out.insert(out.end(), {"nonsense", ""});
  if (schema.contains("maxLength")) out.push_back(std::string(schema["maxLength"].get<std::size_t>() + 1, 'a'));
  if (schema.value("minLength", 0) > 0) out.push_back("");
  if (schema.contains("minimum")) out.push_back(schema["minimum"].get<double>() - 1);
  if (schema.contains("maximum")) out.push_back(schema["maximum"].get<double>() + 1);
  if (may_be(schema, "string") && !schema.contains("enum")) out.insert(out.end(), {std::string("a\0b", 3), std::string(900'000, 'a')});
  if (may_be(schema, "integer") || may_be(schema, "number")) out.insert(out.end(), {json(1e300), json(-1e300), json(UINT64_MAX)});
  return out;
}

const std::vector<std::string> kHostileNames{"%2e%2e", "..%2f..%2fetc%2fpasswd", "%00", "%ff", "%c0%ae", "a%00b", "'%3B%20DROP%20TABLE%20recordings%3B%20--", "-1", "99999999999999999999", "1e9",
                                             "%F0%9F%98%80", "%20", "a%20b", "%2a", "%25", std::string(5000, 'a'), "r1%0d%0aX%3a%20y", "null", "%7B%7D"};

}  // namespace

TEST_CASE("names in paths that are no names lead nowhere, for every operation") {
  Attack attack;
  int tried = 0;
  for (const Operation& operation : operations()) {
    const Row& row = rows().at(operation.id);
    for (const json& parameter : attack.parameters(operation)) {
      if (parameter["in"] != "path") continue;
      for (const std::string& hostile : kHostileNames) {
        // A group is its members: a name that it may have makes one.
        if (operation.id == "add_member" && parameter["name"] == "name" && std::regex_match(hostile, std::regex("[A-Za-z0-9_][A-Za-z0-9._-]{0,63}"))) continue;
        const std::string target = filled(operation.path, row.target, parameter["name"], hostile);
        INFO(operation.id << ": " << target.substr(0, 120));
        const int status = attack.status(operation, target, row.body);
        // And whoever is not there leaves it all the same.
        CHECK((refused(status) || (operation.id == "remove_member" && status == 204)));
        ++tried;
      }
    }
  }
  CHECK(tried > 500);
  CHECK(catalog::Groups(*attack.core->catalog).list()->empty());
}

TEST_CASE("bodies that lack what is needed, have other types, more or too much, or bad UTF-8, are refused by every operation and change nothing") {
  Attack attack;
  const auto ledger = [&] {
    catalog::LedgerQuery query;
    query.event = catalog::LedgerEvent::configuration;
    query.limit = 500;
    const auto entries = catalog::Ledger(*attack.core->catalog).find(query).value();
    return std::count_if(entries.begin(), entries.end(), [](const catalog::LedgerEntry& entry) { return entry.details.find("\"denied\"") == std::string::npos; });
  };
  attack.as("mighty", Method::get, "/");
  const auto before = ledger();
  int tried = 0;
  for (const Operation& operation : operations()) {
    const json schema = attack.body_schema(operation);
    if (schema.is_null()) continue;
    const Row& row = rows().at(operation.id);
    const auto refuses = [&](const std::string& body) {
      INFO(operation.id << ": " << body.substr(0, 200));
      CHECK(refused(attack.status(operation, row.target, body)));
      ++tried;
    };
    for (const char* body : {"{", "[]", "null", "7", "\"x\"", "[{}]", "{\"\":}", "{}{}", "\xff", "{\"a\":\"\xed\xa0\x80\"}"}) refuses(body);
    refuses(std::string(100'000, '['));
    const json good = *row.body == '\0' ? json::object() : json::parse(row.body);
    json more = good;
    more["there_is_no_such_member"] = 1;
    refuses(more.dump());
    for (const json& name : schema.value("required", json::array())) {
      json less = good;
      less.erase(name.get<std::string>());
      refuses(less.dump());
    }
    const json members = schema.value("properties", json::object());
    for (const auto& [name, member] : members.items()) {
      const json one = attack.resolved(member);
      for (const json& value : wrong_values(one)) {
        json bad = good;
        bad[name] = value;
        refuses(bad.dump());
      }
      if (!may_be(one, "string")) continue;
      json bad = good;
      bad[name] = "PLACE";
      std::string text = bad.dump();
      refuses(text.replace(text.find("PLACE"), 5, "a\xc3\x28" "b"));
    }
  }
  CHECK(tried > 500);
  // Nothing of it was carried out for anybody.
  CHECK(ledger() == before);
}

TEST_CASE("parameters that are not what the contract says are refused by every operation, and others break none") {
  Attack attack;
  int tried = 0;
  for (const Operation& operation : operations()) {
    const Row& row = rows().at(operation.id);
    const std::string path = std::string(row.target).substr(0, std::string(row.target).find('?'));
    for (const json& parameter : attack.parameters(operation)) {
      if (parameter["in"] != "query") continue;
      const json schema = attack.resolved(parameter["schema"]);
      const bool number = may_be(schema, "integer"), typed = number || schema.contains("enum") || schema.value("format", "") == "date-time";
      std::string others;
      const auto of_row = query_of(row.target).value();
      for (const auto& [name, value] : of_row) {
        if (name != parameter["name"]) others += "&" + name + "=" + value;
      }
      for (const std::string value : {"", "nonsense", "-1", "1e3", "99999999999999999999", "2026-13-45T99:99:99Z", "%27%20OR%201%3D1%20--", "%22%2a%22%20NEAR(", "%ff", "%00", "%zz"}) {
        INFO(operation.id << ": " << parameter["name"] << "=" << value);
        const int status = attack.status(operation, path + "?" + parameter["name"].get<std::string>() + "=" + value + others, row.body);
        CHECK(status < 500);
        if (typed || value == "%ff" || value == "%00" || value == "%zz") CHECK(refused(status));
        ++tried;
      }
    }
  }
  CHECK(tried > 200);
}

TEST_CASE("headers that make no sense break no operation") {
  Attack attack;
  for (const Operation& operation : operations()) {
    const Row& row = rows().at(operation.id);
    INFO(operation.id);
    if (operation.method == Method::post && !operation.roles.contains("anyone")) {
      for (const std::string& key : {std::string("short"), std::string(65, 'a'), std::string("no spaces in it"), std::string("\xff\xff\xff\xff\xff\xff\xff\xff")}) {
        CHECK(attack.status(operation, row.target, row.body, [&](Request& request) { request.headers["idempotency-key"] = key; }) == 400);
      }
    }
    if (operation.method == Method::put || operation.method == Method::del) {
      CHECK(refused(attack.status(operation, row.target, row.body, [](Request& request) { request.headers["if-match"] = "\"another\""; })));
    }
    const auto spoilt = [&](const char* header, const char* value) {
      return attack.status(operation, row.target, row.body, [&](Request& request) {
        request.headers["idempotency-key"] = "short";  // so that nothing is done
        if (operation.method != Method::get) request.headers["if-match"] = "\"another\"";
        request.headers[header] = value;
      });
    };
    for (const char* range : {"bytes=99999999999999999999-", "bytes=-", "lines=1"}) CHECK(spoilt("range", range) < 500);
    if (*row.body != '\0') CHECK(spoilt("content-type", "text/plain") == 415);
  }
}
