#include "tests/corpus/leak_oracle.h"

#include <algorithm>
#include <cmath>

namespace frostgate::corpus {
namespace {

constexpr int kReach = 4;        // columns and rows either side whose mean is taken away: what is coarser than letters
constexpr double kFlat = 1.5;    // grey levels of deviation; less is no writing
constexpr int kWindowCells = 3;

double grey(const std::uint8_t* pixel) { return 0.114 * pixel[0] + 0.587 * pixel[1] + 0.299 * pixel[2]; }

class Grey {
 public:
  Grey(FrameView frame, const Rect& area) : area_(area) {
    for (int y = area.y; y < area.bottom(); ++y) {
      for (int x = area.x; x < area.right(); ++x) values_.push_back(grey(frame.at(x, y)));
    }
  }
  double at(int x, int y) const { return values_[static_cast<std::size_t>(y) * static_cast<std::size_t>(area_.width) + static_cast<std::size_t>(x)]; }
  // Without what is coarser than a letter.
  double fine(int x, int y) const {
    double sum = 0;
    int count = 0;
    for (int dy = std::max(0, y - kReach); dy <= std::min(area_.height - 1, y + kReach); ++dy) {
      for (int dx = std::max(0, x - kReach); dx <= std::min(area_.width - 1, x + kReach); ++dx, ++count) sum += at(dx, dy);
    }
    return at(x, y) - sum / count;
  }

 private:
  Rect area_;
  std::vector<double> values_;
};

char folded(char c) {
  if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  switch (c) {
    case 'o': case 'q': case 'd': case '@': return '0';
    case 'l': case 'i': case '|': case '!': case ']': case '[': return '1';
    case 's': case '$': return '5';
    case 'b': return '8';
    case 'z': return '2';
    case 'g': return '9';
    case 't': return '7';
    default: return c;
  }
}

std::string folded(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c != ' ' && c != '\t' && c != '\n') out += folded(c);
  }
  return out;
}

}  // namespace

double likeness(FrameView recorded, FrameView film, const Rect& cells, int cell_width) {
  const Rect area = cells.intersected(Rect::of(recorded.size)).intersected(Rect::of(film.size));
  if (area.empty()) return 0;
  const Grey truth(recorded, area), shown(film, area);
  std::vector<double> products(static_cast<std::size_t>(area.width)), truths(products.size()), showns(products.size());
  for (int x = 0; x < area.width; ++x) {
    for (int y = 0; y < area.height; ++y) {
      const double a = truth.fine(x, y), b = shown.fine(x, y);
      products[static_cast<std::size_t>(x)] += a * b;
      truths[static_cast<std::size_t>(x)] += a * a;
      showns[static_cast<std::size_t>(x)] += b * b;
    }
  }
  const int width = std::min(area.width, kWindowCells * cell_width);
  double most = 0;
  for (int left = 0; left + width <= area.width; ++left) {
    double ab = 0, aa = 0, bb = 0;
    for (int x = left; x < left + width; ++x) {
      ab += products[static_cast<std::size_t>(x)];
      aa += truths[static_cast<std::size_t>(x)];
      bb += showns[static_cast<std::size_t>(x)];
    }
    const double pixels = static_cast<double>(width) * area.height;
    if (std::sqrt(aa / pixels) < kFlat || std::sqrt(bb / pixels) < kFlat) continue;
    most = std::max(most, ab / std::sqrt(aa * bb));
  }
  return most;
}

bool holds_part_of(const std::string& read, const std::string& secret, std::size_t public_prefix) {
  const std::string text = folded(read), value = folded(secret.substr(std::min(public_prefix, secret.size())));
  const std::size_t length = std::min<std::size_t>(value.size(), value.size() <= 20 ? 6 : 8);
  if (length == 0) return false;
  for (std::size_t start = 0; start + length <= value.size(); ++start) {
    if (text.find(value.substr(start, length)) != std::string::npos) return true;
  }
  return false;
}

}  // namespace frostgate::corpus
