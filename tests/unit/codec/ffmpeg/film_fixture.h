// Cleared frames, drawings and temporary folders for the film tests. These tests do not link redaction, so they define
// the one maker of ClearedFrame themselves.
#pragma once

#include <unistd.h>

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

#include "codec/base/cleared_frame.h"
#include "codec/base/segment.h"
#include "codec/segment_encoder.h"
#include "codec/video_reader.h"

namespace frostgate::redaction {

class Renderer {
 public:
  static ClearedFrame clear(Frame frame, Region changed) {
    return ClearedFrame(ClearedFramePasskey(), std::make_shared<const Frame>(std::move(frame)), std::move(changed));
  }
};

}  // namespace frostgate::redaction

namespace frostgate::codec {

using std::chrono::milliseconds;
using std::chrono::seconds;

class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "frostgate-XXXXXX").string();
    if (!::mkdtemp(name.data())) std::abort();
    path_ = name;
  }
  ~TemporaryFolder() { std::filesystem::remove_all(path_); }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  std::filesystem::path operator/(const std::string& name) const { return path_ / name; }
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

inline void fill(Frame& frame, const Rect& rect, std::uint32_t colour) {
  const Rect inside = rect.intersected(Rect::of(frame.size()));
  for (int y = inside.y; y < inside.bottom(); ++y) {
    for (int x = inside.x; x < inside.right(); ++x) std::memcpy(frame.row(y) + std::ptrdiff_t{x} * kBytesPerPixel, &colour, sizeof colour);
  }
}

// A grey desktop with coloured blocks; `step` moves them.
inline Frame desktop(Size size, int step) {
  Frame frame(size);
  fill(frame, Rect::of(size), 0x00606060);
  fill(frame, {8 + 4 * step, 10, 40, 30}, 0x00C02020);
  fill(frame, {20, 30 + 2 * step, 60, 12}, 0x0020A040);
  fill(frame, {size.width - 17, size.height - 9, 17, 9}, 0x00F0F0F0);
  return frame;
}

inline ClearedFrame cleared(const Frame& frame) { return redaction::Renderer::clear(frame, Rect::of(frame.size())); }

inline double psnr(const Frame& film, const Frame& drawn) {
  double error = 0;
  for (int y = 0; y < drawn.size().height; ++y) {
    for (int x = 0; x < drawn.size().width * kBytesPerPixel; ++x) {
      if (x % kBytesPerPixel == 3) continue;
      const double d = film.row(y)[x] - drawn.row(y)[x];
      error += d * d;
    }
  }
  return 10 * std::log10(255.0 * 255.0 * 3 * static_cast<double>(drawn.size().area()) / std::max(error, 1.0));
}

inline void append(std::vector<Segment>& all, std::vector<Segment> more) {
  all.insert(all.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
}

struct Shot {
  Frame frame;
  SessionTime at;
};

inline std::vector<Segment> encode(const std::vector<Shot>& shots, SessionTime end, SegmentEncoderSettings settings = {}) {
  SegmentEncoder encoder = SegmentEncoder::open(settings).value();
  std::vector<Segment> all;
  for (const Shot& shot : shots) append(all, encoder.add(cleared(shot.frame), shot.at).value());
  append(all, encoder.finish(end).value());
  return all;
}

inline void write_bytes(const std::filesystem::path& path, const std::vector<std::byte>& bytes) {
  std::ofstream(path, std::ios::binary).write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
}

inline std::string read_text(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

inline std::vector<VideoFrame> read_video(const std::filesystem::path& path) {
  VideoReader reader = VideoReader::open(path).value();
  std::vector<VideoFrame> frames;
  while (auto frame = reader.next().value()) frames.push_back(std::move(*frame));
  return frames;
}

// The frames of one part, as a player sees them that gets its init segment and then its media segments.
inline std::vector<VideoFrame> play(const std::vector<Segment>& segments, int part, const TemporaryFolder& folder) {
  std::vector<std::byte> bytes;
  for (const Segment& segment : segments) {
    if (segment.part == part) bytes.insert(bytes.end(), segment.bytes.begin(), segment.bytes.end());
  }
  write_bytes(folder / "part.mp4", bytes);
  return read_video(folder / "part.mp4");
}

}  // namespace frostgate::codec
