#include "gateway/serve/target_atlas.h"

#include <fcntl.h>

#include "gateway/base/whole_file.h"
#include "storage/crypto/hex.h"

namespace frostgate::serve {
namespace {

// A target's name may hold anything.
std::filesystem::path file_of(const config::Config& config, const std::string& target) {
  return config.atlas_dir() / (storage::to_hex(std::as_bytes(std::span(target))) + ".atlas");
}

}  // namespace

Descriptor open_atlas(const config::Config& config, const std::string& target) {
  return Descriptor(open(file_of(config, target).c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
}

Result<void> keep_atlas(const config::Config& config, const std::string& target, std::span<const std::byte> bytes) {
  if (bytes.size() > kMaxAtlasBytes) return Error{ErrorKind::corrupt, "the glyph atlas is too large"};
  return replace_file(file_of(config, target), bytes);
}

}  // namespace frostgate::serve
