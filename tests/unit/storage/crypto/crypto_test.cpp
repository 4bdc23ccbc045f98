#include <catch2/catch.hpp>

#include "storage/byte_order.h"
#include "storage/crypto/aead.h"
#include "storage/crypto/hash.h"
#include "storage/crypto/hex.h"
#include "storage/crypto/random.h"

using namespace frostgate;
using namespace frostgate::storage;

namespace {
std::vector<std::byte> from_hex(std::string_view text) {
  std::vector<std::byte> bytes;
  for (std::size_t i = 0; i + 1 < text.size(); i += 2) {
    bytes.push_back(static_cast<std::byte>(std::stoi(std::string(text.substr(i, 2)), nullptr, 16)));
  }
  return bytes;
}
}  // namespace

TEST_CASE("SHA-256 gives the standard's digest, in one piece or in many") {
  // FIPS 180-2, B.1.
  const std::string expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
  CHECK(to_hex(Sha256::of(bytes_of("abc"))) == expected);
  Sha256 hash;
  hash.add(bytes_of("a"));
  Sha256 moved = std::move(hash);
  moved.add({});
  moved.add(bytes_of("bc"));
  CHECK(to_hex(moved.finish()) == expected);
}

TEST_CASE("HKDF gives the key of RFC 5869's first test") {
  const Secret key{std::span<const std::byte>(from_hex("0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b"))};
  const auto salt = from_hex("000102030405060708090a0b0c");
  const auto info = from_hex("f0f1f2f3f4f5f6f7f8f9");
  const std::string_view info_text(reinterpret_cast<const char*>(info.data()), info.size());
  CHECK(to_hex(hkdf_sha256(key, salt, info_text).bytes()) ==
        "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf");
  // Its third test: neither salt nor info.
  CHECK(to_hex(hkdf_sha256(key, {}, "").bytes()) == "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d");
}

TEST_CASE("AES-256-GCM gives the tag of the GCM specification's test case 16") {
  const Secret key{std::span<const std::byte>(from_hex("feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308"))};
  const auto iv = from_hex("cafebabefacedbaddecaf888");
  Nonce nonce{};
  std::copy(iv.begin(), iv.end(), nonce.begin());
  const auto plain = from_hex(
      "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657"
      "ba637b39");
  const auto associated = from_hex("feedfacedeadbeeffeedfacedeadbeefabaddad2");
  std::vector<std::byte> sealed;
  seal(key, nonce, associated, plain, sealed);
  CHECK(to_hex(std::span(sealed).last(kTagBytes)) == "76fc6ece0f4e1768cddf8853bb2d551b");

  std::vector<std::byte> opened{std::byte{7}};
  open(key, nonce, associated, sealed, opened).value();
  CHECK(opened.size() == plain.size() + 1);
  for (std::size_t i = 0; i < sealed.size(); ++i) {
    sealed[i] ^= std::byte{4};
    std::vector<std::byte> out{std::byte{7}};
    CHECK(open(key, nonce, associated, sealed, out).error().kind == ErrorKind::corrupt);
    CHECK(out.size() == 1);
    sealed[i] ^= std::byte{4};
  }
  std::vector<std::byte> out;
  CHECK_FALSE(open(key, nonce, {}, sealed, out));
  CHECK_FALSE(open(key, Nonce{}, associated, sealed, out));
  CHECK_FALSE(open(key, nonce, associated, std::span(sealed).first(15), out));
}

TEST_CASE("two data keys differ") {
  const Secret a = new_data_key().value();
  const Secret b = new_data_key().value();
  CHECK(a.size() == kKeyBytes);
  CHECK(a.text() != b.text());
}
