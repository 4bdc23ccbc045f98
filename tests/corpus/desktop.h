// A desktop as people have it: a wallpaper like a photo, icons with captions, a window with a chart. Without any secret.
#pragma once

#include "codec/base/frame.h"

namespace frostgate::corpus {

// 1920x1080; other seeds give other landscapes and charts.
Frame desktop(std::uint64_t seed);

}  // namespace frostgate::corpus
