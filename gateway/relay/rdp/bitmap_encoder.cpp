#include "gateway/relay/rdp/bitmap_encoder.h"

#include <cstring>

namespace frostgate::relay::rdp {

std::unique_ptr<BitmapEncoder> BitmapEncoder::create(unsigned bits_per_pixel) {
  std::unique_ptr<BitmapEncoder> encoder(new BitmapEncoder(bits_per_pixel));
  if (bits_per_pixel == 32) return encoder;
  if (bits_per_pixel != 15 && bits_per_pixel != 16 && bits_per_pixel != 24) return nullptr;
  encoder->interleaved_.reset(bitmap_interleaved_context_new(TRUE));
  return encoder->interleaved_ ? std::move(encoder) : nullptr;
}

bool BitmapEncoder::encode(const std::uint8_t* pixels, std::ptrdiff_t stride, Size size, BITMAP_DATA& bitmap) {
  const auto width = static_cast<UINT32>(size.width), height = static_cast<UINT32>(size.height);
  UINT32 length = encoded_.size();
  const std::uint8_t* data = encoded_.data();
  if (!interleaved_) {
    const auto planar = planar_.encode({pixels, size, stride}, PlanarEncoder::Rows::from_bottom);
    data = planar.data();
    length = static_cast<UINT32>(planar.size());
  } else if (!interleaved_compress(interleaved_.get(), encoded_.data(), &length, width, height, pixels,
                                   PIXEL_FORMAT_BGRX32, static_cast<UINT32>(stride), 0, 0, nullptr, bits_per_pixel_)) {
    return false;
  }
  const UINT32 bytes_per_pixel = (bits_per_pixel_ + 7) / 8;
  bitmap.width = width;
  bitmap.height = height;
  bitmap.bitsPerPixel = bits_per_pixel_;
  bitmap.compressed = TRUE;
  bitmap.bitmapDataStream = const_cast<BYTE*>(data);  // only read
  bitmap.bitmapLength = length;
  bitmap.cbCompMainBodySize = length;
  bitmap.cbScanWidth = width * bytes_per_pixel;
  bitmap.cbUncompressedSize = width * height * bytes_per_pixel;
  return true;
}

bool BitmapEncoder::send(rdpContext* context, FrameView picture, Point place) {
  // The stream's rows are a multiple of four pixels long; the destination rectangle says how many are meant.
  const Size coded{(picture.size.width + 3) / 4 * 4, picture.size.height};
  BITMAP_DATA bitmap{};
  bool ok = false;
  if (coded.width == picture.size.width) {
    ok = encode(picture.pixels, picture.stride, coded, bitmap);
  } else {
    const std::ptrdiff_t stride = coded.width * std::ptrdiff_t{kBytesPerPixel};
    for (int y = 0; y < coded.height; ++y) {
      std::uint8_t* row = padded_.data() + y * stride;
      std::memset(row, 0, static_cast<std::size_t>(stride));
      std::memcpy(row, picture.row(y), static_cast<std::size_t>(picture.size.width) * kBytesPerPixel);
    }
    ok = encode(padded_.data(), stride, coded, bitmap);
  }
  bitmap.destLeft = static_cast<UINT32>(place.x);
  bitmap.destTop = static_cast<UINT32>(place.y);
  bitmap.destRight = static_cast<UINT32>(place.x + picture.size.width - 1);
  bitmap.destBottom = static_cast<UINT32>(place.y + picture.size.height - 1);
  BITMAP_UPDATE update{};
  update.count = update.number = 1;
  update.rectangles = &bitmap;
  return ok && context->update->BitmapUpdate(context, &update);
}

}  // namespace frostgate::relay::rdp
