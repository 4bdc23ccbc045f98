#include "gateway/redact/lossy_states.h"

#include <utility>

#include "redaction/lines/coding_noise.h"

namespace frostgate::redact {
namespace {

constexpr int kTileSide = 64;

}  // namespace

Region changes(const Frame& before, FrameView after) {
  const Rect screen = Rect::of(after.size);
  if (before.size() != after.size) return screen;
  Region region;
  for (int y = 0; y < screen.height; y += kTileSide) {
    Rect run;
    for (int x = 0; x < screen.width; x += kTileSide) {
      const Rect tile = Rect{x, y, kTileSide, kTileSide}.intersected(screen);
      if (!same_pixels(before.view(), after, tile)) {
        run = run.united(tile);
      } else {
        region.add(std::exchange(run, Rect{}));
      }
    }
    region.add(run);
  }
  return region;
}

Result<void> LossyStates::observe(redaction::Redactor& redactor, SessionTime at, FrameView state) {
  Frame restored = redaction::without_coding_noise(state);
  const Region damage = changes(paper_, restored.view());
  paper_ = std::move(restored);
  return damage.empty() ? Result<void>() : redactor.observe({at, paper_.view(), damage});
}

}  // namespace frostgate::redact
