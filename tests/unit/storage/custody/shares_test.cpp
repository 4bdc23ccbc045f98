#include "storage/custody/shares.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cstdlib>
#include <fstream>
#include <iterator>

#include "storage/crypto/custodian.h"
#include "storage/crypto/random.h"
#include "tests/unit/storage/temporary_directory.h"

using namespace frostgate;
using namespace frostgate::storage;

namespace {

std::vector<Secret> chosen(const std::vector<Secret>& shares, std::initializer_list<int> numbers) {
  std::vector<Secret> out;
  for (const int number : numbers) out.push_back(shares[static_cast<std::size_t>(number - 1)].clone());
  return out;
}

bool gives(const Secret& key, const std::vector<Secret>& shares) {
  const auto consent = ShareCombiner::combine("r1", shares);
  return consent && consent.value().recording() == "r1" && std::ranges::equal(consent.value().journal_key().bytes(), key.bytes());
}

std::string refused(const std::vector<Secret>& shares) {
  const auto consent = ShareCombiner::combine("r1", shares);
  REQUIRE_FALSE(consent);
  return consent.error().message;
}

bool run_command(const std::string& command) { return std::system((command + " >/dev/null 2>&1").c_str()) == 0; }

std::vector<std::byte> contents(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  const auto bytes = std::as_bytes(std::span(text));
  return {bytes.begin(), bytes.end()};
}

}  // namespace

TEST_CASE("any so many shares as are needed give the key back, and fewer do not") {
  const Secret key = new_data_key().value();
  const auto shares = split_key(key, "r1", 2, 3).value();
  REQUIRE(shares.size() == 3);
  CHECK(gives(key, chosen(shares, {1, 2})));
  CHECK(gives(key, chosen(shares, {3, 1})));
  CHECK(gives(key, chosen(shares, {2, 3})));
  CHECK(gives(key, chosen(shares, {3, 2, 1})));
  CHECK(refused(chosen(shares, {2})).find("2 of 3") != std::string::npos);
  CHECK(ShareCombiner::combine("r1", chosen(shares, {2})).error().kind == ErrorKind::denied);
  CHECK(refused({}) == "no share was given");
  CHECK(share_numbers("r1", chosen(shares, {3, 1})).value() == std::vector<int>{3, 1});
  CHECK_FALSE(share_numbers("r2", chosen(shares, {3})));
  CHECK_FALSE(share_numbers("r1", chosen(shares, {3, 3})));
  // A share alone is as good as noise: it is not the key, and another splitting has another one.
  const auto again = split_key(key, "r1", 2, 3).value();
  CHECK_FALSE(std::ranges::equal(again[0].bytes(), shares[0].bytes()));
  for (const Secret& share : shares) CHECK(std::ranges::search(share.bytes(), key.bytes()).empty());
  CHECK(gives(key, split_key(key, "r1", 1, 1).value()));
  CHECK(gives(key, split_key(key, "r1", kMostCustodians, kMostCustodians).value()));
}

TEST_CASE("a share of another recording or splitting, one that is there twice and one that was changed are named") {
  const Secret key = new_data_key().value();
  const auto shares = split_key(key, "r1", 2, 3).value();
  std::vector<Secret> pair = chosen(shares, {1});
  SECTION("another recording") {
    pair.push_back(split_key(key, "r2", 2, 3).value()[1].clone());
    CHECK(refused(pair) == "share 2 of those given is of the recording r2, not of r1");
  }
  SECTION("another threshold") {
    pair.push_back(split_key(key, "r1", 3, 3).value()[1].clone());
    CHECK(refused(pair).find("share 2 of those given does not belong together with share 1") == 0);
  }
  SECTION("another key") {
    pair.push_back(split_key(new_data_key().value(), "r1", 2, 3).value()[1].clone());
    CHECK(refused(pair).find("share 2 of those given does not belong together with share 1") == 0);
  }
  SECTION("another splitting of the same key") {
    pair.push_back(split_key(key, "r1", 2, 3).value()[1].clone());
    CHECK(ShareCombiner::combine("r1", pair).error().kind == ErrorKind::corrupt);
  }
  SECTION("twice") {
    pair.push_back(shares[0].clone());
    CHECK(refused(pair) == "share 2 of those given is the same as share 1 of those given");
  }
  SECTION("any byte, and any end") {
    pair.push_back(shares[1].clone());
    for (std::size_t place = 0; place < pair[1].size(); ++place) {
      pair[1] = shares[1].clone();
      pair[1].bytes()[place] ^= std::byte{1};
      if (ShareCombiner::combine("r1", pair)) FAIL("byte " << place);
      pair[1] = Secret(shares[1].bytes().first(place));
      if (ShareCombiner::combine("r1", pair)) FAIL("cut to " << place);
    }
  }
}

TEST_CASE("what cannot be split is refused") {
  const Secret key = new_data_key().value();
  CHECK_FALSE(split_key(key, "r1", 0, 3));
  CHECK_FALSE(split_key(key, "r1", 4, 3));
  CHECK_FALSE(split_key(key, "r1", 2, kMostCustodians + 1));
  CHECK_FALSE(split_key(key, "a recording", 2, 3));
  CHECK_FALSE(split_key(Secret::from_text("short"), "r1", 2, 3));
}

TEST_CASE("stock openssl opens what is enclosed for a custodian, and nobody else does") {
  const TemporaryDirectory folder;
  const std::string in = "cd " + folder.path().string() + " && ";
  const std::string kind = GENERATE("rsa:2048", "ec -pkeyopt ec_paramgen_curve:P-256", "ec -pkeyopt ec_paramgen_curve:P-521");
  for (const std::string name : {"anna", "bert"}) {
    REQUIRE(run_command(in + "openssl req -x509 -newkey " + kind + " -nodes -days 30 -subj /CN=" + name + " -keyout " + name + ".key -out " + name + ".crt"));
  }
  const Custodian anna = Custodian::read(contents(folder.path() / "anna.crt")).value();
  CHECK(anna.subject() == "CN=anna");
  CHECK(anna.valid_until() - anna.valid_from() == std::chrono::days(30));
  const Secret share = split_key(new_data_key().value(), "r1", 1, 1).value()[0].clone();
  const auto enclosed = anna.enclose(share).value();
  CHECK(std::ranges::search(enclosed, share.bytes()).empty());
  std::ofstream(folder.path() / "share.cms", std::ios::binary).write(reinterpret_cast<const char*>(enclosed.data()), static_cast<std::streamsize>(enclosed.size()));
  REQUIRE(run_command(in + "openssl cms -decrypt -inform DER -in share.cms -inkey anna.key -recip anna.crt -out share"));
  CHECK(std::ranges::equal(contents(folder.path() / "share"), share.bytes()));
  CHECK_FALSE(run_command(in + "openssl cms -decrypt -inform DER -in share.cms -inkey bert.key -recip bert.crt -out other"));
}

TEST_CASE("a weak or unsuitable certificate is no custodian's") {
  const TemporaryDirectory folder;
  const std::string in = "cd " + folder.path().string() + " && ";
  const auto why = [&](const std::string& options) {
    REQUIRE(run_command(in + "openssl req -x509 -nodes -days 30 -subj /CN=x -keyout x.key -out x.crt -newkey " + options));
    const auto read = Custodian::read(contents(folder.path() / "x.crt"));
    return read ? "" : read.error().message;
  };
  CHECK(why("rsa:1024").find("1024 bits is weak") != std::string::npos);
  CHECK(why("ec -pkeyopt ec_paramgen_curve:secp256k1").find("curve") != std::string::npos);
  CHECK(why("ed25519").find("neither RSA nor EC") != std::string::npos);
  CHECK(why("rsa:2048 -addext keyUsage=digitalSignature").find("key encipherment") != std::string::npos);
  CHECK(why("ec -pkeyopt ec_paramgen_curve:P-256 -addext keyUsage=digitalSignature").find("key agreement") != std::string::npos);
  CHECK(why("rsa:2048 -addext keyUsage=keyEncipherment").empty());
  REQUIRE(run_command(in + "cat x.crt x.crt > two.crt"));
  CHECK_FALSE(Custodian::read(contents(folder.path() / "two.crt")));
  CHECK_FALSE(Custodian::read(std::as_bytes(std::span("nothing"))));
}
