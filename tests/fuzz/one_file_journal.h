// A journal of one file that is in memory, for the fuzzers of what reads it.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "storage/journal/journal_reader.h"

namespace frostgate::storage {

class OneFile final : public JournalSource {
 public:
  explicit OneFile(std::vector<std::byte> bytes) : bytes_(std::move(bytes)) {}
  Result<std::optional<std::vector<std::byte>>> read(int index, std::uint64_t offset, std::size_t size) override {
    if (index != 0) return std::optional<std::vector<std::byte>>();
    const std::size_t from = std::min<std::uint64_t>(offset, bytes_.size()), to = from + std::min(size, bytes_.size() - from);
    return std::optional(std::vector<std::byte>(bytes_.begin() + static_cast<std::ptrdiff_t>(from), bytes_.begin() + static_cast<std::ptrdiff_t>(to)));
  }

 private:
  std::vector<std::byte> bytes_;
};

}  // namespace frostgate::storage
