// What a Surface shows, and whether it is what it should be.
#pragma once

#include <optional>

#include "gateway/relay/surface.h"

namespace frostgate::test {

inline Frame copy_of(relay::Surface& surface, std::optional<relay::CursorShape>* cursor = nullptr) {
  relay::Surface::Reader reader(surface);
  Frame frame;
  reader.take([&](const relay::Surface::Reader::Look& look) {
    frame = look.frame;
    if (cursor && look.cursor) *cursor = *look.cursor;
  });
  return frame;
}

inline bool equal(relay::Surface& surface, const Frame& wanted) {
  const Frame frame = copy_of(surface);
  return frame.size() == wanted.size() && same_pixels(frame.view(), wanted.view(), Rect::of(wanted.size()));
}

}  // namespace frostgate::test
