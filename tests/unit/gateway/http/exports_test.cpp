#include <cstdlib>
#include <fstream>

#include "gateway/http/tar.h"
#include "gateway/serve/decision.h"
#include "tests/unit/gateway/http/api_fixture.h"

using namespace frostgate;
using namespace frostgate::http;

namespace {

// A film of a second, whose export somebody has to agree to when `gate` says so.
struct Exporting : ApiGateway {
  explicit Exporting(const std::string& gate = "{allow: true}") {
    publish_film(*core, "r1");
    auto policy = policy::Policy::parse("rules:\n  - {name: operators, users: \"*\", targets: \"*\", allow: true, gates: {export: " + gate + "}}\n", "test");
    INFO((policy ? std::string() : policy.error().message));
    REQUIRE(policy);
    core->policy.replace(std::move(policy).value());
  }

  Answer post(const std::string& user, const std::string& path, const json& body) { return ask(user, Method::post, "/api/v1" + path, body.dump()); }
  Answer begin(const json& from, const json& to, const std::string& reason = "court") {
    return post(kCompliance, "/exports", {{"recording", "r1"}, {"from", from}, {"to", to}, {"reason", reason}});
  }
  void approve(double from, double to) {
    const Answer asked = post(kCompliance, "/requests", {{"kind", "export"}, {"recording", "r1"}, {"from", from}, {"to", to}, {"reason", "court"}});
    REQUIRE(asked.status == 201);
    REQUIRE(post(kApprover, "/requests/" + asked.body["id"].get<std::string>() + "/decision", {{"approve", true}}).status == 200);
  }
};

constexpr const char* kNeedsApproval = "{approval: {users: [role-approver-own]}}";

}  // namespace

TEST_CASE("an export that somebody has to agree to begins only after that, for a span that lies in what was agreed to") {
  Exporting gateway(kNeedsApproval);
  const Answer refused = gateway.begin(0.25, 0.5);
  CHECK((refused.status == 403 && refused.body["code"] == "approval_needed"));
  gateway.approve(0.25, 0.75);
  CHECK(gateway.begin(0.2, 0.5).body["code"] == "approval_needed");
  CHECK(gateway.begin(0.5, 0.8).body["code"] == "approval_needed");
  CHECK(gateway.begin(0.25, 0.75).status == 202);
  CHECK(gateway.begin(0.3, 0.6).status == 202);
}

TEST_CASE("signing uses the approval of an export up, and another span does not") {
  Exporting gateway(kNeedsApproval);
  gateway.approve(0.25, 0.75);
  const auto film = catalog::Recordings(*gateway.core->catalog).find("r1").value();
  const auto pass = [&](Microseconds from, Microseconds to) {
    return serve::pass_film_gate(*gateway.core, film, policy::GateKind::export_film, kCompliance, {"court", {}}, {from, to}, "export", gateway.now).has_value();
  };
  CHECK_FALSE(pass(Microseconds(0), Microseconds(500'000)));
  CHECK_FALSE(pass({}, {}));
  CHECK(pass(Microseconds(250'000), Microseconds(500'000)));
  CHECK_FALSE(pass(Microseconds(250'000), Microseconds(500'000)));
}

TEST_CASE("an export that the policy forbids is refused whoever agrees") {
  Exporting gateway("{allow: false}");
  CHECK(gateway.begin(0, 0.5).body["code"] == "denied");
}

TEST_CASE("an export needs a span that lies in the film, and a reason") {
  Exporting gateway;
  for (const auto& [from, to] : std::vector<std::pair<json, json>>{{0.5, 0.5}, {0.6, 0.5}, {-1, 0.5}, {0, 900}, {nullptr, 1}, {"0", 0.5}, {0, json::array()}}) {
    CHECK(gateway.begin(from, to).status == 422);
  }
  CHECK(gateway.begin(0, 0.5, "").status == 422);
  CHECK(gateway.begin(0, 0.5, std::string(1025, 'x')).status == 422);
  CHECK(gateway.post(kCompliance, "/exports", {{"recording", "r1"}, {"reason", "x"}}).status == 422);
  CHECK(gateway.post(kCompliance, "/exports", {{"recording", "../r1"}, {"from", 0}, {"to", 0.5}, {"reason", "x"}}).status == 404);
}

TEST_CASE("an export is its asker's alone, and of one user there are only so many") {
  Exporting gateway;
  gateway.add("other", "compliance", "*");
  const Answer begun = gateway.begin(0, 0.5, "<script>");
  REQUIRE(begun.status == 202);
  const std::string path = "/api/v1/exports/" + begun.body["id"].get<std::string>();
  CHECK(gateway.ask(kCompliance, Method::get, path).body["reason"] == "<script>");
  for (const Method method : {Method::get, Method::del}) CHECK(gateway.ask("other", method, path).status == 404);
  CHECK(gateway.ask("other", Method::get, path + "/bundle").status == 404);
  CHECK(gateway.ask("other", Method::get, "/api/v1/exports").body["items"].empty());
  // This test's own program is no worker, so nothing comes about.
  CHECK(gateway.ask(kCompliance, Method::get, path + "/bundle").status == 409);
  for (int i = 0; i < 4; ++i) CHECK(gateway.begin(0, 0.5).status == 202);
  CHECK(gateway.begin(0, 0.5).status == 503);
  CHECK(gateway.ask(kCompliance, Method::del, path).status == 204);
  CHECK(gateway.ask(kCompliance, Method::get, path).status == 404);
  CHECK(gateway.begin(0, 0.5).status == 202);
}

TEST_CASE("an archive is what tar takes out of it, read in whatever pieces") {
  const storage::TemporaryDirectory folder;
  const auto in = folder.path() / "in", out = folder.path() / "out";
  std::filesystem::create_directories(in);
  std::filesystem::create_directories(out);
  const std::map<std::string, std::string> files{{"empty", ""}, {"block", std::string(512, 'b')}, {"long", std::string(100'001, 'l')}, {"clip.mp4", std::string("\0\xff\n", 3)}};
  for (const auto& [name, text] : files) std::ofstream(in / name, std::ios::binary) << text;
  const auto source = tar_of(in, "bundle");
  REQUIRE(source);
  CHECK(source.value().size % 512 == 0);
  {
    std::ofstream archive(folder.path() / "a.tar", std::ios::binary);
    for (std::uint64_t at = 0; at < source.value().size;) {
      const auto piece = source.value().read(at, 777);
      REQUIRE(piece);
      REQUIRE(!piece.value().empty());
      archive.write(reinterpret_cast<const char*>(piece.value().data()), static_cast<std::streamsize>(piece.value().size()));
      at += piece.value().size();
    }
  }
  REQUIRE(std::system(("tar -xf '" + (folder.path() / "a.tar").string() + "' -C '" + out.string() + "'").c_str()) == 0);
  for (const auto& [name, text] : files) {
    std::ifstream back(out / "bundle" / name, std::ios::binary);
    CHECK(std::string(std::istreambuf_iterator<char>(back), {}) == text);
  }
  CHECK_FALSE(tar_of(in, std::string(100, 'x')));
  CHECK_FALSE(tar_of(folder.path() / "missing", "x"));
}
