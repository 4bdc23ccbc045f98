// Sealed files: one that is just any bytes, and one that was sealed and then changed. What opens is what was sealed; a changed byte never opens.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <vector>

#include "storage/vault/sealed_file.h"

namespace {

using namespace frostgate;
using namespace frostgate::storage;

class OneObject final : public ObjectStore {
 public:
  explicit OneObject(std::vector<std::byte> bytes) : bytes_(std::move(bytes)) {}
  Result<void> put_if_absent(std::string_view, std::span<const std::byte>) override { return Error{ErrorKind::exists, "there is one"}; }
  Result<std::vector<std::byte>> read(std::string_view, std::uint64_t offset, std::uint64_t size) override {
    const std::uint64_t from = std::min<std::uint64_t>(offset, bytes_.size()), to = from + std::min<std::uint64_t>(size, bytes_.size() - from);
    return std::vector<std::byte>(bytes_.begin() + static_cast<std::ptrdiff_t>(from), bytes_.begin() + static_cast<std::ptrdiff_t>(to));
  }
  Result<std::uint64_t> size(std::string_view) override { return bytes_.size(); }
  Result<std::vector<std::string>> list(std::string_view) override { return std::vector<std::string>{"o"}; }
  Result<std::vector<std::string>> folders(std::string_view) override { return std::vector<std::string>{}; }
  Result<void> remove(std::string_view) override { return {}; }

 private:
  std::vector<std::byte> bytes_;
};

Result<std::vector<std::byte>> opened(std::vector<std::byte> bytes, const Secret& key) {
  OneObject objects(std::move(bytes));
  auto file = SealedFile::open(objects, "o", key, "context");
  if (!file) return file.error();
  return file.value().read(0, UINT64_MAX);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const Secret key(std::vector<std::byte>(32, std::byte{9}));
  std::vector<std::byte> bytes(size);
  for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<std::byte>(data[i]);
  if (opened(bytes, key)) std::abort();  // nobody sealed it
  auto sealed = seal_file(key, "context", bytes);
  if (!sealed) std::abort();
  const auto same = opened(sealed.value(), key);
  if (!same || same.value() != bytes) std::abort();
  std::size_t place = size;
  for (std::size_t i = 0; i < std::min<std::size_t>(size, 8); ++i) place = place * 257 + data[i];
  sealed.value()[place % sealed.value().size()] ^= std::byte{0x10};
  if (opened(sealed.value(), key)) std::abort();
  return 0;
}
