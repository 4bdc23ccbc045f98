// A piece of film as it is stored and played: fragmented MP4 (ISO/IEC 14496-12). A part is a run of one picture size;
// its init segment comes first, then media segments, each starting with an IDR picture.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "codec/base/geometry.h"
#include "codec/base/time.h"

namespace frostgate {

enum class SegmentKind { init, media };

struct Segment {
  SegmentKind kind = SegmentKind::media;
  int part = 0;                 // from 0, grows at each change of size
  int index = 0;                // within the part; the init segment has 0, media count from 1
  Size size;                    // of the picture that was recorded, before padding to even sides
  SessionTime start{};          // an init segment has the start of its part
  Microseconds duration{};      // zero for an init segment
  std::uint32_t frames = 0;
  std::vector<std::byte> bytes;
};

}  // namespace frostgate
