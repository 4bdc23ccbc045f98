// Reads states (change_encoder.h). The bytes are hostile.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "codec/base/frame.h"
#include "codec/base/geometry.h"
#include "codec/base/result.h"

struct ZSTD_DCtx_s;

namespace frostgate::codec {

struct DecodedState {
  Region damage;         // covers every pixel that changed
  bool resized = false;  // a key state of another size than the frame before it (also the first)
};

// Not thread-safe; any one thread at a time.
class TileDecoder {
 public:
  TileDecoder();

  // Applies one state to frame(). After an error frame() is as it was, and only a key state is sure to follow on it.
  Result<DecodedState> apply(std::span<const std::byte> state);

  // The screen after the last applied state; empty before the first.
  const Frame& frame() const { return frame_; }

 private:
  struct FreeContext {
    void operator()(ZSTD_DCtx_s* context) const;
  };

  bool decompress(std::span<const std::byte> packed, const std::vector<int>& against, std::size_t claimed);

  Frame frame_;
  std::vector<std::byte> raw_, former_;
  std::unique_ptr<ZSTD_DCtx_s, FreeContext> context_;
};

}  // namespace frostgate::codec
