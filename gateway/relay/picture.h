// What the head of a copied picture says of it, held against its length. Pure.
#pragma once

#include <cstddef>
#include <span>

#include "codec/base/geometry.h"
#include "codec/base/result.h"
#include "gateway/relay/copied.h"

namespace frostgate::relay {

struct Picture {
  Size size;
  int bits = 0;  // per pixel
  friend bool operator==(const Picture&, const Picture&) = default;
};

// Of a picture of that kind (no files): a packed DIB (BITMAPINFOHEADER, BITMAPV5HEADER) or a PNG's IHDR (RFC 2083 4.1.1). Error `corrupt`: its head and its
// length do not fit together, or no program would read it.
Result<Picture> read_picture(copied::Kind kind, std::span<const std::byte> bytes);

}  // namespace frostgate::relay
