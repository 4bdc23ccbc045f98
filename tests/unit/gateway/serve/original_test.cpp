#include "gateway/serve/original.h"

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "gateway/evidence/verification.h"
#include "gateway/serve/alarms.h"
#include "gateway/serve/custodians.h"
#include "gateway/serve/house.h"
#include "gateway/serve/journal_disposal.h"
#include "gateway/serve/retention.h"
#include "storage/catalog/alerts.h"
#include "storage/catalog/copies.h"
#include "storage/catalog/database.h"
#include "storage/catalog/deletions.h"
#include "storage/catalog/keys.h"
#include "storage/catalog/ledger.h"
#include "storage/catalog/manifests.h"
#include "storage/catalog/originals.h"
#include "storage/catalog/policies.h"
#include "storage/crypto/hex.h"
#include "storage/crypto/random.h"
#include "storage/custody/shares.h"
#include "storage/journal/entry.h"
#include "tests/unit/gateway/serve/film_fixture.h"

using namespace frostgate;
using namespace frostgate::serve;
using catalog::RecordingStatus;
using std::chrono::hours;

namespace {

// The certificates are valid from when openssl makes them.
const UtcTime kSealedBegan = utc_now();
const UtcTime kSealedEnd = kSealedBegan + hours(1);
const UtcTime kSealingDue = kSealedEnd + hours(72);

constexpr const char* kSealingPolicy = R"(rules:
  - name: prod
    users: [anna]
    targets: "*"
    allow: true
    original: sealed
    gates: {watch-original: {reason: required, approval: {users: [carl]}}}
)";

bool shell(const std::string& command) { return std::system(("{ " + command + "; } >/dev/null 2>&1").c_str()) == 0; }

// A gateway with three custodians, of whom two are needed, and a recording whose original is to be sealed.
class Custody {
 public:
  Custody() {
    const std::string in = "cd '" + folder.path().string() + "' && ";
    for (const auto& [name, kind] : {std::pair("1", "rsa:2048"), std::pair("2", "ec -pkeyopt ec_paramgen_curve:P-256"), std::pair("3", "ec -pkeyopt ec_paramgen_curve:P-384")}) {
      REQUIRE(shell(in + "openssl req -x509 -nodes -days 3650 -subj /CN=custodian" + name + " -keyout " + name + ".key -out " + name + ".crt -newkey " + kind));
      core().config.custodians.certificates.push_back(folder.path() / (std::string(name) + ".crt"));
    }
    core().config.custodians.threshold = 2;
    core().policy.replace(policy::Policy::parse(kSealingPolicy, "policy").value());
    REQUIRE(catalog::Policies(*core().catalog).keep(core().policy->digest(), core().policy->text(), kSealedBegan));
    catalog::Recording row;
    row.id = "r1";
    row.user = "anna";
    row.target = "dc1";
    row.node = core().node;
    row.rule = "prod";
    row.policy_digest = core().policy->digest();
    row.started = kSealedBegan;
    row.ended = kSealedEnd;
    row.status = RecordingStatus::clean;
    row.original = catalog::Original::sealed;
    row.journal_directory = journal().string();
    REQUIRE(catalog::Recordings(*core().catalog).create(row));
    key = storage::new_data_key().value();
    wrapped = core().kek->wrap(key, key_context("r1", "journal")).value();
    REQUIRE(keys().add("r1", catalog::KeyKind::journal, wrapped, kSealedBegan));
    REQUIRE(keys().add("r1", catalog::KeyKind::keystrokes, std::vector<std::byte>(60, std::byte{4}), kSealedBegan));
    std::filesystem::create_directories(journal() / storage::kKeystrokeFolder);
    write_file(journal() / "000000.fgj", "first");
    write_file(journal() / "000001.fgj", "second");
    write_file(journal() / storage::kKeystrokeFolder / "000000.fgj", "typed");
  }

  Core& core() { return *gateway.core; }
  catalog::Keys keys() { return catalog::Keys(*core().catalog); }
  catalog::SealedOriginal original() { return catalog::Originals(*core().catalog).find("r1").value(); }
  std::filesystem::path journal() { return core().config.journal_dir() / "r1"; }
  bool seal() { return !dispose_of_journal(core(), "r1", kSealingDue).value() && catalog::Originals(*core().catalog).finished("r1").value(); }
  Secret share(int number) {
    const std::string name = std::to_string(number), in = "cd '" + folder.path().string() + "' && ";
    const auto enclosed = original().shares[static_cast<std::size_t>(number - 1)].enclosed;
    write_file(folder.path() / "share.cms", {reinterpret_cast<const char*>(enclosed.data()), enclosed.size()});
    REQUIRE(shell(in + "openssl cms -decrypt -inform DER -in share.cms -inkey " + name + ".key -recip " + name + ".crt -out share"));
    return Secret::from_text(read_file(folder.path() / "share"));
  }
  Result<AdminReply> open(nlohmann::json more, const std::string& by = "anna") {
    nlohmann::json body{{"type", "original.open"}, {"id", "r1"}, {"reason", "a dispute"}, {"from_us", 10}, {"to_us", 20}};
    body.update(more);
    ipc::Message request = message(std::move(body));
    return administer(core(), request, kSealingDue, by);
  }
  void approve(nlohmann::json more) {
    nlohmann::json body{{"type", "request.create"}, {"kind", "watch-original"}, {"user", "anna"}, {"target", ""}, {"recording", "r1"}, {"reason", "a dispute"}, {"ticket", ""}};
    body.update(more);
    ipc::Message request = message(std::move(body));
    const auto asked = administer(core(), request, kSealingDue);
    INFO((asked ? "" : asked.error().message));
    REQUIRE(asked);
    REQUIRE(core().approvals->decide(asked.value().body["request"]["id"].get<std::string>(), {"carl", {}}, true, "", kSealingDue));
  }

  storage::TemporaryDirectory folder;
  Gateway gateway;
  Secret key;
  std::vector<std::byte> wrapped;
};

bool has_piece(const std::string& bytes, const std::string& text) {
  for (std::size_t at = 0; at + 16 <= text.size(); at += 8) {
    if (bytes.find(text.substr(at, 16)) != std::string::npos) return true;
  }
  return false;
}

}  // namespace

TEST_CASE("an original that could not be sealed is sealed a minute after the custodians are there, not at the next round of the house") {
  Custody custody;
  const auto threshold = std::exchange(custody.core().config.custodians.threshold, 0);
  const auto certificates = std::exchange(custody.core().config.custodians.certificates, {});
  StorageKeeper keeper(custody.core(), kSealingDue);
  const auto sealed = [&] { return catalog::Originals(*custody.core().catalog).finished("r1").has_value(); };
  keeper.look(kSealingDue);
  CHECK_FALSE(sealed());
  custody.core().config.custodians.threshold = threshold;
  custody.core().config.custodians.certificates = certificates;
  keeper.look(kSealingDue + std::chrono::seconds(20));
  CHECK_FALSE(sealed());
  keeper.look(kSealingDue + std::chrono::seconds(60));
  CHECK(sealed());
}

TEST_CASE("an original is sealed when its journal would be destroyed; no copy of the key is left in database, log or backup") {
  Custody custody;
  const std::string secret = storage::to_hex(custody.wrapped).substr(80);
  const auto on_disk = [&] {
    std::string all;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(custody.core().config.data_dir)) {
      if (entry.is_regular_file()) all += read_file(entry.path());
    }
    return all;
  };
  CHECK_FALSE(dispose_of_journal(custody.core(), "r1", kSealingDue - hours(1)).value());
  CHECK(custody.keys().find("r1", catalog::KeyKind::journal));
  CHECK(has_piece(on_disk(), secret));
  REQUIRE(custody.seal());
  REQUIRE(catalog::write_copy(*custody.core().catalog, custody.core().config.data_dir / "copy", kSealingDue));
  CHECK_FALSE(has_piece(on_disk(), secret));
  CHECK_FALSE(custody.keys().find("r1", catalog::KeyKind::journal));
  CHECK_FALSE(custody.keys().find("r1", catalog::KeyKind::keystrokes));
  CHECK_FALSE(std::filesystem::exists(custody.journal() / storage::kKeystrokeFolder));
  CHECK(read_file(custody.journal() / "000001.fgj") == "second");
  CHECK(custody.seal());  // again

  CHECK(custody.original().threshold == 2);
  std::vector<Secret> shares;
  shares.push_back(custody.share(3));
  CHECK_FALSE(storage::ShareCombiner::combine("r1", shares));
  shares.push_back(custody.share(1));
  const auto consent = storage::ShareCombiner::combine("r1", shares);
  REQUIRE(consent);
  CHECK(std::ranges::equal(consent.value().journal_key().bytes(), custody.key.bytes()));
  shares[0] = custody.share(2);
  CHECK(storage::ShareCombiner::combine("r1", shares));
}

TEST_CASE("an original that cannot be sealed keeps its key and its journal, and is sealed once it can be") {
  Custody custody;
  const config::CustodianSettings good = custody.core().config.custodians;
  config::CustodianSettings& settings = custody.core().config.custodians;
  SECTION("nobody") { settings = {}; }
  SECTION("no file") { settings.certificates[1] = "/nowhere"; }
  SECTION("a certificate that ended") {
    REQUIRE(shell("openssl req -x509 -nodes -days 1 -newkey rsa:2048 -subj /CN=old -keyout /dev/null -out '" + (custody.folder.path() / "old.crt").string() + "'"));
    settings.certificates[1] = custody.folder.path() / "old.crt";
  }
  SECTION("the same twice") { settings.certificates[1] = settings.certificates[0]; }
  CHECK_FALSE(dispose_of_journal(custody.core(), "r1", kSealingDue));
  CHECK(custody.keys().find("r1", catalog::KeyKind::journal));
  CHECK(std::filesystem::exists(custody.journal() / "000001.fgj"));
  settings = good;
  CHECK(custody.seal());
}

TEST_CASE("custodians are checked before they are needed") {
  Custody custody;
  const Custodians custodians = load_custodians(custody.core().config.custodians).value();
  CHECK(expiring(custodians, kSealingDue, std::chrono::days(30)).empty());
  CHECK(expiring(custodians, kSealingDue + std::chrono::days(3650), std::chrono::days(30)).size() == 3);
  const auto told = [&] {
    const auto kinds = catalog::Alerts(*custody.core().catalog).raised_by_kind();
    REQUIRE(kinds);
    return kinds.value().contains("custodian.expires") ? kinds.value().at("custodian.expires") : 0;
  };
  look_for_trouble(custody.core(), kSealingDue);
  CHECK(told() == 0);
  for (int look = 0; look < 4; ++look) look_for_trouble(custody.core(), kSealingDue + std::chrono::days(3650) + std::chrono::seconds(20 * look));
  CHECK(told() == 3);  // how often it is looked at is nobody's news
  config::CustodianSettings gone = custody.core().config.custodians;
  gone.certificates[1] = "/nowhere";
  std::swap(custody.core().config.custodians, gone);
  look_for_trouble(custody.core(), kSealingDue);
  CHECK(told() == 4);
  std::swap(custody.core().config.custodians, gone);
  CHECK(check_custody(custodians, *custody.core().policy.current()));
  CHECK(check_custody({}, *custody.core().policy.current()).error().message.find("\"prod\" seals originals") != std::string::npos);
  CHECK_FALSE(policy::Policy::parse(R"(rules: [{name: a, users: "*", targets: "*", allow: true, gates: {watch-original: {allow: true}}}])", "p"));
}

TEST_CASE("an original is opened with an approval of its span and area alone, and everybody hears of it") {
  Custody custody;
  CHECK(custody.open(nlohmann::json::object()).error().message.find("not sealed yet") != std::string::npos);
  REQUIRE(custody.seal());
  ipc::Message shares = message({{"type", "original.shares"}, {"id", "r1"}});
  CHECK(administer(custody.core(), shares, kSealingDue).value().body["shares"].size() == 3);
  CHECK(custody.open(nlohmann::json::object()).error().kind == ErrorKind::denied);
  custody.approve({{"from_us", 5}, {"to_us", 30}, {"area", {100, 100, 50, 50}}});
  CHECK(custody.open(nlohmann::json::object()).error().kind == ErrorKind::denied);  // all of the screen
  CHECK(custody.open({{"area", {90, 100, 50, 50}}}).error().kind == ErrorKind::denied);
  CHECK(custody.open({{"area", {100, 100, 50, 50}}, {"to_us", 31}}).error().kind == ErrorKind::denied);
  CHECK(custody.open({{"area", {100, 100, 50, 50}}}, "carl").error().kind == ErrorKind::denied);
  CHECK(custody.open({{"area", {100, 100, 0, 50}}}).error().kind == ErrorKind::invalid);
  CHECK(custody.open({{"to_us", 10}}).error().kind == ErrorKind::invalid);
  CHECK(custody.open({{"reason", ""}}).error().kind == ErrorKind::invalid);
  const auto opened = custody.open({{"area", {110, 110, 10, 10}}});
  REQUIRE(opened);
  CHECK(opened.value().body["journal"] == custody.journal().string());
  const catalog::LedgerEntry last = catalog::Ledger(*custody.core().catalog).last().value();
  CHECK(last.event == catalog::LedgerEvent::view);
  CHECK(last.details.find("\"reason\":\"a dispute\"") != std::string::npos);
  CHECK(last.details.find("\"area\":[110,110,10,10]") != std::string::npos);
  CHECK(custody.open({{"area", {110, 110, 10, 10}}}).error().kind == ErrorKind::denied);  // used up
  custody.approve(nlohmann::json::object());
  CHECK(custody.open(nlohmann::json::object()));
  const auto alerts = catalog::Alerts(*custody.core().catalog).list(100, 0).value();
  CHECK(std::ranges::count(alerts, std::string("original.opened"), &catalog::Alert::kind) == 2);
}

TEST_CASE("shares of a sealed original that are missing or changed are found, and none goes while its recording is held") {
  Custody custody;
  REQUIRE(custody.seal());
  CHECK(reconcile(custody.core()).value().problems.empty());
  catalog::Deletions deletions(*custody.core().catalog);
  REQUIRE(deletions.hold({"r1", "a case", "carl", kSealingDue}));
  CHECK_FALSE(delete_recording(custody.core(), "r1", "test", kSealingDue));
  CHECK(std::filesystem::exists(custody.journal() / "000001.fgj"));
  CHECK(catalog::Originals(*custody.core().catalog).find("r1"));
  REQUIRE(deletions.release("r1", "the case is closed", "carla", kNow));
  const evidence::Holdings holdings{*custody.core().catalog, *custody.core().objects, nullptr, {custody.core().signer->fingerprint()}, ""};
  CHECK(evidence::verify_recording(holdings, "r1").empty());
  const auto after = [&](const std::string& statement) {
    catalog::Database& database = custody.core().catalog->database();
    std::string said;
    REQUIRE(database.write([&](soci::session& sql) -> Result<void> {
      sql << statement;
      return {};
    }));
    for (const auto& problem : evidence::verify_recording(holdings, "r1")) said += problem.sentence + "\n";
    return said;
  };
  SECTION("fewer are enough") { CHECK(after("UPDATE originals SET threshold = 1") == "the custodians' shares of its original are not those that were sealed\n"); }
  SECTION("a share is gone") { CHECK(after("DELETE FROM original_shares WHERE number = 2") == "the custodians' shares of its original are not those that were sealed\n"); }
  SECTION("a share is another's") {
    CHECK(after("UPDATE original_shares SET fingerprint = (SELECT fingerprint FROM original_shares WHERE number = 1) WHERE number = 2") ==
          "the custodians' shares of its original are not those that were sealed\n");
  }
  SECTION("another is enclosed") { CHECK(after("UPDATE original_shares SET enclosed = '00' WHERE number = 3") == "the custodians' shares of its original are not those that were sealed\n"); }
  SECTION("all of it is gone") {
    after("DELETE FROM original_shares");
    CHECK(after("DELETE FROM originals") == "its original was sealed for custodians, but their shares are not in the catalog any more\n");
  }
  SECTION("nobody noted it") {
    CHECK(after("UPDATE ledger SET subject = 'r2' WHERE event = 'key'") == "the catalog has an original that is sealed for custodians, but nobody noted that it was\n");
  }
}

TEST_CASE("the journal of a sealed original that is missing or changed is found, and goes with its recording") {
  Custody custody;
  REQUIRE(custody.seal());
  const evidence::Holdings holdings{*custody.core().catalog, *custody.core().objects, nullptr, {custody.core().signer->fingerprint()}, ""};
  write_file(custody.journal() / "000001.fgj", "Second");
  REQUIRE(evidence::verify_recording(holdings, "r1").size() == 1);
  CHECK(evidence::verify_recording(holdings, "r1")[0].sentence.find("not the one that was sealed") != std::string::npos);
  SECTION("missing") {
    std::filesystem::remove_all(custody.journal());
    REQUIRE(reconcile(custody.core()).value().problems.size() == 1);
    CHECK(evidence::verify_recording(holdings, "r1").size() == 1);
  }
  SECTION("deleted") {
    REQUIRE(delete_recording(custody.core(), "r1", "test", kSealingDue));
    CHECK_FALSE(std::filesystem::exists(custody.journal()));
    CHECK_FALSE(catalog::Originals(*custody.core().catalog).find("r1"));
  }
}

TEST_CASE("where an earlier catalog was put back, a journal that nobody can open is removed") {
  Custody custody;
  REQUIRE(custody.keys().destroy("r1", catalog::KeyKind::journal, kSealedBegan));  // as in a copy
  CHECK(dispose_of_journal(custody.core(), "r1", kSealingDue).value());
  CHECK_FALSE(std::filesystem::exists(custody.journal()));
}
