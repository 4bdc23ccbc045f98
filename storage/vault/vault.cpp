#include "storage/vault/vault.h"

#include <algorithm>
#include <cstdio>
#include <limits>
#include <utility>

#include "storage/crypto/hash.h"
#include "storage/crypto/hex.h"
#include "storage/vault/sealed_file.h"

namespace frostgate::storage {

namespace {

constexpr int kMaxNumber = 999999;

Result<std::string> folder_of(std::string_view recording) {
  if (!valid_recording(recording)) return Error{ErrorKind::invalid, "not a recording's name"};
  return "film/" + std::string(recording);
}

}  // namespace

bool valid_recording(std::string_view id) {
  return !id.empty() && id.size() <= 64 && std::ranges::all_of(id, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
  });
}

Result<std::string> film_object_key(const SegmentAddress& address) {
  const std::string folder = TRY(folder_of(address.recording));
  for (const int number : {address.generation, address.part, address.index}) {
    if (number < 0 || number > kMaxNumber) return Error{ErrorKind::invalid, "a segment's number out of range"};
  }
  char name[64];
  std::snprintf(name, sizeof name, "/g%06d/p%06d/%06d.%s", address.generation, address.part, address.index,
                address.kind == SegmentKind::init ? "init" : "media");
  return folder + name;
}

Result<Receipt> Vault::put(const SegmentAddress& address, const Secret& film_key, const Segment& segment) {
  if (address.part != segment.part || address.index != segment.index || address.kind != segment.kind) {
    return Error{ErrorKind::invalid, "a segment at the address of another"};
  }
  const std::string object_key = TRY(film_object_key(address));
  const std::vector<std::byte> sealed = TRY(seal_file(film_key, object_key, segment.bytes));
  const Result<void> stored = objects_->put_if_absent(object_key, sealed);
  if (!stored) {
    if (stored.error().kind != ErrorKind::exists) return stored.error();
    // A put whose receipt was lost is repeated. Sizes are equal, as they follow from the plain size.
    const Result<std::vector<std::byte>> there = read(object_key, film_key);
    if (!there || there.value() != segment.bytes) return stored.error().within("another segment is at this address");
  }
  return Receipt(ReceiptPasskey{}, {.address = address,
                                    .object_key = object_key,
                                    .sealed_size = sealed.size(),
                                    .plain_size = segment.bytes.size(),
                                    .sha256 = to_hex(Sha256::of(segment.bytes))});
}

Result<std::vector<std::byte>> Vault::read(std::string_view object_key, const Secret& film_key) {
  return read(object_key, film_key, 0, std::numeric_limits<std::uint64_t>::max());
}

Result<std::vector<std::byte>> Vault::read(std::string_view object_key, const Secret& film_key, std::uint64_t offset,
                                           std::uint64_t size) {
  const std::string key(object_key);
  SealedFile file = TRY(SealedFile::open(*objects_, key, film_key, key));
  return file.read(offset, size);
}

Result<int> Vault::remove_others(std::string_view recording, const std::set<std::string>& kept) {
  const std::string folder = TRY(folder_of(recording));
  int removed = 0;
  for (const std::string& key : TRY(objects_->list(folder))) {
    if (kept.contains(key)) continue;
    const Result<void> gone = objects_->remove(key);
    if (!gone && gone.error().kind != ErrorKind::not_found) return gone.error();
    if (gone) ++removed;
  }
  return removed;
}

}  // namespace frostgate::storage
