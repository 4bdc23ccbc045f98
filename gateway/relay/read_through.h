// Whether a file that is read in pieces was read from its beginning to its end, and what it was then. Pure; one thread at a time.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "storage/crypto/hash.h"

namespace frostgate::relay {

class ReadThrough {
 public:
  // A piece that was read. A piece at the beginning begins anew. The digest of the whole file, when this was the last piece of it and none was left
  // out; `size` is the file's, when it is known.
  std::optional<storage::Sha256Digest> read(std::uint64_t from, std::span<const std::byte> piece, std::optional<std::uint64_t> size) {
    bytes_ += piece.size();
    if (from == 0) {
      hash_.emplace();
      next_ = 0;
    }
    if (!hash_ || from != next_) {
      hash_.reset();
      return std::nullopt;
    }
    hash_->add(piece);
    next_ += piece.size();
    if (!size || next_ != *size) return std::nullopt;
    whole_ = true;
    const storage::Sha256Digest digest = hash_->finish();
    hash_.reset();
    return digest;
  }

  bool whole() const { return whole_; }            // once at least
  std::uint64_t bytes() const { return bytes_; }  // that were read in all

 private:
  std::optional<storage::Sha256> hash_;  // while nothing was left out
  std::uint64_t next_ = 0, bytes_ = 0;
  bool whole_ = false;
};

}  // namespace frostgate::relay
