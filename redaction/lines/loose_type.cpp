#include "redaction/lines/loose_type.h"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <iterator>
#include <opencv2/imgproc.hpp>

#include "redaction/lines/byte_loops.h"
#include "redaction/lines/connected_runs.h"
#include "redaction/lines/ground.h"
#include "redaction/lines/letter_rows.h"
#include "redaction/lines/quarter.h"

namespace frostgate::redaction {
namespace {

constexpr int kCell = 64;
constexpr int kLeastInk = 12;        // pixels of unaccounted ink that make a cell worth a look
constexpr int kWidestStroke = 11;    // odd; at its scale
constexpr int kLeastContrast = 16;   // of a stroke against both sides
constexpr int kSmallest = 5, kLargest = 64;  // of a blob, at its scale
constexpr int kCoarsest = 16;  // with kQuarter the scales for large type
constexpr int kMargin = 48;          // context around the cells, at its scale

// The cells with ink, joined to rectangles, on the screen.
std::vector<Rect> inked_areas(const InkMap& ink) {
  std::vector<Rect> areas;
  const Rect& band = ink.band();
  for (int y = 0; y < band.height; y += kCell) {
    Rect run;
    for (int x = 0; x < band.width; x += kCell) {
      const Rect cell = Rect{x, y, kCell, kCell}.intersected({0, 0, band.width, band.height});
      if (ink.bits().count(cell) >= kLeastInk) {
        run = run.united(cell);
      } else if (!run.empty()) {
        areas.push_back(std::exchange(run, Rect{}));
      }
    }
    if (!run.empty()) areas.push_back(run);
  }
  std::vector<Rect> joined;
  for (const Rect& area : areas) {
    const auto above = std::find_if(joined.begin(), joined.end(), [&](const Rect& other) {
      return other.x == area.x && other.width == area.width && other.bottom() == area.y;
    });
    if (above != joined.end()) {
      above->height += area.height;
    } else {
      joined.push_back(area);
    }
  }
  for (Rect& area : joined) area = ink.on_screen(area);
  return joined;
}

cv::Mat pixels_of(FrameView frame) {
  return {frame.size.height, frame.size.width, CV_8UC4, const_cast<std::uint8_t*>(frame.pixels), static_cast<std::size_t>(frame.stride)};
}

constexpr int kSet = 255;

// kSet where something stands out from both sides by more than half of what its neighbourhood does. Empty where nothing does.
cv::Mat strokes(const cv::Mat& difference) {
  cv::Mat limit, mask;
  cv::compare(difference, kLeastContrast, mask, cv::CMP_GT);
  if (cv::countNonZero(mask) == 0) return {};
  cv::dilate(difference, limit, cv::getStructuringElement(cv::MORPH_RECT, {kWidestStroke, kWidestStroke}));
  limit = cv::max(limit / 2, kLeastContrast);
  cv::compare(difference, limit, mask, cv::CMP_GT);
  return mask;
}

// Whether most of what is right around it has its colour: it is a piece of the paper, between lines of a drawing, and no letter.
bool paper_around(const cv::Mat& pixels, const Blob& blob) {
  const Rect ring = blob.box.expanded(1, 1).intersected({0, 0, pixels.cols, pixels.rows});
  int all = 0, same = 0;
  const auto look_at = [&](int x, int y) {
    ++all;
    same += distance(colour_of(pixels.ptr<std::uint8_t>(y) + std::ptrdiff_t{x} * kBytesPerPixel), blob.colour) <= kSameBackground;
  };
  for (int x = ring.x; x < ring.right(); ++x) look_at(x, ring.y), look_at(x, ring.bottom() - 1);
  for (int y = ring.y + 1; y + 1 < ring.bottom(); ++y) look_at(ring.x, y), look_at(ring.right() - 1, y);
  return same * 2 > all;
}

ConnectedRuns runs_of(const cv::Mat& mask) {
  ConnectedRuns runs(1);
  for (int y = 0; y < mask.rows; ++y) {
    const auto* row = mask.ptr<std::uint8_t>(y);
    const auto next = [&](int x, int value) {
      const void* found = std::memchr(row + x, value, static_cast<std::size_t>(mask.cols - x));
      return found ? static_cast<int>(static_cast<const std::uint8_t*>(found) - row) : mask.cols;
    };
    for (int left = next(0, kSet); left < mask.cols;) {
      const int right = next(left, 0);
      runs.add({left, right, y});
      left = next(right, kSet);
    }
  }
  return runs;
}

std::vector<Blob> blobs_of(const cv::Mat& pixels, const cv::Mat& difference) {
  ConnectedRuns ink = runs_of(strokes(difference));
  const std::vector<std::size_t> pieces = ink.pieces();
  std::vector<Blob> blobs(pieces.size());
  std::vector<int> farthest(pieces.size(), -1);
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    const InkRun& run = ink.runs()[i];
    Blob& blob = blobs[pieces[i]];
    blob.box = blob.box.united({run.left, run.row, run.right - run.left, 1});
    blob.area += run.right - run.left;
    for (int x = run.left; x < run.right; ++x) {
      const int far = difference.at<std::uint8_t>(run.row, x);
      if (far <= farthest[pieces[i]]) continue;
      farthest[pieces[i]] = far;
      blob.colour = colour_of(pixels.ptr<std::uint8_t>(run.row) + std::ptrdiff_t{x} * kBytesPerPixel);
    }
  }
  std::erase_if(blobs, [](const Blob& blob) {
    const int size = std::max(blob.box.width, blob.box.height);
    return size < kSmallest || size > kLargest;
  });
  return blobs;
}

// Whether a quarter of the box has exactly one colour, as paper has and photos have not.
bool on_paper(FrameView frame, const Rect& box) {
  const Colour ground = modal_colour(frame, box);
  std::int64_t same = 0;
  for (int y = box.y; y < box.bottom(); ++y) {
    for (int x = box.x; x < box.right(); ++x) same += colour_of(frame.at(x, y)) == ground;
  }
  return same * 4 >= box.area();
}

// Whether a third of what is around a blob has been read: then it is a piece of the ground between lines, of a window that is
// darker or lighter than the desktop.
bool between_lines(const Rect& blob, const std::vector<Rect>& accounted) {
  const Rect ring = blob.expanded(1, 1);
  std::vector<Rect> near;
  std::copy_if(accounted.begin(), accounted.end(), std::back_inserter(near), [&](const Rect& box) { return box.intersects(ring); });
  int all = 0, read = 0;
  const auto look_at = [&](int x, int y) {
    ++all;
    read += std::any_of(near.begin(), near.end(), [&](const Rect& box) { return box.contains({x, y, 1, 1}); });
  };
  for (int x = ring.x; x < ring.right(); ++x) look_at(x, ring.y), look_at(x, ring.bottom() - 1);
  for (int y = ring.y + 1; y + 1 < ring.bottom(); ++y) look_at(ring.x, y), look_at(ring.right() - 1, y);
  return read * 3 >= all;
}

// Whether all that is not read in `box` has exactly one colour: paper between lines, on which nothing is drawn.
bool blank(FrameView frame, const Rect& box, const std::vector<Rect>& accounted) {
  constexpr int kLineFringe = 2;  // of a line's ink, outside its box
  const Rect area = box.intersected(Rect::of(frame.size));
  std::vector<Rect> read;
  for (const Rect& line : accounted) {
    if (line.expanded(kLineFringe, kLineFringe).intersects(area)) read.push_back(line.expanded(kLineFringe, kLineFringe));
  }
  bool first = true;
  Colour paper = 0;
  for (int y = area.y; y < area.bottom(); ++y) {
    if (!first && all_of_colour(frame.at(area.x, y), paper, static_cast<std::size_t>(area.width))) continue;
    for (int x = area.x; x < area.right(); ++x) {
      const Colour colour = colour_of(frame.at(x, y));
      if (!first && colour == paper) continue;
      const auto over = std::find_if(read.begin(), read.end(), [&](const Rect& line) { return line.contains({x, y, 1, 1}); });
      if (over != read.end()) {
        x = over->right() - 1;
        continue;
      }
      if (!first) return false;
      first = false;
      paper = colour;
    }
  }
  return true;
}

// In the coordinates of `pixels`.
template <class Blank>
std::vector<LetterRow> rows_in(const cv::Mat& pixels, int scale, const std::vector<Rect>& accounted, Blank is_blank) {
  cv::Mat grey, opened, closed;
  cv::cvtColor(pixels, grey, cv::COLOR_BGRA2GRAY);
  const cv::Mat kernel = cv::getStructuringElement(cv::MORPH_RECT, {kWidestStroke, kWidestStroke});
  cv::morphologyEx(grey, opened, cv::MORPH_OPEN, kernel);
  cv::morphologyEx(grey, closed, cv::MORPH_CLOSE, kernel);
  std::vector<LetterRow> rows;
  for (cv::Mat difference : {cv::Mat(grey - opened), cv::Mat(closed - grey)}) {
    for (const Rect& box : accounted) {
      const Rect inside = box.intersected({0, 0, pixels.cols, pixels.rows});
      if (!inside.empty()) difference(cv::Rect(inside.x, inside.y, inside.width, inside.height)) = 0;
    }
    std::vector<Blob> blobs = blobs_of(pixels, difference);
    // Paper between lines stands out from them like letters do, and where masks end it differs from one secret to another.
    std::erase_if(blobs, [&](const Blob& blob) { return is_blank(blob.box) || (scale > 1 && paper_around(pixels, blob)); });
    // Letters of this size have no lines of text on them. Smaller ones, between captions, may be heavy type that scale 4 lost.
    if (scale == kCoarsest) {
      std::erase_if(blobs, [&](const Blob& blob) { return std::max(blob.box.width, blob.box.height) > kLargest / 4 && between_lines(blob.box, accounted); });
    }
    const std::vector<LetterRow> found = letter_rows(blobs);
    rows.insert(rows.end(), found.begin(), found.end());
  }
  return rows;
}

// Areas that are looked at together: `window` holds them with what is around them.
struct Places {
  std::vector<Rect> areas;
  Rect window;
};

// Those whose windows overlap so far that one for both is no more work.
std::vector<Places> joined(std::vector<Places> places) {
  for (std::size_t i = 0; i < places.size();) {
    const auto other = std::find_if(places.begin() + static_cast<std::ptrdiff_t>(i) + 1, places.end(), [&](const Places& one) {
      return places[i].window.united(one.window).area() <= places[i].window.area() + one.window.area();
    });
    if (other == places.end()) {
      ++i;
      continue;
    }
    other->window = other->window.united(places[i].window);
    other->areas.insert(other->areas.end(), places[i].areas.begin(), places[i].areas.end());
    places.erase(places.begin() + static_cast<std::ptrdiff_t>(i));
    i = 0;
  }
  return places;
}

// Looks for letters at `pixels`: those of the places' window, each of `scale` by `scale` of the screen.
void look(FrameView frame, const Places& places, const cv::Mat& pixels, int scale, const std::vector<Rect>& accounted, std::vector<Rect>& rows) {
  const Rect& window = places.window;
  if (window.width < 2 * scale || window.height < 2 * scale) return;
  std::vector<Rect> taken;
  for (const Rect& box : accounted) {
    if (box.intersects(window)) taken.push_back(Rect::between((box.x - window.x) / scale, (box.y - window.y) / scale,
                                                            (box.right() - window.x + scale - 1) / scale,
                                                            (box.bottom() - window.y + scale - 1) / scale));
  }
  const auto on_screen = [&](const Rect& box) {
    return Rect{window.x + box.x * scale, window.y + box.y * scale, box.width * scale, box.height * scale}.intersected(window);
  };
  const auto is_blank = [&](const Rect& box) { return blank(frame, on_screen(box.expanded(1, 1)), accounted); };
  for (const LetterRow& row : rows_in(pixels, scale, taken, is_blank)) {
    const Rect box = on_screen(row.box);
    const bool here = std::any_of(places.areas.begin(), places.areas.end(), [&](const Rect& area) { return box.intersects(area); });
    if (here && (row.one_colour || on_paper(frame, box))) rows.push_back(box);
  }
}

// Rows side by side go on across a gap of less than their height: a letter between them was not seen as one.
std::vector<Rect> gaps_between(const std::vector<LineBox>& rows) {
  std::vector<Rect> gaps;
  for (const LineBox& left : rows) {
    for (const LineBox& right : rows) {
      const int gap = right.box.x - left.box.right(), height = std::min(left.box.height, right.box.height);
      const int shared = std::min(left.box.bottom(), right.box.bottom()) - std::max(left.box.y, right.box.y);
      if (gap <= 0 || gap >= height || 2 * shared < height) continue;
      gaps.push_back(Rect::between(left.box.right(), std::min(left.box.y, right.box.y), right.box.x,
                                   std::max(left.box.bottom(), right.box.bottom())));
    }
  }
  return gaps;
}

}  // namespace

std::vector<LineBox> find_loose_type(FrameView frame, FrameView quarter, const InkMap& ink, const std::vector<Rect>& accounted) {
  cv::setNumThreads(1);
  std::vector<Rect> rows;
  Rect all;
  const auto around = [&](const Rect& area, int scale) { return area.expanded(kMargin * scale, kMargin * scale).intersected(Rect::of(frame.size)); };
  std::vector<Places> places;
  for (const Rect& area : inked_areas(ink)) {
    places.push_back({{area}, around(area, 1)});
    all = all.united(area);
  }
  for (const Places& near : joined(std::move(places))) look(frame, near, pixels_of(frame.part(near.window)), 1, accounted, rows);
  // Of the quarter, what lies around all of them.
  const auto cells_around = [&](int scale) {
    const Rect wide = around(all, scale);
    return Rect::between(wide.x / kQuarter, wide.y / kQuarter, (wide.right() + kQuarter - 1) / kQuarter, (wide.bottom() + kQuarter - 1) / kQuarter);
  };
  const auto on_screen = [&](const Rect& cells) {
    return Rect{cells.x * kQuarter, cells.y * kQuarter, cells.width * kQuarter, cells.height * kQuarter}.intersected(Rect::of(frame.size));
  };
  const auto may_hold = [&](int scale) { return std::max(all.width, all.height) >= scale * kLargest / 2; };
  if (may_hold(kQuarter)) {
    const Rect cells = cells_around(kQuarter);
    look(frame, {{all}, on_screen(cells)}, pixels_of(quarter.part(cells)), kQuarter, accounted, rows);
  }
  if (may_hold(kCoarsest)) {
    const Rect cells = cells_around(kCoarsest);
    const Frame coarse = quarter_of(quarter.part(cells));
    look(frame, {{all}, on_screen(cells)}, pixels_of(coarse.view()), kCoarsest, accounted, rows);
  }
  std::sort(rows.begin(), rows.end(), [](const Rect& a, const Rect& b) { return a.area() > b.area(); });
  std::vector<LineBox> kept;
  for (const Rect& row : rows) {
    if (std::any_of(kept.begin(), kept.end(), [&](const LineBox& other) { return other.box.contains(row); })) continue;
    kept.push_back({row, modal_colour(frame, row)});
  }
  for (const Rect& gap : gaps_between(kept)) {
    if (std::any_of(kept.begin(), kept.end(), [&](const LineBox& other) { return other.box.contains(gap); })) continue;
    kept.push_back({gap, modal_colour(frame, gap)});
  }
  std::sort(kept.begin(), kept.end(), [](const LineBox& a, const LineBox& b) {
    return a.box.y != b.box.y ? a.box.y < b.box.y : a.box.x < b.box.x;
  });
  return kept;
}

}  // namespace frostgate::redaction
