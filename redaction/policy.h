// What a policy says about the pixels of a recording. Plain values; gateway reads them from YAML.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "codec/base/frame.h"
#include "codec/base/geometry.h"

namespace frostgate::redaction {

enum class Unreadable { cover, show };

// What keeps changing like a video (motion.h): a picture of it is read and shown once a second, or it is covered.
enum class Moving { sample, cover };

enum class RegionUnit { pixels, percent };

enum class RegionKind {
  rectangle,  // x, y, width and height on the screen
  window,     // the window whose title has `text` in it
  picture,    // where `picture` stands on the screen, pixel by pixel
  label,      // at a line that has `text` in it
};

// A part of the screen. A rectangle is in pixels or in hundredths of the screen's sides; percent edges are rounded
// outwards. At a label or a picture x, y, width and height are pixels from its upper left corner; a picture without a
// width stands for the whole window around it. Windows and labels are looked for in every state.
struct RegionRule {
  std::string name;
  RegionKind kind = RegionKind::rectangle;
  RegionUnit unit = RegionUnit::pixels;
  double x = 0;
  double y = 0;
  double width = 0;
  double height = 0;
  std::string text{};                    // UTF-8; compared without case, accents, spaces and what OCR confuses; a picture's file name
  std::shared_ptr<const Frame> picture{};
  bool everything_but = false;           // stands for all of the screen outside it
  bool redact = true;                    // always covered, whatever is in it
  Unreadable unreadable = Unreadable::cover;  // for what lies wholly inside, where `redact` is false
  Moving moving = Moving::sample;             // the same

  // A rectangle on a screen of this size, clipped to it.
  Rect on(Size screen) const;
};

struct RedactionPolicy {
  std::vector<RegionRule> regions;
};

}  // namespace frostgate::redaction
