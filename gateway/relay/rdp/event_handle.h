// A winpr event of a descriptor, for loops that wait for libfreerdp's as well.
#pragma once

#include <memory>

#include "gateway/relay/rdp/freerdp_compat.h"

namespace frostgate::relay::rdp {

struct CloseEvent {
  void operator()(void* event) const { CloseHandle(event); }
};
using EventHandle = std::unique_ptr<void, CloseEvent>;

// Null when there is no memory. The descriptor stays the caller's.
inline EventHandle event_of(int descriptor, ULONG mode) { return EventHandle(CreateFileDescriptorEvent(nullptr, TRUE, FALSE, descriptor, mode)); }

}  // namespace frostgate::relay::rdp
