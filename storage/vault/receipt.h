// The third proof: this piece of film is on disk, sealed. The catalog takes nothing else.
#pragma once

#include <cstdint>
#include <string>
#include <utility>

#include "codec/base/segment.h"

namespace frostgate::storage {

class Vault;

// Names a segment for ever; a generation is one rendering of a recording. Object keys follow from it.
struct SegmentAddress {
  std::string recording;  // [A-Za-z0-9_-], at most 64
  int generation = 0;
  int part = 0;
  int index = 0;
  SegmentKind kind = SegmentKind::media;
  friend bool operator==(const SegmentAddress&, const SegmentAddress&) = default;
};

// Only Vault can make one, and so only it can make a Receipt.
class ReceiptPasskey {
  friend class Vault;
  ReceiptPasskey() {}
};

class Receipt {
 public:
  struct Facts {
    SegmentAddress address;
    std::string object_key;
    std::uint64_t sealed_size = 0;
    std::uint64_t plain_size = 0;
    std::string sha256;  // of the plain segment, hexadecimal
  };

  Receipt(ReceiptPasskey, Facts facts) : facts_(std::move(facts)) {}

  const SegmentAddress& address() const { return facts_.address; }
  const std::string& object_key() const { return facts_.object_key; }
  std::uint64_t sealed_size() const { return facts_.sealed_size; }
  std::uint64_t plain_size() const { return facts_.plain_size; }
  const std::string& sha256() const { return facts_.sha256; }

 private:
  Facts facts_;
};

}  // namespace frostgate::storage
