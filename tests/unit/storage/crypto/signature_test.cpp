#include "storage/crypto/signature.h"

#include <catch2/catch.hpp>
#include <cstdlib>
#include <fstream>

#include "storage/byte_order.h"
#include "tests/unit/storage/memory_file_system.h"
#include "tests/unit/storage/temporary_directory.h"

using namespace frostgate;
using namespace frostgate::storage;

namespace {

constexpr UtcTime kNow{std::chrono::seconds(1'764'000'000)};

SigningIdentity identity_in(FileSystem& files) {
  REQUIRE(SigningIdentity::make(files, "/signing.crt", "/signing.key", "Frostgate evidence of gw1", kNow));
  return SigningIdentity::load(files, "/signing.crt", "/signing.key").value();
}

void write(const std::filesystem::path& path, std::span<const std::byte> bytes) {
  std::ofstream(path, std::ios::binary).write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
}

bool run(const std::string& command) { return std::system((command + " >/dev/null 2>&1").c_str()) == 0; }

}  // namespace

TEST_CASE("a signature tells who signed, and holds for the content alone") {
  MemoryFileSystem files;
  const SigningIdentity identity = identity_in(files);
  const auto content = bytes_of("the content");
  const auto signature = identity.sign(content, kNow).value();
  const SignatureFacts facts = check_signature(content, signature).value();
  CHECK(facts.fingerprint == identity.fingerprint());
  CHECK(facts.signer == "CN=Frostgate evidence of gw1");
  CHECK(fingerprints_of(identity.certificate_pem()).value() == std::vector{identity.fingerprint()});
  CHECK(check_signature(bytes_of("the contend"), signature).error().kind == ErrorKind::corrupt);
  CHECK(check_signature(bytes_of(""), signature).error().kind == ErrorKind::corrupt);
  CHECK(check_signature(content, {}).error().kind == ErrorKind::corrupt);
}

TEST_CASE("no byte of a signature can be changed, cut off or added unseen") {
  MemoryFileSystem files;
  const SigningIdentity identity = identity_in(files);
  const auto content = bytes_of("the content");
  const auto signature = identity.sign(content, kNow).value();
  std::vector<std::size_t> unseen;
  for (std::size_t at = 0; at < signature.size(); ++at) {
    for (unsigned bit = 1; bit < 256; bit <<= 1) {
      auto changed = signature;
      changed[at] ^= static_cast<std::byte>(bit);
      const auto checked = check_signature(content, changed);
      // Another certificate is not trusted: its fingerprint is another.
      if (checked && checked.value().fingerprint == identity.fingerprint()) unseen.push_back(at);
    }
  }
  CHECK(unseen == std::vector<std::size_t>());
  for (std::size_t size = 0; size < signature.size(); ++size) {
    if (check_signature(content, std::span(signature).first(size))) FAIL("cut to " << size);
  }
  auto longer = signature;
  longer.push_back(std::byte{0});
  CHECK_FALSE(check_signature(content, longer));
}

TEST_CASE("stock openssl checks a signature, and refuses another content") {
  MemoryFileSystem files;
  const SigningIdentity identity = identity_in(files);
  TemporaryDirectory directory;
  const auto folder = directory.path().string();
  write(directory.path() / "signer.pem", bytes_of(identity.certificate_pem()));
  write(directory.path() / "text", bytes_of("the content\r\n"));
  write(directory.path() / "other", bytes_of("the content\n"));
  write(directory.path() / "p7s", identity.sign(bytes_of("the content\r\n"), kNow).value());
  const std::string verify = "cd " + folder + " && openssl cms -verify -binary -inform DER -in p7s -CAfile signer.pem -partial_chain -attime 1764000000 -out /dev/null -content ";
  CHECK(run(verify + "text"));
  CHECK_FALSE(run(verify + "other"));
  CHECK(run("cd " + folder + " && openssl cms -cmsout -print -inform DER -in p7s | grep -q 'Nov 24 16:00:00 2025'"));
}

TEST_CASE("a signing key that others may read, or that belongs to another certificate, is refused") {
  TemporaryDirectory directory;
  FileSystem& files = real_file_system();
  const auto at = [&](const char* name) { return directory.path() / name; };
  REQUIRE(SigningIdentity::make(files, at("a.crt"), at("a.key"), "a", kNow));
  REQUIRE(SigningIdentity::make(files, at("b.crt"), at("b.key"), "b", kNow));
  CHECK(SigningIdentity::load(files, at("a.crt"), at("a.key")));
  CHECK(SigningIdentity::load(files, at("a.crt"), at("b.key")).error().kind == ErrorKind::invalid);
  CHECK(SigningIdentity::load(files, at("a.key"), at("a.key")).error().kind == ErrorKind::invalid);
  CHECK(SigningIdentity::load(files, at("a.crt"), at("a.crt")).error().kind == ErrorKind::invalid);
  CHECK(SigningIdentity::load(files, at("a.crt"), at("none")).error().kind == ErrorKind::not_found);
  std::filesystem::permissions(at("a.key"), std::filesystem::perms(0640));
  CHECK(SigningIdentity::load(files, at("a.crt"), at("a.key")).error().kind == ErrorKind::denied);
}

TEST_CASE("making a signing key fails as a whole or is there as a whole, wherever it is cut short") {
  for (int operation = 0;; ++operation) {
    MemoryFileSystem files;
    files.fail_at(operation, true);
    const auto made = SigningIdentity::make(files, "/signing.crt", "/signing.key", "gw", kNow);
    files.repair();
    files.lose_power();
    if (made) {
      CHECK(SigningIdentity::load(files, "/signing.crt", "/signing.key"));
      break;
    }
    if (files.status("/signing.crt")) continue;  // the caller finds it when it looks
    REQUIRE(SigningIdentity::make(files, "/signing.crt", "/signing.key", "gw", kNow));
    CHECK(SigningIdentity::load(files, "/signing.crt", "/signing.key"));
  }
}
