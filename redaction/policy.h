// What a policy says about the pixels of a recording. Plain values; gateway reads them from YAML.
#pragma once

#include <string>
#include <vector>

#include "codec/base/geometry.h"

namespace frostgate::redaction {

enum class Unreadable { cover, show };

enum class RegionUnit { pixels, percent };

// A fixed rectangle of the screen, in pixels or in hundredths of its sides. Percent edges are rounded outwards.
struct RegionRule {
  std::string name;
  RegionUnit unit = RegionUnit::pixels;
  double x = 0;
  double y = 0;
  double width = 0;
  double height = 0;
  bool redact = true;                         // always covered, whatever is in it
  Unreadable unreadable = Unreadable::cover;  // for what lies wholly inside, where `redact` is false

  // On a screen of this size, clipped to it.
  Rect on(Size screen) const;
};

struct RedactionPolicy {
  std::vector<RegionRule> regions;
};

}  // namespace frostgate::redaction
