// A segment of film as a message of type `segment` whose one descriptor has the bytes (gateway/ipc/FORMAT.md).
#pragma once

#include "codec/base/segment.h"
#include "gateway/ipc/channel.h"

namespace frostgate::ipc {

Result<Message> segment_message(const Segment& segment);

// Error: corrupt, invalid or io, when it is none, or has more than `max_bytes`.
Result<Segment> read_segment(const Message& message, std::size_t max_bytes);

}  // namespace frostgate::ipc
