// How long a video file says that it is (codec/ffmpeg/stated_end.h), of anybody's bytes.
#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "codec/ffmpeg/stated_end.h"

using namespace frostgate;

namespace {

class Bytes final : public codec::ffmpeg::ByteSource {
 public:
  Bytes(const std::uint8_t* data, std::size_t size) : bytes_(data, size) {}
  Result<std::size_t> read(std::span<std::uint8_t> to) override {
    const std::size_t count = std::min(to.size(), bytes_.size() - at_);
    std::copy_n(bytes_.begin() + static_cast<std::ptrdiff_t>(at_), count, to.begin());
    at_ += count;
    return count;
  }
  bool seekable() const override { return true; }
  std::optional<std::int64_t> size() override { return static_cast<std::int64_t>(bytes_.size()); }
  bool seek(std::int64_t position, int whence) override {
    if (whence != SEEK_SET || position < 0) std::abort();
    at_ = std::min(static_cast<std::size_t>(position), bytes_.size());
    return true;
  }
  std::int64_t position() const override { return static_cast<std::int64_t>(at_); }

 private:
  std::span<const std::uint8_t> bytes_;
  std::size_t at_ = 0;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Bytes source(data, size);
  const std::optional<std::int64_t> end = codec::ffmpeg::stated_end(source);
  // Whatever it says is a place, and the source is where a demuxer begins.
  if ((end && *end < 0) || source.position() != 0) std::abort();
  return 0;
}
