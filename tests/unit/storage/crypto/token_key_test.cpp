#include "storage/crypto/token_key.h"

#include <catch2/catch.hpp>
#include <cstdlib>
#include <fstream>

#include "storage/crypto/key_encryption_key.h"
#include "storage/crypto/random.h"
#include "tests/unit/storage/temporary_directory.h"

using namespace frostgate;
using namespace frostgate::storage;

namespace {

constexpr const char* kModule = "/usr/lib/softhsm/libsofthsm2.so";

// A token of SoftHSM in a folder of its own, made before the module is loaded, which reads its configuration once.
const TemporaryDirectory& token_folder() {
  static const TemporaryDirectory folder;
  static const bool made = [] {
    std::ofstream(folder.path() / "softhsm2.conf") << "directories.tokendir = " << folder.path().string() << "\nobjectstore.backend = file\nlog.level = ERROR\n";
    setenv("SOFTHSM2_CONF", (folder.path() / "softhsm2.conf").c_str(), 1);
    return std::system("softhsm2-util --init-token --free --label hsm --pin 4711 --so-pin 0815 >/dev/null 2>&1") == 0;
  }();
  REQUIRE(made);
  return folder;
}

TokenSettings token_settings(const std::string& key) {
  token_folder();
  return {kModule, "hsm", key};
}

Secret pin() { return Secret::from_text("4711"); }

}  // namespace

TEST_CASE("a key in a token wraps and unwraps, is found again, and is named by its own id") {
  const TokenSettings settings = token_settings("one");
  CHECK(TokenKey::open(settings, pin()).error().kind == ErrorKind::not_found);
  const KeyEncryptionKey kek = KeyEncryptionKey::of_token(TokenKey::open_or_create(settings, pin()).value());
  const Secret key = new_data_key().value();
  const auto wrapped = kek.wrap(key, "recording r1 film").value();
  CHECK(wrapped.size() == 28 + 32 + 16);
  const KeyEncryptionKey again = KeyEncryptionKey::of_token(TokenKey::open(settings, pin()).value());
  CHECK(again.id() == kek.id());
  CHECK(again.wrapped_this(wrapped));
  CHECK(std::ranges::equal(again.unwrap(wrapped, "recording r1 film").value().bytes(), key.bytes()));
  CHECK(again.unwrap(wrapped, "recording r2 film").error().kind == ErrorKind::corrupt);
  const KeyEncryptionKey other = KeyEncryptionKey::of_token(TokenKey::open_or_create(token_settings("two"), pin()).value());
  CHECK(other.id() != kek.id());
  CHECK(other.unwrap(wrapped, "recording r1 film").error().kind == ErrorKind::denied);
  for (std::size_t place = 28; place < wrapped.size(); ++place) {
    auto changed = wrapped;
    changed[place] ^= std::byte{1};
    if (again.unwrap(changed, "recording r1 film")) FAIL("byte " << place);
  }
  CHECK(std::ranges::equal(again.unwrap(wrapped, "recording r1 film").value().bytes(), key.bytes()));
}

TEST_CASE("what is no module, no token or not its PIN is named") {
  TokenSettings settings = token_settings("one");
  CHECK(TokenKey::open(TokenSettings{"/usr/lib/nothing.so", "hsm", "one"}, pin()).error().kind == ErrorKind::unavailable);
  CHECK(TokenKey::open(TokenSettings{"/usr/lib/x86_64-linux-gnu/libcrypto.so.3", "hsm", "one"}, pin()).error().message.find("no PKCS#11 module") != std::string::npos);
  settings.token = "another";
  CHECK(TokenKey::open(settings, pin()).error().message.find("no token that is called \"another\"") != std::string::npos);
}
