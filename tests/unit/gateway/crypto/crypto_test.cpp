#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <set>

#include "gateway/crypto/passwords.h"
#include "gateway/crypto/tls_identity.h"
#include "storage/crypto/hex.h"
#include "tests/unit/gateway/files.h"

using namespace frostgate;
using namespace frostgate::crypto;

namespace {

constexpr UtcTime kNow{std::chrono::seconds(1'800'000'000)};

std::string hash_of(const char* password) {
  const auto hash = hash_password(Secret::from_text(password));
  REQUIRE(hash);
  return hash.value();
}

bool right(const std::string& password, const std::string& hash) {
  return check_password(Secret::from_text(password), hash);
}

mode_t mode_of(const std::filesystem::path& file) {
  struct stat status {};
  REQUIRE(stat(file.c_str(), &status) == 0);
  return status.st_mode & 07777;
}

}  // namespace

TEST_CASE("a password opens its own argon2id hash and no other") {
  const std::string hash = hash_of("correct horse");
  CHECK(hash.rfind("$argon2id$", 0) == 0);
  CHECK(hash.find("correct") == std::string::npos);
  CHECK(right("correct horse", hash));
  CHECK_FALSE(right("correct hors", hash));
  CHECK_FALSE(right("correct horse ", hash));
  CHECK_FALSE(right(std::string("correct horse\0", 14), hash));
  CHECK(hash != hash_of("correct horse"));
}

TEST_CASE("nothing opens an empty, a broken or a foreign hash") {
  CHECK_FALSE(right("x", ""));
  CHECK_FALSE(right("", ""));
  CHECK_FALSE(right("x", "x"));
  CHECK_FALSE(right("x", "$argon2id$v=19$m=65536,t=3,p=1$"));
  CHECK_FALSE(right("x", std::string(200, '$')));
  CHECK_FALSE(right("x", "$6$salt$hash"));
}

TEST_CASE("an empty password never opens anything, not even its own hash") {
  const auto hash = hash_password(Secret());
  REQUIRE(hash);
  CHECK_FALSE(right("", hash.value()));
}

// openssl enc -des-ecb -nopad -provider legacy -K <bits of each byte reversed>, over 00 01 .. 0f.
TEST_CASE("the VncAuth response is what OpenSSL's DES gives with reversed key bits") {
  std::array<std::byte, 16> challenge;
  for (std::size_t i = 0; i < challenge.size(); ++i) challenge[i] = static_cast<std::byte>(i);
  CHECK(storage::to_hex(vnc_response(challenge, "Frost8xY")) == "3b2595f6eb06fe454756be1537a64145");
  CHECK(storage::to_hex(vnc_response(challenge, "abc")) == "9c22b4f2088c3465a1562c4b9d6edb04");
  CHECK(storage::to_hex(vnc_response(challenge, "")) == "491e890de9ace932838a49792f2213f3");
  CHECK(vnc_response(challenge, "Frost8xY and more") == vnc_response(challenge, "Frost8xY"));
}

TEST_CASE("bytes are equal when length and content are") {
  const std::array<std::byte, 3> a{std::byte{1}, std::byte{2}, std::byte{3}};
  std::array<std::byte, 3> b = a;
  CHECK(equal_in_constant_time(a, b));
  b[2] = std::byte{4};
  CHECK_FALSE(equal_in_constant_time(a, b));
  CHECK_FALSE(equal_in_constant_time(a, std::span(a).first(2)));
}

TEST_CASE("tickets are random and without characters that people confuse") {
  std::set<std::string> seen;
  for (int i = 0; i < 1000; ++i) {
    const Secret ticket = random_ticket(8);
    REQUIRE(ticket.size() == 8);
    CHECK(ticket.text().find_first_of("01OIl") == std::string_view::npos);
    seen.emplace(ticket.text());
  }
  CHECK(seen.size() == 1000);
}

TEST_CASE("a self-signed identity loads, its key is for its owner alone") {
  const storage::TemporaryDirectory folder;
  const auto certificate = folder.path() / "a.crt", key = folder.path() / "a.key";
  write_file(key, "left by an attempt before");
  std::filesystem::permissions(key, std::filesystem::perms(0644));
  REQUIRE(make_self_signed(certificate, key, "gw.example", kNow));
  CHECK(mode_of(key) == 0600);
  CHECK(mode_of(certificate) == 0644);
  const auto identity = load_identity(certificate, key);
  REQUIRE(identity);
  CHECK(identity.value().fingerprint.size() == 64);
  CHECK(identity.value().certificate == read_file(certificate));
  CHECK(identity.value().private_key.text() == read_file(key));
}

TEST_CASE("a key that belongs to another certificate is refused") {
  const storage::TemporaryDirectory folder;
  const auto at = [&](const char* name) { return folder.path() / name; };
  REQUIRE(make_self_signed(at("a.crt"), at("a.key"), "a", kNow));
  REQUIRE(make_self_signed(at("b.crt"), at("b.key"), "b", kNow));
  const auto mixed = load_identity(at("a.crt"), at("b.key"));
  REQUIRE_FALSE(mixed);
  CHECK(mixed.error().kind == ErrorKind::invalid);
  CHECK_THAT(mixed.error().message, Catch::Matchers::Contains("is not the key of"));
}

TEST_CASE("an identity that is missing or no PEM is refused by the name of its file") {
  const storage::TemporaryDirectory folder;
  const auto certificate = folder.path() / "a.crt", key = folder.path() / "a.key";
  REQUIRE(make_self_signed(certificate, key, "a", kNow));
  const auto missing = load_identity(folder.path() / "none.crt", key);
  REQUIRE_FALSE(missing);
  CHECK(missing.error().kind == ErrorKind::not_found);
  CHECK_FALSE(load_identity(certificate, folder.path() / "none.key"));
  for (const std::string text : {"", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"}) {
    const auto broken = write_file(folder.path() / "broken", text);
    CHECK(load_identity(broken, key).error().kind == ErrorKind::invalid);
    CHECK(load_identity(certificate, broken).error().kind == ErrorKind::invalid);
  }
  CHECK_FALSE(make_self_signed(folder.path() / "no/a.crt", folder.path() / "no/a.key", "a", kNow));
}
