#include "gateway/serve/listener_identity.h"

#include <catch2/catch.hpp>
#include <cstdlib>

#include "tests/unit/gateway/files.h"

using namespace frostgate;
using namespace frostgate::serve;

namespace {

constexpr UtcTime kToday{std::chrono::seconds(1'800'000'000)};

struct Files {
  Files() {
    config.data_dir = folder.path();
    make("first");
    config.tls_certificate = folder.path() / "gw.crt";
    config.tls_private_key = folder.path() / "gw.key";
  }
  // Puts another certificate in place, with a later time than the one before.
  void make(const std::string& host) {
    REQUIRE(crypto::make_self_signed(folder.path() / "gw.crt", folder.path() / "gw.key", host, kToday));
    for (const char* name : {"gw.crt", "gw.key"}) {
      std::filesystem::last_write_time(folder.path() / name, std::filesystem::file_time_type() + std::chrono::seconds(++made));
    }
  }
  std::unique_ptr<ListenerIdentity> open() {
    auto opened = ListenerIdentity::open(config, "gw", kToday);
    REQUIRE(opened);
    return std::move(opened).value();
  }
  storage::TemporaryDirectory folder;
  config::Config config;
  int made = 0;
};

}  // namespace

TEST_CASE("a certificate whose files change is in use without a restart; who holds the old one keeps it") {
  Files files;
  const auto identity = files.open();
  const auto before = identity->current();
  identity->refresh(kToday);
  CHECK(identity->current() == before);
  files.make("second");
  identity->refresh(kToday);
  CHECK(identity->current()->fingerprint != before->fingerprint);
  CHECK(before->private_key.text().find("PRIVATE KEY") != std::string::npos);
  // At a signal, whatever the times say.
  const auto second = identity->current();
  identity->refresh(kToday, true);
  CHECK(identity->current() != second);
  CHECK(identity->current()->fingerprint == second->fingerprint);
}

TEST_CASE("files that make no identity leave the old one in use") {
  Files files;
  const auto identity = files.open();
  const auto before = identity->current();
  write_file(files.config.tls_private_key, "half a key");
  identity->refresh(kToday);
  CHECK(identity->current() == before);
  std::filesystem::remove(files.config.tls_certificate);
  identity->refresh(kToday);
  CHECK(identity->current() == before);
  files.make("third");
  identity->refresh(kToday);
  CHECK(identity->current()->fingerprint != before->fingerprint);
}

TEST_CASE("an identity knows its end: two years after a self-signed one was made") {
  Files files;
  CHECK(files.open()->current()->not_after == kToday + std::chrono::hours(731 * 24) - std::chrono::seconds(1));
}

TEST_CASE("a PKCS#12 file gives certificate, chain and key; without its password it gives a sentence") {
  Files files;
  const std::string folder = files.folder.path().string();
  REQUIRE(std::system(("cd '" + folder + "' && openssl pkcs12 -export -in gw.crt -inkey gw.key -certfile gw.crt -out gw.p12 "
                       "-passout pass:s3cret 2>/dev/null").c_str()) == 0);
  write_file(folder + "/word", "s3cret\n");
  const auto loaded = crypto::load_pkcs12(folder + "/gw.p12", folder + "/word");
  REQUIRE(loaded);
  CHECK(loaded.value().fingerprint == files.open()->current()->fingerprint);
  CHECK(loaded.value().private_key.text().find("PRIVATE KEY") != std::string::npos);
  CHECK_FALSE(crypto::load_pkcs12(folder + "/gw.p12", ""));
  CHECK_FALSE(crypto::load_pkcs12(folder + "/gw.crt", folder + "/word"));
  CHECK_FALSE(crypto::load_pkcs12(folder + "/none.p12", folder + "/word"));
  files.config.tls_certificate.clear();
  files.config.tls_private_key.clear();
  files.config.tls_pkcs12 = folder + "/gw.p12";
  files.config.tls_pkcs12_password = folder + "/word";
  CHECK(files.open()->configured());
}

TEST_CASE("a certificate with which RDP does not work is refused in words where RDP is listened for, and stays out of use") {
  Files files;
  const auto make_ed25519 = [&](const std::string& to) {
    const std::string file = (files.folder.path() / to).string();
    REQUIRE(std::system(("openssl req -x509 -newkey ed25519 -nodes -days 9 -subj /CN=gw -keyout " + file + ".key -out " + file + ".crt 2>/dev/null").c_str()) == 0);
  };
  files.config.rdp = config::ListenAddress{"127.0.0.1", 3389};
  const auto identity = files.open();
  const auto before = identity->current();
  CHECK(before->key_kind == "RSA");
  make_ed25519("gw");
  identity->refresh(kToday, true);
  CHECK(identity->current() == before);
  const auto refused = ListenerIdentity::open(files.config, "gw", kToday);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().kind == ErrorKind::invalid);
  CHECK(refused.error().message == files.config.tls_certificate.string() +
                                       ": its key is ED25519, with which RDP does not work; take one with RSA or ECDSA (P-256, P-384), or do not listen for RDP");
  // VNC takes it.
  files.config.rdp.reset();
  CHECK(files.open()->current()->key_kind == "ED25519");
}
