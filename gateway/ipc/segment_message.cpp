#include "gateway/ipc/segment_message.h"

namespace frostgate::ipc {

Result<Message> segment_message(const Segment& segment) {
  Message out;
  out.body = {{"type", "segment"},
              {"kind", segment.kind == SegmentKind::init ? "init" : "media"},
              {"part", segment.part},
              {"index", segment.index},
              {"start_us", segment.start.count()},
              {"duration_us", segment.duration.count()},
              {"width", segment.size.width},
              {"height", segment.size.height},
              {"frames", segment.frames}};
  out.descriptors.push_back(TRY(to_memory_file(segment.bytes)));
  return out;
}

Result<Segment> read_segment(const Message& message, std::size_t max_bytes) {
  if (message.descriptors.size() != 1) return Error{ErrorKind::corrupt, "a segment came without its bytes"};
  Segment segment;
  const std::string kind = TRY(message.text("kind"));
  segment.kind = kind == "init" ? SegmentKind::init : SegmentKind::media;
  segment.part = static_cast<int>(TRY(message.number("part", 0, 1 << 20)));
  segment.index = static_cast<int>(TRY(message.number("index", 0, 1 << 20)));
  segment.start = Microseconds(TRY(message.number("start_us", 0, std::int64_t{1} << 50)));
  segment.duration = Microseconds(TRY(message.number("duration_us", 0, std::int64_t{1} << 50)));
  segment.size.width = static_cast<int>(TRY(message.number("width", 1, kMaxScreenSide)));
  segment.size.height = static_cast<int>(TRY(message.number("height", 1, kMaxScreenSide)));
  segment.frames = static_cast<std::uint32_t>(TRY(message.number("frames", 0, 1 << 30)));
  segment.bytes = TRY(from_memory_file(message.descriptors[0], max_bytes));
  return segment;
}

}  // namespace frostgate::ipc
