#include <thread>

#include "gateway/serve/decision.h"
#include "storage/catalog/policies.h"
#include "storage/catalog/roles.h"
#include "storage/catalog/sign_ins.h"
#include "storage/catalog/visible_text.h"
#include "tests/unit/gateway/http/api_fixture.h"

using namespace frostgate;
using namespace frostgate::http;

namespace {

const std::string kAuditor = "role-auditor-own";

struct GatedFilm : ApiGateway {
  explicit GatedFilm(const std::string& gate) {
    publish_film(*core, "r1");
    auto policy = policy::Policy::parse("rules:\n  - {name: operators, users: \"*\", targets: \"*\", allow: true, gates: {watch: " + gate + "}}\n", "test");
    INFO((policy ? std::string() : policy.error().message));
    REQUIRE(policy);
    core->policy.replace(std::move(policy).value());
  }

  int status(const std::string& rest) { return ask(kAuditor, Method::get, "/api/v1/recordings/r1" + rest).status; }

  void approve() {
    const auto recording = catalog::Recordings(*core->catalog).find("r1").value();
    const auto film = serve::film_gate(*core, recording, policy::GateKind::watch).value();
    approvals::Wish wish;
    wish.kind = approvals::Kind::watch;
    wish.requester = kAuditor;
    wish.target = recording.target;
    wish.recording = "r1";
    wish.rule = film.rule;
    wish.policy_digest = film.policy_digest;
    wish.gate = film.gate;
    const auto asked = core->approvals->ask(wish, now);
    REQUIRE(asked);
    REQUIRE(core->approvals->decide(asked.value().id, serve::actor_named(*core, "carl"), true, "", now));
  }
};

}  // namespace

TEST_CASE("a film whose rule lets nobody watch is watched by nobody, whatever their role") {
  GatedFilm gateway("{allow: false}");
  for (const char* rest : {"/index", "/segments/2/0/1", "/film/0", "/report"}) CHECK(gateway.status(rest) == 403);
  CHECK(gateway.status("") == 200);
}

TEST_CASE("a film that asks for a reason and a ticket is shown to who has given them, for one sitting") {
  GatedFilm gateway("{reason: required, ticket: \"INC[0-9]+\"}");
  CHECK(gateway.status("/index") == 403);
  CHECK(gateway.status("/report") == 403);
  const auto give = [&](const char* ticket) {
    return gateway.ask(kAuditor, Method::post, "/api/v1/requests", nlohmann::json{{"kind", "watch"}, {"recording", "r1"}, {"reason", "the outage of monday"}, {"ticket", ticket}}.dump());
  };
  CHECK(give("monday").status == 422);
  CHECK(gateway.status("/index") == 403);
  const auto given = give("INC42");
  CHECK(given.status == 201);
  CHECK(given.body["state"] == "approved");
  CHECK(gateway.status("/index") == 200);
  CHECK(gateway.status("/report") == 200);
  CHECK(gateway.ask("role-compliance-own", Method::get, "/api/v1/recordings/r1/index").status == 403);
  for (int i = 0; i < 2; ++i) {
    gateway.now += std::chrono::minutes(29);  // its web session ends with half an hour of idleness
    CHECK(gateway.status("/index") == 200);
  }
  gateway.now += std::chrono::minutes(3);
  CHECK(gateway.status("/index") == 403);
}

TEST_CASE("an approval to watch for a time is used once, and shows all of the film until it is over") {
  GatedFilm gateway("{approval: {users: [carl], use: window, valid_minutes: 20}}");
  gateway.approve();
  CHECK(gateway.status("/index") == 200);
  const auto version = [&] {
    catalog::ApprovalFilter filter;
    filter.requester = kAuditor;
    return gateway.core->approvals->list(filter, gateway.now).value().at(0).version;
  };
  const auto before = version();
  for (const char* rest : {"/segments/2/0/1", "/storyboard", "/thumbnails/0", "/report", "/index"}) CHECK(gateway.status(rest) == 200);
  CHECK(version() == before);
  gateway.now += std::chrono::minutes(21);
  for (const char* rest : {"/index", "/storyboard"}) CHECK(gateway.status(rest) == 403);
}

TEST_CASE("an approval to watch is one sitting: its user watches on until it is over, and nobody else does") {
  GatedFilm gateway("{approval: {users: [carl], valid_minutes: 30}}");
  CHECK(gateway.status("/index") == 403);
  CHECK(gateway.ask(kAuditor, Method::get, "/api/v1/recordings?mask=label.password").body["items"].empty());
  CHECK(gateway.ask(kAuditor, Method::get, "/api/v1/recordings").body["items"].size() == 1);
  gateway.approve();
  CHECK(gateway.status("/index") == 200);
  gateway.now += std::chrono::minutes(29);
  CHECK(gateway.status("/segments/2/0/1") == 200);
  CHECK(gateway.status("/report") == 200);
  CHECK(gateway.ask("role-compliance-own", Method::get, "/api/v1/recordings/r1/index").status == 403);
  gateway.now += std::chrono::minutes(2);
  CHECK(gateway.status("/segments/2/0/1") == 403);
}

TEST_CASE("a page of recordings tells of each film what its own gate lets the asker know") {
  GatedFilm gateway("{approval: {users: [carl], valid_minutes: 30}}");
  publish_film(*gateway.core, "r2");
  publish_film(*gateway.core, "r3");
  // r4 is of a rule that is gone: the policy that it was made under lets everybody watch. That of r5 is gone itself.
  const std::string old = "rules:\n  - {name: formerly, users: \"*\", targets: \"*\", allow: true}\n", digest = policy::Policy::parse(old, "old").value().digest();
  catalog::Recording formerly;
  formerly.id = "r4";
  formerly.target = "dc1";
  formerly.rule = "formerly";
  formerly.policy_digest = digest;
  formerly.started = kNow;
  REQUIRE(catalog::Recordings(*gateway.core->catalog).create(formerly));
  formerly.id = "r5";
  formerly.policy_digest = std::string(64, 'f');
  REQUIRE(catalog::Recordings(*gateway.core->catalog).create(formerly));
  REQUIRE(catalog::Policies(*gateway.core->catalog).keep(digest, old, kNow));
  const auto told = [&](const std::string& user) {
    std::string out;
    const json page = gateway.ask(user, Method::get, "/api/v1/recordings").body;
    for (const json& one : page["items"]) {
      if (one.contains("masks_by_rule")) out += one["id"].get<std::string>() + " ";
    }
    return out;
  };
  CHECK(told(kAuditor) == "r4 ");
  gateway.approve();
  CHECK(told(kAuditor) == "r4 ");
  CHECK(gateway.status("/index") == 200);
  CHECK(told(kAuditor) == "r4 r1 ");
  CHECK(told("role-compliance-own") == "r4 ");
  gateway.now += std::chrono::minutes(29);
  CHECK(told(kAuditor) == "r4 r1 ");
  gateway.now += std::chrono::minutes(2);
  CHECK(told(kAuditor) == "r4 ");
}

TEST_CASE("requests that come at the same moment are one sitting, whichever of them begins it") {
  GatedFilm gateway("{approval: {users: [carl], valid_minutes: 30}}");
  gateway.approve();
  const Request request = gateway.as(kAuditor, Method::get, "/api/v1/recordings/r1/index");
  std::atomic<int> seen{0}, ready{0};
  std::vector<std::thread> all;
  for (int i = 0; i < 8; ++i) {
    all.emplace_back([&] {
      for (++ready; ready < 8;) std::this_thread::yield();
      if (gateway.api.handle(request, gateway.now).status == 200) ++seen;
    });
  }
  for (std::thread& one : all) one.join();
  CHECK(seen == 8);
}

TEST_CASE("looking at the list uses up no approval") {
  GatedFilm gateway("{approval: {users: [carl], valid_minutes: 30}}");
  gateway.approve();
  for (int i = 0; i < 3; ++i) CHECK(gateway.ask(kAuditor, Method::get, "/api/v1/recordings").status == 200);
  CHECK(gateway.status("") == 200);
  for (const char* picture : {"/storyboard", "/thumbnails/0"}) CHECK(gateway.status(picture) == 403);
  CHECK(gateway.status("/index") == 200);
  for (const char* picture : {"/storyboard", "/thumbnails/0"}) CHECK(gateway.status(picture) == 200);
}

TEST_CASE("a film whose rule nobody knows any more is watched by nobody, and the list goes on") {
  ApiGateway gateway;
  publish_film(*gateway.core, "r1");
  catalog::Recording lost;
  lost.id = "r2";
  lost.user = "anna";
  lost.target = "dc1";
  lost.rule = "gone";
  lost.started = serve::kNow;
  REQUIRE(catalog::Recordings(*gateway.core->catalog).create(lost));
  CHECK(gateway.ask(kAuditor, Method::get, "/api/v1/recordings/r2/report").status == 403);
  CHECK(gateway.ask(kAuditor, Method::get, "/api/v1/recordings").body["items"].size() == 2);
}

TEST_CASE("what matches in films that are not open is neither a hit, nor a page, nor a cursor") {
  ApiGateway gateway;
  auto policy = policy::Policy::parse(R"(rules:
  - {name: closed, users: "*", targets: "*", allow: true, gates: {watch: {approval: {users: [carl]}}}}
  - {name: open, users: "*", targets: "*", allow: true}
)", "test");
  REQUIRE(policy);
  gateway.core->policy.replace(std::move(policy).value());
  const auto film = [&](const std::string& id, const std::string& rule, const std::vector<std::string>& texts) {
    catalog::Recording row;
    row.id = id;
    row.user = "anna";
    row.target = "dc1";
    row.rule = rule;
    row.started = serve::kNow;
    REQUIRE(catalog::Recordings(*gateway.core->catalog).create(row));
    REQUIRE(catalog::Recordings(*gateway.core->catalog).set_masks(id, {{rule == "closed" ? "token.secret" : "token.known", 1}}));
    std::vector<catalog::VisibleLine> lines;
    for (const std::string& text : texts) lines.push_back({{}, std::chrono::seconds(1), {0, 0, 64, 16}, text});
    REQUIRE(catalog::VisibleText(*gateway.core->catalog).replace(id, lines));
  };
  film("o1", "open", {"nginx stops", "nginx starts"});
  film("c1", "closed", {"merger", "merger", "nginx"});
  film("c2", "closed", {"merger", "nginx"});
  film("o2", "open", {"nginx fails"});
  film("c3", "closed", {"nginx"});
  const auto pages = [&](const std::string& path, const char* id) {
    std::vector<std::string> seen;
    std::string cursor;
    do {
      const json body = gateway.ask(kAuditor, Method::get, "/api/v1" + path + "&limit=1" + cursor).body;
      REQUIRE(body.contains("items"));
      for (const json& item : body["items"]) seen.push_back(item[id]);
      seen.push_back("|");
      cursor = body["next"].is_null() ? "" : "&cursor=" + body["next"].get<std::string>();
    } while (!cursor.empty());
    return seen;
  };
  using Words = std::vector<std::string>;
  for (const char* path : {"/recordings?q=merger", "/recordings?mask=token.secret"}) CHECK(pages(path, "id") == Words{"|"});
  for (const char* path : {"/search?q=merger", "/search?q=merger&recording=c1"}) CHECK(pages(path, "recording") == Words{"|"});
  for (const char* path : {"/recordings?q=nginx", "/recordings?mask=token.known"}) CHECK(pages(path, "id") == Words{"o2", "|", "o1", "|"});
  CHECK(pages("/search?q=nginx", "recording") == Words{"o2", "|", "o1", "|", "o1", "|"});
  CHECK(pages("/recordings?user=anna", "id") == Words{"c3", "|", "o2", "|", "c2", "|", "c1", "|", "o1", "|"});
}

TEST_CASE("a live film ends with the right to see it") {
  const auto goes_on_after = [](const std::function<void(ApiGateway&)>& change) {
    ApiGateway gateway;
    catalog::Recording live;
    live.id = "live1";
    live.user = "anna";
    live.target = "dc1";
    live.rule = "operators";
    live.started = serve::kNow;
    REQUIRE(catalog::Recordings(*gateway.core->catalog).create(live));
    serve::LiveHub::Source source(gateway.core->live, "live1");
    const Response response = gateway.api.handle(gateway.as(kAuditor, Method::get, "/api/v1/live-sessions/live1/film"), gateway.now);
    REQUIRE(response.status == 200);
    const Stream stream = std::get<Stream>(response.body);
    const auto next = [&] {
      serve::LivePiece piece;
      piece.end = std::chrono::seconds(1);
      piece.bytes = std::make_shared<const std::vector<std::byte>>(3, std::byte{'x'});
      source.show(piece);
      return stream();
    };
    CHECK(next().bytes == "xxx");
    change(gateway);
    const StreamPiece piece = next();
    CHECK(piece.over == piece.bytes.empty());
    return !piece.over;
  };
  CHECK(goes_on_after([](ApiGateway&) {}));
  CHECK_FALSE(goes_on_after([](ApiGateway& gateway) { REQUIRE(catalog::Users(*gateway.core->catalog).disable(kAuditor)); }));
  CHECK_FALSE(goes_on_after([](ApiGateway& gateway) { REQUIRE(catalog::WebSessions(*gateway.core->catalog).end_others(kAuditor, "")); }));
  CHECK_FALSE(goes_on_after([](ApiGateway& gateway) {
    catalog::Roles roles(*gateway.core->catalog);
    const auto bindings = roles.list();
    REQUIRE(bindings);
    for (const catalog::RoleBinding& binding : bindings.value()) {
      if (binding.subject == kAuditor) REQUIRE(roles.unbind(binding.id));
    }
  }));
  CHECK_FALSE(goes_on_after([](ApiGateway& gateway) {
    gateway.core->policy.replace(policy::Policy::parse("rules:\n  - {name: operators, users: \"*\", targets: \"*\", allow: true, gates: {watch: {allow: false}}}\n", "test").value());
  }));
}
