#include "gateway/serve/admin.h"

#include <sys/socket.h>
#include <sys/un.h>

#include <set>

#include "storage/catalog/visible_text.h"
#include "tests/unit/gateway/serve/gateway_fixture.h"

using namespace frostgate;
using namespace frostgate::serve;
using Catch::Matchers::Contains;
using nlohmann::json;

namespace {

Result<AdminReply> ask(Gateway& gateway, json body) {
  ipc::Message question = message(std::move(body));
  return administer(*gateway.core, question, kNow);
}

json answer(Gateway& gateway, json body) {
  auto reply = ask(gateway, std::move(body));
  INFO((reply ? std::string() : reply.error().message));
  REQUIRE(reply);
  return reply.value().body;
}

ErrorKind refusal(Gateway& gateway, json body) {
  const auto reply = ask(gateway, std::move(body));
  REQUIRE_FALSE(reply);
  return reply.error().kind;
}

json new_target(const std::string& name) {
  return {{"type", "target.add"}, {"name", name},     {"protocol", "vnc"},   {"host", "10.0.0.7"},        {"port", 5900},
          {"user", "root"},       {"domain", "CORP"}, {"certificate", ""},   {"credential", kCredential}, {"tags", {{"env", "test"}}}};
}

void add_recording(Gateway& gateway, const std::string& id, const std::string& user = "anna") {
  catalog::Recording row;
  row.id = id;
  row.user = user;
  row.target = "dc1";
  row.rule = "operators";
  row.policy_digest = gateway.core->policy->digest();
  row.started = kNow;
  REQUIRE(catalog::Recordings(*gateway.core->catalog).create(row));
}

}  // namespace

TEST_CASE("each member of each request that is missing or of another type is named") {
  Gateway gateway;
  add_recording(gateway, "r1");
  const std::set<std::string> optional{"tags"};
  for (const json& whole : {json{{"type", "user.add"}, {"name", "zoe"}, {"password", ""}},
                            json{{"type", "user.disable"}, {"name", "anna"}},
                            new_target("new"),
                            json{{"type", "target.remove"}, {"name", "dc1"}},
                            json{{"type", "ticket.issue"}, {"user", "anna"}, {"target", "kiosk"}, {"seconds", 60}, {"front", "vnc"},
                                 {"source_address", ""}},
                            json{{"type", "recordings.list"}, {"limit", 10}, {"cursor", ""}},
                            json{{"type", "recordings.show"}, {"id", "r1"}},
                            json{{"type", "recordings.segments"}, {"id", "r1"}},
                            json{{"type", "recordings.segment"}, {"id", "r1"}, {"generation", 1}, {"part", 0}, {"index", 0}}}) {
    for (const auto& [name, value] : whole.items()) {
      if (name == "type") continue;
      INFO(whole["type"] << " " << name);
      std::vector<json> wrong{json::array({1}), json(nullptr), json(1.5), json(true)};
      for (const json& other : wrong) {
        json body = whole;
        body[name] = other;
        const auto reply = ask(gateway, body);
        REQUIRE_FALSE(reply);
        CHECK(reply.error().kind == ErrorKind::invalid);
        CHECK_THAT(reply.error().message, Contains("\"" + name + "\""));
      }
      if (optional.count(name)) continue;
      json body = whole;
      body.erase(name);
      const auto reply = ask(gateway, body);
      REQUIRE_FALSE(reply);
      CHECK_THAT(reply.error().message, Contains("\"" + name + "\""));
    }
  }
  CHECK(catalog::Users(*gateway.core->catalog).list().value().size() == 4);
  CHECK(catalog::Targets(*gateway.core->catalog).list().value().size() == 4);
}

TEST_CASE("an unknown request is named") {
  Gateway gateway;
  const auto reply = ask(gateway, {{"type", "user.ad"}});
  REQUIRE_FALSE(reply);
  CHECK(reply.error().kind == ErrorKind::unsupported);
  CHECK_THAT(reply.error().message, Contains("user.ad"));
  CHECK(refusal(gateway, {{"type", ""}}) == ErrorKind::unsupported);
}

TEST_CASE("a user that was added can log in until disabled, and no hash is ever shown") {
  Gateway gateway;
  CHECK(answer(gateway, {{"type", "user.add"}, {"name", "zoe"}, {"password", "pw"}}) == json{{"name", "zoe"}, {"password", true}});
  const auto login = [&] { return gateway.core->access->by_password("zoe@dc1", Secret::from_text("pw"), "a", kNow).has_value(); };
  CHECK(login());
  CHECK(refusal(gateway, {{"type", "user.add"}, {"name", "zoe"}, {"password", ""}}) == ErrorKind::exists);
  CHECK(refusal(gateway, {{"type", "user.add"}, {"name", "a b"}, {"password", ""}}) == ErrorKind::invalid);
  CHECK(refusal(gateway, {{"type", "user.disable"}, {"name", "nobody"}}) == ErrorKind::not_found);
  answer(gateway, {{"type", "user.disable"}, {"name", "zoe"}});
  CHECK_FALSE(login());
  const json users = answer(gateway, {{"type", "user.list"}});
  CHECK(users["users"].size() == 5);
  CHECK(users.dump().find("argon2") == std::string::npos);
}

TEST_CASE("a target keeps what it was given, and its credential is never shown") {
  Gateway gateway;
  answer(gateway, new_target("new"));
  const auto target = catalog::Targets(*gateway.core->catalog).find("new");
  REQUIRE(target);
  CHECK(target.value().protocol == catalog::Protocol::vnc);
  CHECK(target.value().port == 5900);
  CHECK(target.value().domain == "CORP");
  CHECK(target.value().tags == std::map<std::string, std::string>{{"env", "test"}});
  const auto credential = gateway.core->kek->unwrap(target.value().wrapped_credential, "credential of target new");
  REQUIRE(credential);
  CHECK(credential.value().text() == kCredential);
  CHECK(answer(gateway, {{"type", "target.list"}}).dump().find(kCredential) == std::string::npos);

  CHECK(refusal(gateway, new_target("new")) == ErrorKind::exists);
  answer(gateway, {{"type", "target.remove"}, {"name", "new"}});
  CHECK(refusal(gateway, {{"type", "target.remove"}, {"name", "new"}}) == ErrorKind::not_found);
}

TEST_CASE("a target with a protocol, a tag or a certificate that is none is refused, not guessed at") {
  Gateway gateway;
  for (const char* protocol : {"", "RDP", "ssh"}) {
    json body = new_target("new");
    body["protocol"] = protocol;
    CHECK(refusal(gateway, body) == ErrorKind::invalid);
  }
  json tags = new_target("new");
  tags["tags"] = {{"env", 1}};
  CHECK(refusal(gateway, tags) == ErrorKind::invalid);
  json certificate = new_target("new");
  certificate["certificate"] = "abc";
  CHECK(refusal(gateway, certificate) == ErrorKind::invalid);
  json port = new_target("new");
  port["port"] = 65536;
  CHECK(refusal(gateway, port) == ErrorKind::invalid);
  json untagged = new_target("new");
  untagged.erase("tags");
  answer(gateway, untagged);
}

TEST_CASE("tickets are for users and targets that are there, for a day at most, and for VNC a minute") {
  Gateway gateway;
  const auto issue = [](const char* user, const char* target, std::int64_t seconds) {
    return json{{"type", "ticket.issue"}, {"user", user}, {"target", target}, {"seconds", seconds}, {"front", "vnc"},
                {"source_address", ""}};
  };
  const json ticket = answer(gateway, issue("anna", "kiosk", 60));
  CHECK(ticket["ticket"].get<std::string>().size() == 8);
  CHECK(ticket["expires"] == "2027-01-15T08:01:00.000Z");
  CHECK(refusal(gateway, issue("nobody", "kiosk", 60)) == ErrorKind::not_found);
  CHECK(refusal(gateway, issue("anna", "nowhere", 60)) == ErrorKind::not_found);
  CHECK(refusal(gateway, issue("gone", "kiosk", 60)) == ErrorKind::denied);
  CHECK(refusal(gateway, issue("anna", "kiosk", 0)) == ErrorKind::invalid);
  CHECK(refusal(gateway, issue("anna", "kiosk", 61)) == ErrorKind::invalid);  // eight characters
  const auto with_seconds = [&](std::int64_t seconds) {
    json question = issue("anna", "dc1", seconds);
    question["front"] = "rdp";
    return question;
  };
  CHECK(answer(gateway, with_seconds(86'400))["ticket"].get<std::string>().size() > 20);
  CHECK(refusal(gateway, with_seconds(86'401)) == ErrorKind::invalid);
}

TEST_CASE("an .rdp file redirects the clipboard and comes back by itself as the rule of its user and target says") {
  Gateway gateway;
  gateway.core->policy.replace(policy::Policy::parse(R"(rules:
  - {name: quick, users: anna, targets: kiosk, allow: true, session: {reconnect_grace: 0}, clipboard: {to_client: text}}
  - {name: plain, users: anna, targets: dc1, allow: true}
)", "test").value());
  const auto setting = [&](const char* target, const std::string& name) {
    const auto reply = ask(gateway, {{"type", "ticket.issue"}, {"user", "anna"}, {"target", target}, {"seconds", 60}, {"front", "rdp"},
                                     {"source_address", ""}, {"rdp_file", "one-click"}, {"address", "gw.example:3389"}});
    REQUIRE(reply);
    const auto bytes = ipc::from_memory_file(reply.value().descriptors.at(0), 1 << 20).value();
    std::string text;
    for (std::size_t i = 2; i < bytes.size(); i += 2) text += static_cast<char>(bytes[i]);
    const std::size_t at = text.find(name + ":i:");
    REQUIRE(at != std::string::npos);
    return text.substr(at + name.size() + 3, 1);
  };
  CHECK(setting("kiosk", "redirectclipboard") == "1");
  CHECK(setting("kiosk", "autoreconnection enabled") == "0");
  CHECK(setting("dc1", "redirectclipboard") == "0");
  CHECK(setting("dc1", "autoreconnection enabled") == "1");
}

TEST_CASE("recordings are listed by page and filter, shown with their report, and have no film before redaction") {
  Gateway gateway;
  for (int i = 0; i < 5; ++i) add_recording(gateway, "r" + std::to_string(i), i == 0 ? "carl" : "anna");
  const json list{{"type", "recordings.list"}, {"limit", 2}, {"cursor", ""}};
  std::vector<std::string> seen;
  for (json page = answer(gateway, list);; page = answer(gateway, {{"type", "recordings.list"}, {"limit", 2}, {"cursor", page["next"]}})) {
    for (const json& row : page["recordings"]) seen.push_back(row["id"]);
    if (page["next"] == "") break;
  }
  CHECK(seen == std::vector<std::string>{"r4", "r3", "r2", "r1", "r0"});
  json of_carl = list;
  of_carl["user"] = "carl";
  CHECK(answer(gateway, of_carl)["recordings"].at(0)["id"] == "r0");
  json elsewhere = list;
  elsewhere["target"] = "kiosk";
  CHECK(answer(gateway, elsewhere)["recordings"].empty());
  REQUIRE(catalog::VisibleText(*gateway.core->catalog).replace("r2", {{{}, {}, {}, "systemctl restart nginx"}}));
  json with_text = list;
  with_text["text"] = "nginx";
  CHECK(answer(gateway, with_text)["recordings"].at(0)["id"] == "r2");
  with_text["tags"] = {{"environment", "production"}};
  CHECK(answer(gateway, with_text)["recordings"].empty());
  json greedy = list;
  greedy["limit"] = 501;
  CHECK(refusal(gateway, greedy) == ErrorKind::invalid);

  auto shown = ask(gateway, {{"type", "recordings.show"}, {"id", "r1"}});
  REQUIRE(shown);
  CHECK(shown.value().body["recording"]["status"] == "recording");
  REQUIRE(shown.value().descriptors.size() == 1);
  CHECK(ipc::from_memory_file(shown.value().descriptors[0], 100));
  CHECK(refusal(gateway, {{"type", "recordings.show"}, {"id", "../r1"}}) == ErrorKind::not_found);
  CHECK(refusal(gateway, {{"type", "recordings.segments"}, {"id", "r1"}}) == ErrorKind::not_found);
  CHECK(refusal(gateway, {{"type", "recordings.segment"}, {"id", "r1"}, {"generation", 1}, {"part", 0}, {"index", 0}}) ==
        ErrorKind::not_found);
}

TEST_CASE("an answer that is too large for a message is an error that says so, the next request is answered, and its peer is who the kernel says") {
  Gateway gateway;
  for (const char* name : {"large-1", "large-2"}) {
    json target = new_target(name);
    target["tags"]["note"] = std::string(600'000, 'x');
    answer(gateway, target);
  }
  const auto socket = AdminSocket::open(*gateway.core);
  REQUIRE(socket);
  sockaddr_un where{};
  where.sun_family = AF_UNIX;
  const std::string path = gateway.core->config.control_socket().string();
  path.copy(where.sun_path, sizeof where.sun_path - 1);
  Descriptor connection(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  REQUIRE(connect(connection.fd(), reinterpret_cast<const sockaddr*>(&where), sizeof where) == 0);
  ipc::Channel channel(std::move(connection));
  REQUIRE(channel.send({{"type", "target.list"}}));
  const auto refused = channel.receive(std::chrono::seconds(30));
  REQUIRE((refused && refused.value()));
  CHECK(refused.value()->type() == "error");
  CHECK_THAT(refused.value()->text("message").value(), Contains("1 MiB"));
  REQUIRE(channel.send({{"type", "user.list"}}));
  const auto users = channel.receive(std::chrono::seconds(30));
  REQUIRE((users && users.value()));
  CHECK(users.value()->type() == "ok");

  // The peer's name is the kernel's word, not the message's.
  add_recording(gateway, "held");
  REQUIRE(channel.send({{"type", "hold.add"}, {"id", "held"}, {"reason", "lawsuit"}, {"by", "carl"}}));
  const auto held = channel.receive(std::chrono::seconds(30));
  REQUIRE((held && held.value()));
  REQUIRE(held.value()->type() == "ok");
  const std::string by = answer(gateway, {{"type", "hold.list"}})["holds"].at(0)["by"];
  CHECK_THAT(by, Contains("@" + gateway.core->node + " on the command line"));
}

TEST_CASE("a target's host is a name or an address, and nothing that a page or a resolver would take for something else") {
  Gateway gateway;
  for (const char* host : {"dc7.corp.example", "10.0.0.7", "fe80::1%eth0", "host_7"}) {
    json wish = new_target("host-" + std::to_string(std::string(host).size()));
    wish["host"] = host;
    CHECK(ask(gateway, wish));
  }
  for (const char* host : {"", "<img src=x onerror=alert(1)>", "a b", "-o", "a/b", "a\nb", "münchen"}) {
    json wish = new_target("hostile");
    wish["host"] = host;
    CHECK(refusal(gateway, wish) == ErrorKind::invalid);
  }
}
