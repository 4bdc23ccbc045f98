#include "gateway/policy/region_picture.h"

#include <cstring>
#include <fstream>
#include <span>
#include <vector>

#include "codec/picture_file.h"
#include "storage/crypto/hex.h"
#include "storage/crypto/hash.h"

namespace frostgate::policy {
namespace {

constexpr std::size_t kMaxPictureBytes = std::size_t{1} << 20;

bool plain(FrameView picture) {
  for (int y = 0; y < picture.size.height; ++y) {
    for (int x = 0; x < picture.size.width; ++x) {
      if (std::memcmp(picture.at(x, y), picture.pixels, 3) != 0) return false;
    }
  }
  return true;
}

}  // namespace

Result<std::shared_ptr<const Frame>> read_picture(const RegionPicture& picture) {
  std::ifstream in(picture.file, std::ios::binary);
  if (!in) return Error{ErrorKind::not_found, picture.file + ": cannot be read"};
  std::vector<std::byte> bytes(kMaxPictureBytes + 1);
  in.read(reinterpret_cast<char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  bytes.resize(static_cast<std::size_t>(in.gcount()));
  if (bytes.size() > kMaxPictureBytes) return Error{ErrorKind::invalid, picture.file + ": larger than 1 MiB"};
  const std::string digest = storage::to_hex(storage::Sha256::of(std::span<const std::byte>(bytes)));
  if (digest != picture.sha256) return Error{ErrorKind::invalid, picture.file + ": has the SHA-256 digest " + digest + ", which is not the policy's"};
  Result<Frame> frame = codec::decode_png(bytes, kMaxPictureSize);
  if (!frame) return Error{frame.error().kind, picture.file + ": " + frame.error().message};
  const Size size = frame.value().size();
  if (size.width < kLeastPictureSide || size.height < kLeastPictureSide || plain(frame.value().view())) {
    return Error{ErrorKind::invalid, picture.file + ": would be found anywhere; expected " + std::to_string(kLeastPictureSide) +
                                         " pixels or more in each direction, and something on them"};
  }
  return std::make_shared<const Frame>(std::move(frame).value());
}

}  // namespace frostgate::policy
