#include "gateway/redact/mask_listing.h"

#include <algorithm>
#include <cstdio>

namespace frostgate::redact {

std::string film_time(SessionTime time) {
  const long long milliseconds = std::chrono::floor<std::chrono::milliseconds>(time).count();
  char text[48];
  std::snprintf(text, sizeof text, "%lld:%02lld:%02lld.%03lld", milliseconds / 3'600'000, milliseconds / 60'000 % 60,
                milliseconds / 1000 % 60, milliseconds % 1000);
  return text;
}

std::string list_masks(std::span<const redaction::Mask> masks, SessionTime end) {
  std::string out;
  for (std::size_t i = 0; i < masks.size(); ++i) {
    const redaction::Mask& mask = masks[i];
    char where[96];
    std::snprintf(where, sizeof where, "  %dx%d at %d,%d  ", mask.box.width, mask.box.height, mask.box.x, mask.box.y);
    out += std::to_string(i + 1) + "  " + film_time(mask.from) + " to " + film_time(std::min(mask.to, end)) + where + mask.rule + '\n';
  }
  return out;
}

}  // namespace frostgate::redact
