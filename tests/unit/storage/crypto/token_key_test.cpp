#include "storage/crypto/token_key.h"

#include <dlfcn.h>
#include <p11-kit/pkcs11.h>

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

// The module as another user of it in this process sees it.
CK_FUNCTION_LIST* module_functions() {
  void* module = dlopen(kModule, RTLD_NOW | RTLD_LOCAL);
  REQUIRE(module);
  CK_FUNCTION_LIST* functions = nullptr;
  REQUIRE(reinterpret_cast<CK_C_GetFunctionList>(dlsym(module, "C_GetFunctionList"))(&functions) == CKR_OK);
  return functions;
}

CK_SLOT_ID only_slot(CK_FUNCTION_LIST* functions) {
  CK_SLOT_ID slots[8];
  CK_ULONG count = 8;
  REQUIRE(functions->C_GetSlotList(CK_TRUE, slots, &count) == CKR_OK);
  for (CK_ULONG i = 0; i < count; ++i) {
    CK_TOKEN_INFO info{};
    REQUIRE(functions->C_GetTokenInfo(slots[i], &info) == CKR_OK);
    if (info.flags & CKF_TOKEN_INITIALIZED) return slots[i];
  }
  FAIL("no token");
  return 0;
}

void change_pin(CK_FUNCTION_LIST* functions, std::string from, std::string to) {
  CK_SESSION_HANDLE session;
  REQUIRE(functions->C_OpenSession(only_slot(functions), CKF_SERIAL_SESSION | CKF_RW_SESSION, nullptr, nullptr, &session) == CKR_OK);
  const auto text = [](std::string& of) { return reinterpret_cast<unsigned char*>(of.data()); };
  REQUIRE(functions->C_Login(session, CKU_USER, text(from), from.size()) == CKR_OK);
  REQUIRE(functions->C_SetPIN(session, text(from), from.size(), text(to), to.size()) == CKR_OK);
  REQUIRE(functions->C_CloseAllSessions(only_slot(functions)) == CKR_OK);
}

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

TEST_CASE("a token whose session broke works on, and one that refuses the PIN then is asked no more") {
  const TokenSettings settings = token_settings("broken");
  const KeyEncryptionKey kek = KeyEncryptionKey::of_token(TokenKey::open_or_create(settings, pin()).value());
  const Secret key = new_data_key().value();
  const auto wrapped = kek.wrap(key, "recording r1 film").value();
  CK_FUNCTION_LIST* const functions = module_functions();
  const auto works = [&] { return std::ranges::equal(kek.unwrap(wrapped, "recording r1 film").value().bytes(), key.bytes()) && kek.wrap(key, "another"); };
  for (int time = 0; time < 2; ++time) {
    REQUIRE(functions->C_CloseAllSessions(only_slot(functions)) == CKR_OK);
    CHECK(works());
  }
  REQUIRE(functions->C_CloseAllSessions(only_slot(functions)) == CKR_OK);
  CHECK(kek.wrap(key, "wrapping comes first"));
  REQUIRE(functions->C_Finalize(nullptr) == CKR_OK);
  CHECK(works());
  CHECK(kek.unwrap(wrapped, "recording r2 film").error().kind == ErrorKind::corrupt);

  REQUIRE(functions->C_CloseAllSessions(only_slot(functions)) == CKR_OK);
  change_pin(functions, "4711", "4712");
  CHECK(kek.unwrap(wrapped, "recording r1 film").error().kind == ErrorKind::denied);
  change_pin(functions, "4712", "4711");
  CHECK(kek.unwrap(wrapped, "recording r1 film").error().message.find("not tried a second time") != std::string::npos);
  const KeyEncryptionKey anew = KeyEncryptionKey::of_token(TokenKey::open(settings, pin()).value());
  CHECK(anew.unwrap(wrapped, "recording r1 film"));
}
