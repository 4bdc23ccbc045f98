#include "redaction/regions/find_picture.h"

#include <algorithm>
#include <cstdint>
#include <opencv2/imgproc.hpp>

namespace frostgate::redaction {
namespace {

constexpr std::size_t kMaxPlaces = 16;
constexpr double kAlike = 0.97;  // of a normalised correlation
constexpr double kLeastSpread = 2;

cv::Mat grey_of(FrameView view) {
  const cv::Mat pixels(view.size.height, view.size.width, CV_8UC4, const_cast<std::uint8_t*>(view.pixels), static_cast<std::size_t>(view.stride));
  cv::Mat grey;
  cv::cvtColor(pixels, grey, cv::COLOR_BGRA2GRAY);
  return grey;
}

}  // namespace

// A plain picture would correlate with anything.
bool findable(FrameView picture) {
  cv::Scalar mean, spread;
  cv::meanStdDev(grey_of(picture), mean, spread);
  return spread[0] >= kLeastSpread;
}

std::vector<Rect> find_picture(FrameView frame, FrameView picture) {
  std::vector<Rect> places;
  if (picture.size.empty() || picture.size.width > frame.size.width || picture.size.height > frame.size.height) return places;
  if (!findable(picture)) return places;
  const cv::Mat wanted = grey_of(picture);
  cv::Mat alike;
  cv::matchTemplate(grey_of(frame), wanted, alike, cv::TM_CCOEFF_NORMED);
  while (places.size() < kMaxPlaces) {
    double best = 0;
    cv::Point at;
    cv::minMaxLoc(alike, nullptr, &best, nullptr, &at);
    if (best < kAlike) break;
    places.push_back({at.x, at.y, picture.size.width, picture.size.height});
    const cv::Rect around = cv::Rect(at.x - picture.size.width / 2, at.y - picture.size.height / 2, picture.size.width, picture.size.height) &
                            cv::Rect(0, 0, alike.cols, alike.rows);
    alike(around) = 0;
  }
  std::sort(places.begin(), places.end(), [](const Rect& a, const Rect& b) { return a.y != b.y ? a.y < b.y : a.x < b.x; });
  return places;
}

}  // namespace frostgate::redaction
