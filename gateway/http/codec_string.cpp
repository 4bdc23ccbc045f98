#include "gateway/http/codec_string.h"

#include <string_view>

#include "storage/crypto/hex.h"

namespace frostgate::http {

std::string mime_of(std::span<const std::byte> init) {
  const std::string_view bytes(reinterpret_cast<const char*>(init.data()), init.size());
  const std::size_t box = bytes.find("avcC");
  // Its name, the version, then profile, constraints and level.
  if (box == std::string_view::npos || box + 8 > bytes.size()) return "video/mp4";
  return "video/mp4; codecs=\"avc1." + storage::to_hex(init.subspan(box + 5, 3)) + "\"";
}

}  // namespace frostgate::http
