// Sealed bytes with random access: AES-256-GCM over chunks of 64 KiB. Truncated, extended, swapped or changed ones do not
// open. Format: storage/FORMAT.md.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "codec/base/result.h"
#include "codec/base/secret.h"
#include "storage/object_store.h"

namespace frostgate::storage {

inline constexpr std::size_t kSealedHeaderBytes = 64;
inline constexpr std::uint64_t kSealedChunkBytes = 64 * 1024;

// `context` names what is sealed: opening needs the same. Two seals of the same bytes differ.
Result<std::vector<std::byte>> seal_file(const Secret& key, std::string_view context, std::span<const std::byte> plain);

class SealedFile {
 public:
  // Reads the header only. `objects` outlives this.
  static Result<SealedFile> open(ObjectStore& objects, std::string object_key, const Secret& key,
                                 std::string_view context);

  // At most `size` plain bytes from `offset`, fewer at the end. Gives authenticated bytes only, and none only when the
  // end is authentic.
  Result<std::vector<std::byte>> read(std::uint64_t offset, std::uint64_t size);

  std::uint64_t sealed_size() const { return sealed_size_; }

 private:
  using Header = std::array<std::byte, kSealedHeaderBytes>;
  SealedFile(ObjectStore& objects, std::string object_key) : objects_(&objects), object_key_(std::move(object_key)) {}
  Error corrupt(const std::string& what) const;

  ObjectStore* objects_;
  std::string object_key_;
  Header header_{};
  Secret file_key_;
  std::uint64_t plain_size_ = 0;
  std::uint64_t sealed_size_ = 0;
};

}  // namespace frostgate::storage
