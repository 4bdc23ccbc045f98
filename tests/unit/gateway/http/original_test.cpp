#include "storage/catalog/ledger.h"
#include "storage/catalog/originals.h"
#include "storage/crypto/hex.h"
#include "storage/custody/shares.h"
#include "tests/unit/gateway/http/api_fixture.h"

using namespace frostgate;
using namespace frostgate::http;

namespace {

const std::string kSealedAuditor = "role-auditor-own";

// A film of a second whose original is sealed for three custodians, two of whom open it.
struct Sealed : ApiGateway {
  Sealed() {
    auto policy = policy::Policy::parse(R"(rules:
  - name: operators
    users: "*"
    targets: "*"
    allow: true
    original: sealed
    gates: {watch-original: {approval: {users: [role-approver-own]}}}
)", "test");
    INFO((policy ? std::string() : policy.error().message));
    REQUIRE(policy);
    core->policy.replace(std::move(policy).value());
    serve::publish_film(*core, "r1", catalog::Original::sealed);
    const Secret key = storage::new_data_key().value();
    REQUIRE(catalog::Keys(*core->catalog).add("r1", catalog::KeyKind::journal, core->kek->wrap(key, serve::key_context("r1", "journal")).value(), kNow));
    catalog::SealedOriginal original{"r1", kNow, 2, std::string(64, 'a'), {}};
    shares = storage::split_key(key, "r1", 2, 3).value();
    for (int number = 1; number <= 3; ++number) {
      original.shares.push_back({"CN=custodian " + std::to_string(number), std::string(63, 'b') + std::to_string(number), {std::byte{0x30}, static_cast<std::byte>(number)}});
    }
    REQUIRE(catalog::Originals(*core->catalog).seal(original));
  }

  Answer post(const std::string& user, const std::string& path, const json& body = json::object()) { return ask(user, Method::post, "/api/v1" + path, body.dump()); }
  Answer get(const std::string& user, const std::string& path) { return ask(user, Method::get, "/api/v1" + path); }
  Answer wish(const json& more) {
    json body{{"kind", "watch-original"}, {"recording", "r1"}, {"from", 0.25}, {"to", 0.75}, {"area", {10, 20, 30, 40}}, {"reason", "a dispute"}};
    body.update(more);
    return post(kSealedAuditor, "/requests", body);
  }
  std::string approved() {
    const Answer asked = wish(json::object());
    REQUIRE(asked.status == 201);
    const std::string id = asked.body["id"];
    REQUIRE(post(kApprover, "/requests/" + id + "/decision", {{"approve", true}}).status == 200);
    return id;
  }
  Answer give(const std::string& user, const std::string& request, std::size_t share) { return give(user, request, storage::to_hex(shares[share].bytes())); }
  Answer give(const std::string& user, const std::string& request, const std::string& digits) {
    return post(user, "/recordings/r1/original/openings/" + request + "/shares", {{"share", digits}});
  }
  json opening() { return get(kSealedAuditor, "/recordings/r1/original").body["openings"][0]; }

  std::vector<Secret> shares;
};

}  // namespace

TEST_CASE("the state of an original says for whom it is sealed, and who wants to see what") {
  Sealed gateway;
  const Answer state = gateway.get(kApprover, "/recordings/r1/original");
  REQUIRE(state.status == 200);
  CHECK(state.body["kept"] == true);
  CHECK(state.body["threshold"] == 2);
  CHECK(state.body["custodians"][1]["subject"] == "CN=custodian 2");
  CHECK(state.body["openings"].empty());
  const std::string request = gateway.wish(json::object()).body["id"];
  const json opening = gateway.opening();
  CHECK(opening["request"] == request);
  CHECK(opening["area"] == json{10, 20, 30, 40});
  CHECK(opening["from"] == 0.25);
  CHECK(opening["mine"] == true);
  CHECK(opening["state"].is_null());
  const Answer share = gateway.get(kApprover, "/recordings/r1/original/shares/2");
  CHECK(share.text == "\x30\x02");
  CHECK(gateway.get(kApprover, "/recordings/r1/original/shares/4").status == 404);
  CHECK(gateway.get(kApprover, "/recordings/r1/original/shares/0").status == 404);
}

TEST_CASE("an original is asked for by a span and a part of the screen, within the film") {
  Sealed gateway;
  CHECK(gateway.wish({{"area", {10, 20, 0, 40}}}).status == 422);
  CHECK(gateway.wish({{"area", {10, 20, 30}}}).status == 422);
  CHECK(gateway.wish({{"area", {-1, 20, 30, 40}}}).status == 422);
  CHECK(gateway.wish({{"area", "all"}}).status == 422);
  CHECK(gateway.wish({{"to", 1000}}).status == 422);
  CHECK(gateway.wish({{"from", 0.8}}).status == 422);
  serve::publish_film(*gateway.core, "r2");  // it keeps none
  CHECK(gateway.wish({{"recording", "r2"}}).status == 409);
  CHECK(gateway.post("role-auditor-foreign", "/requests", {{"kind", "watch-original"}, {"recording", "r1"}, {"reason", "x"}}).status == 404);
  CHECK(gateway.post(kOperator, "/requests", {{"kind", "watch-original"}, {"recording", "r1"}, {"reason", "x"}}).status == 404);
}

TEST_CASE("shares are taken for an approved request alone, from others than who asked, each once") {
  Sealed gateway;
  const std::string waiting = gateway.wish(json::object()).body["id"];
  CHECK(gateway.give(kApprover, waiting, 0).status == 409);
  REQUIRE(gateway.post(kApprover, "/requests/" + waiting + "/decision", {{"approve", true}}).status == 200);
  CHECK(gateway.give(kSealedAuditor, waiting, 0).status == 403);
  CHECK(gateway.give("role-approver-foreign", waiting, 0).status == 404);
  CHECK(gateway.give(kApprover, waiting, std::string("00")).status == 422);
  CHECK(gateway.give(kApprover, waiting, std::string("0")).status == 422);
  CHECK(gateway.give(kApprover, waiting, std::string("zz")).status == 422);
  CHECK(gateway.give(kApprover, waiting, std::string(2000, 'a')).status == 422);
  const auto foreign = storage::split_key(storage::new_data_key().value(), "r2", 2, 3).value();
  CHECK(gateway.give(kApprover, waiting, storage::to_hex(foreign[0].bytes())).body["detail"].get<std::string>().find("r2") != std::string::npos);
  const Answer first = gateway.give(kApprover, waiting, 0);
  REQUIRE(first.status == 200);
  CHECK(first.body["given"][0]["number"] == 1);
  CHECK(first.body["given"][0]["by"] == kApprover);
  CHECK(first.body["state"] == "collecting");
  CHECK(gateway.give(kCompliance, waiting, 0).status == 409);
  const auto other = storage::split_key(storage::new_data_key().value(), "r1", 2, 3).value();
  CHECK(gateway.give(kCompliance, waiting, storage::to_hex(other[1].bytes())).status == 422);  // of another splitting
  CHECK(gateway.opening()["given"].size() == 1);
  CHECK(gateway.give(kCompliance, waiting, 2).body["given"].size() == 2);
  const catalog::LedgerEntry last = catalog::Ledger(*gateway.core->catalog).last().value();
  CHECK(last.event == catalog::LedgerEvent::key);
  CHECK(last.actor == kCompliance);
  CHECK(last.details.find("\"custodian\":3") != std::string::npos);
}

TEST_CASE("an original is opened by who asked alone, with enough shares, and what was given can be wiped") {
  Sealed gateway;
  const std::string request = gateway.approved(), path = "/recordings/r1/original/openings/" + request;
  CHECK(gateway.post(kSealedAuditor, path).status == 403);
  REQUIRE(gateway.give(kApprover, request, 0).status == 200);
  CHECK(gateway.post(kSealedAuditor, path).body["detail"].get<std::string>().find("1 were given") != std::string::npos);
  CHECK(gateway.post(kCompliance, path).status == 403);
  CHECK(gateway.post("role-auditor-foreign", path).status == 404);
  CHECK(gateway.get(kSealedAuditor, path + "/index").status == 409);
  CHECK(gateway.get(kCompliance, path + "/index").status == 403);
  CHECK(gateway.get(kCompliance, path + "/segments/0/0").status == 403);
  CHECK(gateway.ask(kCompliance, Method::del, "/api/v1" + path).status == 403);
  CHECK(gateway.ask(kSealedAuditor, Method::del, "/api/v1" + path).status == 204);
  CHECK(gateway.opening()["given"].empty());
  CHECK(gateway.opening()["state"].is_null());
  REQUIRE(gateway.post(kApprover, "/requests/" + request + "/revoke").status == 200);
  CHECK(gateway.give(kApprover, request, 0).status == 409);
  CHECK(gateway.post(kSealedAuditor, path).status == 409);
}
