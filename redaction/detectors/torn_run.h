// A run that was drawn at random and that an engine tore or broke off: how far it reaches.
#pragma once

#include <cstddef>

#include "redaction/detectors/judged_text.h"

namespace frostgate::redaction {

struct RunExtent {
  std::size_t first = 0;
  std::size_t end = 0;
};

// What of [first, end), a run that looks random, the characters around it still belong to: the rest of its word, and beyond
// one narrow space what looks drawn, with the scraps between. `whole`: also what stands before it; else its beginning is known, as
// behind a vendor's prefix.
RunExtent torn_run(const PreparedText& text, std::size_t first, std::size_t end, bool whole);

}  // namespace frostgate::redaction
