#include "storage/vault/vault.h"

#include <catch2/catch.hpp>

#include "storage/crypto/hash.h"
#include "storage/crypto/hex.h"
#include "storage/vault/sealed_file.h"
#include "tests/unit/storage/key_of.h"
#include "tests/unit/storage/memory_file_system.h"
#include "tests/unit/storage/temporary_directory.h"

using namespace frostgate;
using namespace frostgate::storage;

namespace {

std::vector<std::byte> noise(std::size_t size) {
  std::vector<std::byte> bytes(size);
  std::uint32_t state = 1;
  for (std::byte& byte : bytes) byte = static_cast<std::byte>((state = state * 1664525 + 1013904223) >> 24);
  return bytes;
}

Segment segment_of(std::size_t size) {
  Segment segment;
  segment.part = 2;
  segment.index = 3;
  segment.bytes = noise(size);
  return segment;
}

SegmentAddress address_of(int generation = 0) {
  return {.recording = "rec-1", .generation = generation, .part = 2, .index = 3, .kind = SegmentKind::media};
}

// A store over a disk in memory, with one sealed object "x" in it.
struct Sealed {
  explicit Sealed(std::size_t size, const std::string& context = "x")
      : plain(noise(size)), store(DirectoryObjectStore::open(files, "/o").value()) {
    store.put_if_absent("x", seal_file(key_of(1), context, plain).value()).value();
  }
  Result<std::vector<std::byte>> read(std::uint64_t offset, std::uint64_t size, int key = 1) {
    SealedFile file = TRY(SealedFile::open(store, "x", key_of(key), "x"));
    return file.read(offset, size);
  }
  std::vector<std::byte>& bytes() { return files.contents("/o/x"); }

  std::vector<std::byte> plain;
  MemoryFileSystem files;
  DirectoryObjectStore store;
};

constexpr std::uint64_t kAll = ~std::uint64_t{0};
constexpr std::size_t kChunk = kSealedChunkBytes;

}  // namespace

TEST_CASE("a segment comes back from the vault as it was put, and the receipt says what is there") {
  TemporaryDirectory directory;
  DirectoryObjectStore store = DirectoryObjectStore::open(real_file_system(), directory.path()).value();
  Vault vault(store);
  const Segment segment = segment_of(200000);
  const Receipt receipt = vault.put(address_of(), key_of(1), segment).value();
  CHECK(receipt.object_key() == "film/rec-1/g000000/p000002/000003.media");
  CHECK(receipt.address() == address_of());
  CHECK(receipt.plain_size() == 200000);
  CHECK(receipt.sealed_size() == store.size(receipt.object_key()).value());
  CHECK(receipt.sealed_size() == 64 + 200000 + 4 * 16);
  CHECK(receipt.sha256() == to_hex(Sha256::of(segment.bytes)));
  CHECK(vault.read(film_object_key(address_of()).value(), key_of(1)).value() == segment.bytes);
  const auto part = vault.read(film_object_key(address_of()).value(), key_of(1), 65530, 12).value();
  CHECK(std::equal(part.begin(), part.end(), segment.bytes.begin() + 65530, segment.bytes.begin() + 65542));
  CHECK(vault.read(film_object_key(address_of()).value(), key_of(2)).error().kind == ErrorKind::corrupt);
  CHECK(vault.read(film_object_key(address_of(1)).value(), key_of(1)).error().kind == ErrorKind::not_found);
}

TEST_CASE("a segment is put once: the same again gives a receipt, another is refused") {
  MemoryFileSystem files;
  DirectoryObjectStore store = DirectoryObjectStore::open(files, "/o").value();
  Vault vault(store);
  Segment segment = segment_of(1000);
  const Receipt first = vault.put(address_of(), key_of(1), segment).value();
  const Receipt again = vault.put(address_of(), key_of(1), segment).value();
  CHECK(again.sha256() == first.sha256());
  CHECK(again.sealed_size() == first.sealed_size());
  CHECK(vault.put(address_of(), key_of(2), segment).error().kind == ErrorKind::exists);
  segment.bytes[5] ^= std::byte{1};
  CHECK(vault.put(address_of(), key_of(1), segment).error().kind == ErrorKind::exists);
  CHECK(vault.put(address_of(1), key_of(1), segment));
}

TEST_CASE("an impossible address, or another segment's, is refused") {
  MemoryFileSystem files;
  DirectoryObjectStore store = DirectoryObjectStore::open(files, "/o").value();
  Vault vault(store);
  const auto refused = [&](auto change) {
    SegmentAddress address = address_of();
    change(address);
    return vault.put(address, key_of(1), segment_of(10)).error().kind == ErrorKind::invalid;
  };
  CHECK(refused([](auto& a) { a.recording = ""; }));
  CHECK(refused([](auto& a) { a.recording = "../x"; }));
  CHECK(refused([](auto& a) { a.recording = std::string(65, 'a'); }));
  CHECK(refused([](auto& a) { a.generation = -1; }));
  CHECK(refused([](auto& a) { a.part = 1; }));
  CHECK(refused([](auto& a) { a.index = 4; }));
  CHECK(refused([](auto& a) { a.kind = SegmentKind::init; }));
  CHECK(vault.remove_recording("").error().kind == ErrorKind::invalid);
  CHECK(vault.put(address_of(), Secret(16), segment_of(10)).error().kind == ErrorKind::invalid);
}

TEST_CASE("removing a recording removes all its generations and nothing else") {
  MemoryFileSystem files;
  DirectoryObjectStore store = DirectoryObjectStore::open(files, "/o").value();
  Vault vault(store);
  SegmentAddress other = address_of();
  other.recording = "rec-10";
  for (const auto& address : {address_of(0), address_of(1), other}) {
    CHECK(vault.put(address, key_of(1), segment_of(10)));
  }
  CHECK(vault.remove_recording("rec-1").value() == 2);
  CHECK(vault.remove_recording("rec-1").value() == 0);
  CHECK(vault.read(film_object_key(other).value(), key_of(1)));
  CHECK_FALSE(vault.read(film_object_key(address_of()).value(), key_of(1)));
}

TEST_CASE("whichever write fails, a receipt means that the segment survives a power cut") {
  for (int n = 0; n < 14; ++n) {
    INFO("operation " << n);
    MemoryFileSystem files;
    DirectoryObjectStore store = DirectoryObjectStore::open(files, "/o").value();
    Vault vault(store);
    files.fail_at(n, n % 2 == 0);
    const bool put = vault.put(address_of(), key_of(1), segment_of(1000)).has_value();
    files.repair();
    MemoryFileSystem after = files;
    after.lose_power();
    DirectoryObjectStore reopened = DirectoryObjectStore::open(after, "/o").value();
    if (put) CHECK(Vault(reopened).read(film_object_key(address_of()).value(), key_of(1)).value() == segment_of(1000).bytes);
    CHECK(vault.put(address_of(), key_of(1), segment_of(1000)));
    files.lose_power();
    CHECK(vault.read(film_object_key(address_of()).value(), key_of(1)).value() == segment_of(1000).bytes);
  }
}

TEST_CASE("any range of a sealed file reads as of the plain bytes, at all chunk boundaries") {
  for (const std::size_t size : {std::size_t{0}, std::size_t{1}, kChunk - 1, kChunk, kChunk + 1, 3 * kChunk, 9 * kChunk + 3}) {
    Sealed sealed(size);
    CHECK(sealed.read(0, kAll).value() == sealed.plain);
    for (const std::size_t offset : {std::size_t{0}, std::size_t{5}, kChunk - 1, kChunk, 2 * kChunk, 3 * kChunk + 7, size, size + 9}) {
      for (const std::size_t length : {std::size_t{0}, std::size_t{1}, kChunk, 2 * kChunk + 1, 5 * kChunk}) {
        INFO(size << " at " << offset << " + " << length);
        const std::size_t begin = std::min(offset, size), end = std::min(begin + length, size);
        const auto expected = std::vector<std::byte>(sealed.plain.begin() + static_cast<std::ptrdiff_t>(begin),
                                                     sealed.plain.begin() + static_cast<std::ptrdiff_t>(end));
        REQUIRE(sealed.read(offset, length).value() == expected);
      }
    }
    CHECK(sealed.read(kAll, kAll).value().empty());
  }
}

TEST_CASE("every changed byte of a sealed file is noticed") {
  for (const std::size_t size : {std::size_t{0}, std::size_t{300}}) {
    Sealed sealed(size);
    for (std::size_t i = 0; i < sealed.bytes().size(); ++i) {
      sealed.bytes()[i] ^= std::byte{1};
      REQUIRE(sealed.read(0, kAll).error().kind == ErrorKind::corrupt);
      REQUIRE(sealed.read(kAll, 0).error().kind == ErrorKind::corrupt);
      sealed.bytes()[i] ^= std::byte{1};
    }
    CHECK(sealed.read(0, kAll));
  }
}

TEST_CASE("a sealed file that was cut, extended or put together anew does not open") {
  Sealed sealed(3 * kChunk);
  std::vector<std::byte>& bytes = sealed.bytes();
  const auto original = bytes;
  const auto chunk = [&](std::size_t n) { return bytes.begin() + static_cast<std::ptrdiff_t>(64 + n * (kChunk + 16)); };
  const auto refused = [&](std::uint64_t offset, std::uint64_t size) {
    const auto read = sealed.read(offset, size);
    return !read && read.error().kind == ErrorKind::corrupt;
  };

  SECTION("cut anywhere") {
    for (const std::size_t keep : {original.size() - 1, original.size() - kChunk - 16, std::size_t{64}, std::size_t{63},
                                   std::size_t{0}}) {
      bytes.resize(keep);
      CHECK(refused(0, 1));
    }
  }
  SECTION("extended") {
    bytes.push_back(std::byte{0});
    CHECK(refused(0, 1));
  }
  SECTION("chunks swapped: only what was touched is refused") {
    std::swap_ranges(chunk(0), chunk(1), chunk(1));
    CHECK(refused(0, 1));
    CHECK(refused(kChunk, 1));
    CHECK(sealed.read(2 * kChunk, 1));
  }
  SECTION("cut at a chunk, with the header made to fit") {
    bytes.resize(64 + 2 * (kChunk + 16));
    bytes[53] = std::byte{2};
    CHECK(refused(0, 1));
    CHECK(refused(kAll, 0));
  }
  SECTION("a header that claims more than any disk holds") {
    std::fill(bytes.begin() + 48, bytes.begin() + 56, std::byte{0xFF});
    CHECK(refused(0, 1));
  }
  SECTION("a chunk of the same bytes sealed again") {
    Sealed other(3 * kChunk);
    std::copy(other.bytes().begin() + 64, other.bytes().begin() + 64 + kChunk + 16, chunk(0));
    CHECK(refused(0, 1));
  }
  SECTION("another address's file") {
    Sealed other(3 * kChunk, "y");
    CHECK(other.read(0, 1).error().kind == ErrorKind::corrupt);
  }
  SECTION("another key") { CHECK(sealed.read(0, 1, 2).error().kind == ErrorKind::corrupt); }
}
