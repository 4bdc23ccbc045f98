#include "gateway/relay/screen_copy.h"

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>

namespace frostgate::relay {
namespace {

// The pages that hold nothing else.
void give_back(std::uint8_t* pixels, std::size_t bytes) {
  const auto page = static_cast<std::uintptr_t>(sysconf(_SC_PAGESIZE));
  const auto begin = reinterpret_cast<std::uintptr_t>(pixels);
  const std::uintptr_t first = (begin + page - 1) / page * page, last = (begin + bytes) / page * page;
  // Where it is refused they only stay.
  if (first < last) (void)madvise(pixels + (first - begin), last - first, MADV_DONTNEED);
}

}  // namespace

void ScreenCopy::restart(std::uint8_t* pixels, Size size, std::ptrdiff_t stride) {
  pixels_ = pixels;
  size_ = size;
  stride_ = stride;
  here_.assign(static_cast<std::size_t>(columns()) * static_cast<std::size_t>((size.height + kTileSide - 1) / kTileSide), true);
  in_use_ = !size.empty();
}

template <class Visit>
void ScreenCopy::for_tiles(const Rect& rect, const Visit& visit) const {
  const Rect inside = rect.intersected(Rect::of(size_));
  if (inside.empty()) return;
  for (int row = inside.y / kTileSide; row <= (inside.bottom() - 1) / kTileSide; ++row) {
    for (int column = inside.x / kTileSide; column <= (inside.right() - 1) / kTileSide; ++column)
      visit(static_cast<std::size_t>(row * columns() + column), Rect{column * kTileSide, row * kTileSide, kTileSide, kTileSide});
  }
}

void ScreenCopy::copy(const Rect& rect, const Frame& from) {
  const Rect inside = rect.intersected(Rect::of(size_)).intersected(Rect::of(from.size()));
  for (int y = inside.y; y < inside.bottom(); ++y)
    std::memcpy(pixels_ + y * stride_ + std::ptrdiff_t{inside.x} * kBytesPerPixel, from.view().at(inside.x, y), static_cast<std::size_t>(inside.width) * kBytesPerPixel);
}

void ScreenCopy::take(const Rect& rect, const Frame& from) {
  copy(rect, from);
  in_use_ = true;
  fetch(rect, from);
}

void ScreenCopy::fetch(const Rect& rect, const Frame& from) {
  for_tiles(rect, [&](std::size_t tile, const Rect& place) {
    if (here_[tile]) return;
    here_[tile] = in_use_ = true;
    copy(place, from);
  });
}

void ScreenCopy::forget(const Rect& rect) {
  for_tiles(rect, [&](std::size_t tile, const Rect&) { here_[tile] = false; });
}

bool ScreenCopy::holds(const Rect& rect) const {
  bool all = true;
  for_tiles(rect, [&](std::size_t tile, const Rect&) { all = all && here_[tile]; });
  return all;
}

void ScreenCopy::rest(Clock::time_point now) {
  if (!in_use_ || now - rested_ < kKept) return;
  rested_ = now;
  give_back(pixels_, static_cast<std::size_t>(size_.height) * static_cast<std::size_t>(stride_));
  here_.assign(here_.size(), false);
  in_use_ = false;
}

}  // namespace frostgate::relay
