// What an export draws, with Pango and Cairo: the cover sheet, the clock that is burnt into a clip, and the marks of an opened original.
#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "codec/base/frame.h"
#include "codec/base/result.h"
#include "codec/base/time.h"
#include "codec/clip_writer.h"

namespace frostgate::exporting {

struct ContactPicture {
  Frame picture;
  std::string caption;
};

struct CoverSheet {
  std::string title;
  std::vector<std::pair<std::string, std::string>> facts;  // label and text
  std::vector<ContactPicture> pictures;                    // in reading order, four in a row
  std::string footer;
};

// A PDF on A4. The same sheet and time give the same bytes, with the same fonts installed. `created` is the time that the PDF states.
Result<std::vector<std::byte>> draw_cover_sheet(const CoverSheet& sheet, UtcTime created);

// White on black, 640 pixels wide at most, for CanvasWriter.
codec::ClipStamp draw_clock(UtcTime time, const std::string& recording);

// The text on lines as wide as that, as high as it takes.
codec::ClipStamp draw_notice(const std::string& text, int width);
// The text aslant, again and again, over all of a picture of that size.
codec::ClipStamp draw_watermark(const std::string& text, Size size);

}  // namespace frostgate::exporting
