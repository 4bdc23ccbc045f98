#include "gateway/serve/key_rotation.h"

#include "gateway/evidence/verification.h"
#include "gateway/serve/target_account.h"
#include "storage/catalog/personal_credentials.h"
#include "storage/catalog/rewrapping.h"
#include "storage/catalog/sign_ins.h"
#include "storage/crypto/hex.h"
#include "tests/unit/gateway/serve/film_fixture.h"

using namespace frostgate;
using namespace frostgate::serve;

namespace {

// A gateway that has published a film and is down.
class Down {
 public:
  Down() {
    publish_film(*gateway.core, "r1");
    REQUIRE(gateway.core->access->issue_ticket({"anna", "kiosk", catalog::Protocol::vnc, std::chrono::seconds(60), ""}, kNow));
    config = gateway.core->config;
    const auto factor = gateway.core->kek->wrap(Secret(std::vector<std::byte>(20, std::byte{5})), "second factor of anna");
    REQUIRE(factor);
    REQUIRE(catalog::SecondFactors(*gateway.core->catalog).propose("anna", factor.value()));
    const auto own = gateway.core->kek->wrap(Secret::from_text(kCredential), personal_context("dc1/anna"));
    REQUIRE(own);
    REQUIRE(catalog::PersonalCredentials(*gateway.core->catalog).set({"dc1", "anna", "a.smith", "", own.value(), {}}));
    wrapped = catalog::Keys(*gateway.core->catalog).find("r1", catalog::KeyKind::film).value();
    gateway.core.reset();
    before = id();
  }

  std::string id() { return storage::KeyEncryptionKey::load(storage::real_file_system(), config.key_file()).value().id(); }
  std::string next() { return config.key_file().string() + ".next"; }
  // Starts, and opens all that was wrapped.
  void check_works() {
    auto core = Core::open(config);
    INFO((core ? std::string() : core.error().message));
    REQUIRE(core);
    CHECK(core.value()->kek->id() == id());
    CHECK_FALSE(std::filesystem::exists(next()));
    const evidence::Holdings holdings{*core.value()->catalog, *core.value()->objects, core.value()->kek.get(), {core.value()->signer->fingerprint()}, ""};
    CHECK(evidence::verify_everything(holdings, {}).problems.empty());
    const auto targets = catalog::Targets(*core.value()->catalog).list().value();
    for (const auto& target : targets) {
      const auto credential = core.value()->kek->unwrap(target.wrapped_credential, "credential of target " + target.name);
      REQUIRE(credential);
      CHECK(credential.value().text() == kCredential);
    }
    const auto own = catalog::PersonalCredentials(*core.value()->catalog).find("dc1", "anna").value();
    CHECK(core.value()->kek->unwrap(own.wrapped, personal_context("dc1/anna")).value().text() == kCredential);
    const auto factor = catalog::SecondFactors(*core.value()->catalog).find("anna");
    REQUIRE(factor);
    CHECK(core.value()->kek->unwrap(factor.value().wrapped_secret, "second factor of anna"));
  }

  Gateway gateway;
  config::Config config;
  std::string before;
  std::vector<std::byte> wrapped;
};

}  // namespace

TEST_CASE("another key wraps everything, films stay as they are, and nothing of the old wrapping is left") {
  Down down;
  std::string media;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(down.config.vault_dir())) {
    if (entry.is_regular_file()) media += read_file(entry.path());
  }
  const KeyRotation done = rotate_key(down.config).value();
  CHECK(done.before == down.before);
  CHECK(done.after == down.id());
  CHECK(done.before != done.after);
  CHECK(done.rewrapped == 8);  // a film, four credentials, a user's own, a ticket, a second factor
  std::string after, disk;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(down.config.vault_dir())) {
    if (entry.is_regular_file()) after += read_file(entry.path());
  }
  CHECK(media == after);
  for (const auto& entry : std::filesystem::directory_iterator(down.config.data_dir)) {
    if (entry.is_regular_file()) disk += read_file(entry.path());
  }
  const std::string old = storage::to_hex(down.wrapped);
  for (std::size_t at = 32; at + 16 <= old.size(); at += 8) CHECK(disk.find(old.substr(at, 16)) == std::string::npos);
  down.check_works();
  REQUIRE(rotate_key(down.config));
  down.check_works();
}

TEST_CASE("a rotation that was cut short leaves the key that opens everything") {
  Down down;
  storage::FileSystem& files = storage::real_file_system();
  SECTION("before anything was wrapped") {
    REQUIRE(storage::KeyEncryptionKey::load_or_create(files, down.next()));
    down.check_works();
    CHECK(down.id() == down.before);
  }
  SECTION("after the catalog was written, before the file was put in place, or between taking the old away and that") {
    const std::string old = read_file(down.config.key_file());
    REQUIRE(rotate_key(down.config));
    std::filesystem::rename(down.config.key_file(), down.next());
    if (GENERATE(true, false)) {
      write_file(down.config.key_file(), old);
      std::filesystem::permissions(down.config.key_file(), std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
    }
    down.check_works();
    CHECK(down.id() != down.before);
  }
}

TEST_CASE("a key is not rotated while serve uses it, nor used while it is rotated, nor where one does not open") {
  Down down;
  {
    const auto core = Core::open(down.config);
    REQUIRE(core);
    CHECK(rotate_key(down.config).error().kind == ErrorKind::unavailable);
  }
  {
    const Descriptor alone = claim_key(down.config, KeyUse::alone).value();
    CHECK(Core::open(down.config).error().kind == ErrorKind::unavailable);
  }
  const auto catalog = catalog::Catalog::open({down.config.catalog_file()}).value();
  const auto spoil = [](catalog::WrappedKind kind, const std::string& owner, std::span<const std::byte> wrapped) -> Result<std::vector<std::byte>> {
    std::vector<std::byte> out(wrapped.begin(), wrapped.end());
    if (kind == catalog::WrappedKind::credential && owner == "vault") out.back() ^= std::byte{1};
    return out;
  };
  REQUIRE(catalog::rewrap_all(*catalog, spoil, {}));
  CHECK(rotate_key(down.config).error().kind == ErrorKind::corrupt);
  CHECK(down.id() == down.before);
  CHECK(catalog::Keys(*catalog).find("r1", catalog::KeyKind::film).value() == down.wrapped);
}

namespace {

// A token of SoftHSM in a folder of its own; its module reads the configuration once.
std::filesystem::path rotation_token() {
  static const storage::TemporaryDirectory folder;
  static const bool made = [] {
    write_file(folder.path() / "softhsm2.conf", "directories.tokendir = " + folder.path().string() + "\nobjectstore.backend = file\nlog.level = ERROR\n");
    write_file(folder.path() / "pin", "4711\n");
    std::filesystem::permissions(folder.path() / "pin", std::filesystem::perms::owner_read);
    setenv("SOFTHSM2_CONF", (folder.path() / "softhsm2.conf").c_str(), 1);
    return std::system("softhsm2-util --init-token --free --label hsm --pin 4711 --so-pin 0815 >/dev/null 2>&1") == 0;
  }();
  REQUIRE(made);
  return folder.path() / "pin";
}

void opens_everything(const config::Config& config) {
  auto core = Core::open(config);
  INFO((core ? std::string() : core.error().message));
  REQUIRE(core);
  const auto targets = catalog::Targets(*core.value()->catalog).list().value();
  for (const auto& target : targets) {
    CHECK(core.value()->kek->unwrap(target.wrapped_credential, "credential of target " + target.name).value().text() == kCredential);
  }
}

}  // namespace

TEST_CASE("the key moves from a file to a token, to a credential and back to a file, and each then opens everything alone") {
  Down down;
  config::Config token = down.config, credential = down.config, file = down.config;
  token.key.pin = rotation_token();
  token.key.module = "/usr/lib/softhsm/libsofthsm2.so";
  token.key.token = "hsm";
  token.key.key = "moved";
  credential.key.credential = down.config.data_dir.parent_path() / "credential";
  file.kek = down.config.data_dir.parent_path() / "another.kek";
  CHECK(Core::open(token).error().message.find("missing") != std::string::npos);
  const KeyRotation first = move_key(down.config, token).value();
  CHECK(first.rewrapped == 8);
  CHECK(first.before == down.before);
  opens_everything(token);
  CHECK_FALSE(Core::open(down.config));
  CHECK(move_key(down.config, token).error().kind == ErrorKind::exists);
  CHECK(rotate_key(token).error().kind == ErrorKind::unsupported);
  CHECK(move_key(token, credential).error().kind == ErrorKind::not_found);
  REQUIRE(storage::KeyEncryptionKey::load_or_create(storage::real_file_system(), credential.key.credential));
  CHECK(move_key(token, credential).value().before == first.after);
  opens_everything(credential);
  REQUIRE(move_key(credential, file));
  opens_everything(file);
  config::Config elsewhere = file;
  elsewhere.data_dir = "/nowhere";
  CHECK(move_key(elsewhere, file).error().kind == ErrorKind::invalid);
}
