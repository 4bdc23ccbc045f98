// Which way up a video is meant to be shown: containers say it by a matrix beside the pictures (ISO/IEC 14496-12 8.3.2, libavutil/display.h). Pure.
#pragma once

#include "codec/base/frame.h"
#include "codec/ffmpeg/handles.h"

namespace frostgate::codec::ffmpeg {

// A pixel at (x, y) is shown at (a x + c y, b x + d y), moved so that the picture begins at 0: quarter turns and mirrored ones.
struct Orientation {
  int a = 1;
  int b = 0;
  int c = 0;
  int d = 1;

  bool sideways() const { return a == 0; }
  friend bool operator==(const Orientation&, const Orientation&) = default;
};

// By the picture's own matrix, or the stream's. What is turned by anything but quarters is left as it is.
Orientation orientation_of(const AVStream& stream, const AVFrame* picture = nullptr);

Frame turned(FrameView frame, const Orientation& orientation);

}  // namespace frostgate::codec::ffmpeg
