// What an export draws, with Pango and Cairo: the cover sheet, and the clock that is burnt into a clip.
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

}  // namespace frostgate::exporting
