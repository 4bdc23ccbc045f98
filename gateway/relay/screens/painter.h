// Dialogs as pixels, with Pango and Cairo: a panel in the middle, scaled to the size of the screen.
#pragma once

#include "codec/base/frame.h"
#include "codec/base/result.h"
#include "gateway/relay/screens/dialog.h"
#include "gateway/relay/surface.h"

namespace frostgate::relay::screens {

// Reads the fonts, once, while there is a file system; nothing is read from disk afterwards. Error: not_found, with the
// package to install. Before it has succeeded, panels have no words.
Result<void> load_fonts();

struct Painting {
  Frame picture;
  Layout layout;
};
// `behind`: what the panel stands on, darkened; of another size or empty: a quiet ground. Pure, given the fonts.
Painting paint(const DialogState& state, Size size, const Frame& behind);

// The pointer over a panel.
CursorShape arrow(Size size);  // of the screen

}  // namespace frostgate::relay::screens
