#include "gateway/serve/audit.h"

#include "gateway/serve/admin.h"
#include "gateway/serve/policy_requests.h"
#include "gateway/serve/relay_broker.h"
#include "storage/catalog/database.h"
#include "tests/unit/gateway/serve/gateway_fixture.h"

using namespace frostgate;
using namespace frostgate::serve;
using catalog::LedgerEvent;
using nlohmann::json;

namespace {

// Of one kind, oldest first, as they are shown.
std::vector<json> entries(Gateway& gateway, std::optional<LedgerEvent> event = std::nullopt) {
  catalog::LedgerQuery query;
  query.event = event;
  const auto found = catalog::Ledger(*gateway.core->catalog).find(query);
  REQUIRE(found);
  std::vector<json> out;
  for (auto entry = found.value().rbegin(); entry != found.value().rend(); ++entry) {
    out.push_back(to_json(*entry));
    // Whoever has an export can compute the digests again.
    if (out.back().contains("detail")) CHECK(out.back()["detail"].dump() == entry->details);
  }
  return out;
}

void sql(Gateway& gateway, const std::string& statement) {
  REQUIRE(gateway.core->catalog->database().write([&](soci::session& session) -> Result<void> {
    session << statement;
    return {};
  }));
}

Result<AdminReply> ask(Gateway& gateway, json body, const std::string& by) {
  ipc::Message question = message(std::move(body));
  return administer(*gateway.core, question, kNow, by);
}

RelayBroker::Reply login(RelayBroker& broker, const std::string& user, const std::string& password) {
  ipc::Message question = message({{"type", "authenticate"}, {"user", user}, {"domain", ""}, {"password", password}});
  return broker.handle(question, kNow);
}

}  // namespace

TEST_CASE("a login, a refused one, and what the policy said are noted with who, where from, and the rule") {
  Gateway gateway;
  RelayBroker wrong(*gateway.core, {"s1", FrontKind::rdp, "192.0.2.7"}), right(*gateway.core, {"s2", FrontKind::rdp, "192.0.2.7"}),
      barred(*gateway.core, {"s3", FrontKind::vnc, "192.0.2.8"});
  CHECK(login(wrong, "anna@dc1", "not it").body["type"] == "denied");
  CHECK(login(right, "anna@dc1", kPassword).body["type"] == "admitted");
  CHECK(login(barred, "anna@vault", kPassword).body["type"] == "denied");

  const auto logins = entries(gateway, LedgerEvent::login);
  REQUIRE(logins.size() == 3);
  CHECK(logins[0]["detail"]["accepted"] == false);
  CHECK(logins[0]["detail"]["address"] == "192.0.2.7");
  CHECK(logins[0]["actor"] == "");
  CHECK(logins[1]["detail"]["accepted"] == true);
  CHECK(logins[1]["actor"] == "anna");
  CHECK(logins[1]["subject"] == "s2");
  for (const json& entry : logins) CHECK(entry.dump().find(kPassword) == std::string::npos);

  const auto decisions = entries(gateway, LedgerEvent::decision);
  REQUIRE(decisions.size() == 2);
  CHECK(decisions[0]["detail"]["allowed"] == true);
  CHECK(decisions[0]["detail"]["rule"] == "operators");
  CHECK(decisions[0]["detail"]["policy"] == gateway.core->policy->digest());
  CHECK(decisions[1]["detail"]["allowed"] == false);
  CHECK(decisions[1]["detail"]["rule"] == "nobody opens the vault");
  CHECK(decisions[1]["detail"]["target"] == "vault");
}

TEST_CASE("nobody gets in whose login cannot be noted") {
  Gateway gateway;
  sql(gateway, "CREATE TRIGGER no BEFORE INSERT ON ledger BEGIN SELECT RAISE(ABORT, 'no'); END");
  RelayBroker broker(*gateway.core, {"s1", FrontKind::rdp, "192.0.2.7"});
  CHECK(login(broker, "anna@dc1", kPassword).body["type"] == "denied");
  CHECK_FALSE(broker.admitted());
}

TEST_CASE("each change of configuration is noted with who made it, and without what is secret") {
  Gateway gateway;
  REQUIRE(ask(gateway, {{"type", "user.add"}, {"name", "zoe"}, {"password", "a long secret of zoe"}}, "root"));
  REQUIRE(ask(gateway, {{"type", "target.credential"}, {"name", "dc1"}, {"credential", "another secret of dc1"}}, "ops on the command line"));
  REQUIRE(ask(gateway, {{"type", "role.bind"}, {"role", "auditor"}, {"subject_kind", "user"}, {"subject", "zoe"}, {"scope", "*"}}, "root"));
  REQUIRE(ask(gateway, {{"type", "user.list"}}, "root"));
  REQUIRE_FALSE(ask(gateway, {{"type", "target.remove"}, {"name", "nothing of that name"}}, "root"));
  const auto noted = entries(gateway, LedgerEvent::configuration);
  REQUIRE(noted.size() == 3);
  CHECK(noted[0]["subject"] == "zoe");
  CHECK(noted[0]["actor"] == "root");
  CHECK(noted[1]["detail"] == json{{"request", "target.credential"}});
  CHECK(noted[1]["actor"] == "ops on the command line");
  CHECK(noted[2]["detail"]["role"] == "auditor");
  CHECK(noted[2]["detail"]["scope"] == "*");
  for (const json& entry : entries(gateway)) CHECK(entry.dump().find("secret") == std::string::npos);
}

TEST_CASE("the command line lists, filters and verifies the audit log") {
  Gateway gateway;
  for (const char* name : {"u1", "u2", "u3"}) REQUIRE(ask(gateway, {{"type", "user.add"}, {"name", name}, {"password", ""}}, "root"));
  const auto listed = [&](json request) {
    request["type"] = "audit.list";
    const auto reply = ask(gateway, request, "root");
    REQUIRE(reply);
    std::vector<std::string> subjects;
    for (const json& entry : reply.value().body["entries"]) subjects.push_back(entry["subject"]);
    return subjects;
  };
  using Subjects = std::vector<std::string>;
  CHECK(listed({{"limit", 2}, {"before", 0}}) == Subjects{"u3", "u2"});
  CHECK(listed({{"limit", 2}, {"before", 2}}) == Subjects{"u1"});
  CHECK(listed({{"limit", 2}, {"after", 1}}) == Subjects{"u2", "u3"});
  CHECK(listed({{"limit", 9}, {"before", 0}, {"subject", "u2"}, {"event", "configuration"}}) == Subjects{"u2"});
  CHECK(listed({{"limit", 9}, {"before", 0}, {"actor", "nobody"}}).empty());
  CHECK(ask(gateway, {{"type", "audit.list"}, {"limit", 1}, {"before", 0}, {"event", "nonsense"}}, "root").error().kind == ErrorKind::invalid);
  const auto good = ask(gateway, {{"type", "audit.verify"}}, "root");
  REQUIRE(good);
  CHECK(good.value().body["problems"].empty());
  CHECK(good.value().body["entries"] == 3);
  sql(gateway, "DELETE FROM ledger WHERE number = 2");
  const auto bad = ask(gateway, {{"type", "audit.verify"}}, "root");
  REQUIRE(bad);
  CHECK_THAT(bad.value().body["problems"].dump(), Catch::Contains("ledger: entries between 1 and 3 are missing"));
}

TEST_CASE("a policy that comes into force, and one that is refused, are noted") {
  Gateway gateway;
  const std::string before = gateway.core->policy->digest();
  write_file(gateway.core->config.policy, "rules: nonsense\n");
  reload_policy(*gateway.core, kNow);
  write_file(gateway.core->config.policy, "rules:\n  - {name: all, users: \"*\", targets: \"*\", allow: true}\n");
  reload_policy(*gateway.core, kNow);
  const auto noted = entries(gateway, LedgerEvent::policy);
  REQUIRE(noted.size() == 2);
  CHECK(noted[0]["detail"]["taken"] == false);
  CHECK(noted[0]["subject"] == before);
  CHECK(noted[1]["detail"]["taken"] == true);
  CHECK(noted[1]["detail"]["before"] == before);
  CHECK(noted[1]["subject"] == gateway.core->policy->digest());
  CHECK(noted[1]["subject"] != before);
}

TEST_CASE("long texts are cut, and bytes that are no text replaced, so that a page fits a message") {
  Gateway gateway;
  REQUIRE(audit(*gateway.core, LedgerEvent::configuration, "x", "", {{"reason", std::string(5000, 'r')}, {"list", {std::string(5000, '\xff')}}}, kNow));
  const auto noted = entries(gateway);
  CHECK(noted[0]["detail"]["reason"].get<std::string>().size() == 1003);
  CHECK(noted[0]["detail"]["list"][0].get<std::string>().starts_with("\xef\xbf\xbd"));
}
