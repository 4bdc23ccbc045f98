#include "gateway/evidence/journal_digest.h"

#include "storage/byte_order.h"
#include "storage/crypto/hash.h"
#include "storage/crypto/hex.h"
#include "storage/file_system.h"

namespace frostgate::evidence {
namespace {

constexpr std::uint64_t kPiece = std::uint64_t{1} << 20;

}  // namespace

Result<std::string> journal_sha256(const std::filesystem::path& folder) {
  storage::FileSystem& files = storage::real_file_system();
  storage::Sha256 listing;
  for (const std::string& name : TRY(files.list(folder))) {
    const storage::FileStatus status = TRY(files.status(folder / name));
    if (status.directory) continue;
    storage::Sha256 content;
    std::uint64_t size = 0;
    while (true) {
      const std::vector<std::byte> piece = TRY(files.read(folder / name, size, kPiece));
      content.add(piece);
      size += piece.size();
      if (piece.size() < kPiece) break;
    }
    listing.add(storage::bytes_of(name + " " + std::to_string(size) + " " + storage::to_hex(content.finish()) + "\n"));
  }
  return storage::to_hex(listing.finish());
}

}  // namespace frostgate::evidence
