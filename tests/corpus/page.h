// A screen drawn with Pango, and the exact ink of the secrets on it: it is drawn with and without them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "codec/base/frame.h"
#include "tests/corpus/secret_kinds.h"

namespace frostgate::corpus {

enum class Antialias { none, grey, subpixel };
const char* to_string(Antialias antialias);

struct Look {
  std::string font;     // family
  bool proportional = false;
  Antialias antialias = Antialias::grey;
  int percent = 100;    // of 96 dots an inch
};

using Rgb = std::uint32_t;  // 0xRRGGBB

// One text that is put on the screen; `kind` is what its secret is reported as.
struct Label {
  Point at;  // top left, in pixels at 100 %
  Line line;
  Rgb ink = 0;
  double points = 11;
  std::string kind;
};

struct Panel {
  Rect area;  // in pixels at 100 %
  Rgb paper = 0xFFFFFF;
  Rgb border = 0;
  bool bordered = false;
};

struct Page {
  Size size;  // at 100 %
  Rgb paper = 0xFFFFFF;
  std::vector<Panel> panels;  // in drawing order
  std::vector<Label> labels;
};

struct DrawnSecret {
  std::string kind;
  std::string text;         // the whole line
  Rect box;                 // its
  bool last = false;        // nothing stands behind the secret
  std::vector<Point> ink;   // every pixel that its secret changes, on the drawn screen
};

struct Drawn {
  Frame frame;
  std::vector<DrawnSecret> secrets;
  std::vector<Rect> benign;               // boxes of the labels without a secret
  std::vector<std::string> benign_texts;  // theirs
};

Drawn draw(const Page& page, const Look& look);

}  // namespace frostgate::corpus
