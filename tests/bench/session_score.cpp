#include "tests/bench/session_score.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>

namespace frostgate::bench {
namespace {

constexpr int kGrain = 8;  // pixels; areas are counted in squares of this side

bool differ(const std::uint8_t* a, const std::uint8_t* b) {
  return std::abs(a[0] - b[0]) > 24 || std::abs(a[1] - b[1]) > 24 || std::abs(a[2] - b[2]) > 24;
}

// Whether a pixel of `cells` that is not the colour of the row's ground lies outside all boxes.
template <class Covers>
bool shows_ink(FrameView frame, const Rect& cells, const Covers& covers) {
  const Rect area = cells.intersected(Rect::of(frame.size));
  if (area.empty()) return false;
  // The corner of a cell is ground.
  const std::uint8_t* ground = frame.at(area.x, area.y);
  for (int y = area.y; y < area.bottom(); ++y) {
    for (int x = area.x; x < area.right(); ++x) {
      if (!differ(frame.at(x, y), ground)) continue;
      const bool covered = std::any_of(covers.begin(), covers.end(), [&](const auto& cover) { return cover.box.contains({x, y, 1, 1}); });
      if (!covered) return true;
    }
  }
  return false;
}

std::string ascii(const redaction::TextLine& line) {
  std::string text;
  for (const redaction::Character& character : line.characters) text += character.code < 128 ? static_cast<char>(character.code) : '?';
  const std::size_t first = text.find_first_not_of(' ');
  return first == std::string::npos ? "" : text.substr(first, text.find_last_not_of(' ') - first + 1);
}

std::string single_blanks(std::string text) {
  text.erase(std::unique(text.begin(), text.end(), [](char a, char b) { return a == ' ' && b == ' '; }), text.end());
  return text;
}

std::string place_of(const ReadLine& read) {
  const Rect& box = read.line.box;
  char text[96];
  std::snprintf(text, sizeof text, "state %zu at %d,%d, %dx%d, by the %s", read.state, box.x, box.y, box.width, box.height, read.by_engine ? "engine" : "atlas");
  return text;
}

double percent(double part, double whole) { return whole > 0 ? 100 * part / whole : 0; }

std::string without_blanks(std::string text) {
  std::erase(text, ' ');
  return text;
}

}  // namespace

void Score::account(SessionTime until) {
  const double span = static_cast<double>((until - last_).count());
  total_ += area_now_ * span;
  unread_ += unread_now_ * span;
  masked_ += masked_now_ * span;
  all_unread_ += all_unread_now_ * span;
  last_ = until;
}

void Score::state(std::size_t index, SessionTime at, FrameView frame, const Decided& decided) {
  account(at);
  std::vector<Cover> covers;
  for (const redaction::Mask& mask : decided.masks) {
    if (mask.from <= at && at < mask.to) covers.push_back({mask.box, &mask.rule});
  }
  for (const redaction::UnreadArea& area : decided.unread) {
    if (area.from <= at && at < area.to) covers.push_back({area.box, nullptr});
  }
  secrets(index, frame, covers);
  needless(index, frame, covers);
}

void Score::finish(SessionTime end) { account(end); }

void Score::secrets(std::size_t index, FrameView frame, const std::vector<Cover>& covers) {
  for (const TruthRow& row : truth_.rows(index)) {
    if (!row.visible || !truth_.stable(index, row)) continue;
    for (const Rect& cells : truth_.secret_cells(row)) {
      ++secret_rows_;
      if (!shows_ink(frame, cells, covers)) continue;
      ++secret_rows_shown_;
      if (explain_) std::printf("SHOWN state %zu: %s\n", index, row.text.c_str());
    }
  }
}

void Score::needless(std::size_t index, FrameView frame, const std::vector<Cover>& covers) {
  std::vector<Rect> secret;
  for (std::size_t other = index > 0 ? index - 1 : 0; other <= index + 1; ++other) {
    for (const TruthRow& row : truth_.rows(other)) {
      for (const Rect& cells : truth_.secret_cells(row)) secret.push_back(cells.expanded(2 * cells.height, 2));
    }
  }
  const int across = (frame.size.width + kGrain - 1) / kGrain, along = (frame.size.height + kGrain - 1) / kGrain;
  std::vector<std::uint8_t> squares(static_cast<std::size_t>(across) * static_cast<std::size_t>(along));
  std::vector<Cover> idle;
  std::vector<std::uint8_t> unread(squares.size());
  for (const Cover& cover : covers) {
    const Rect shown = cover.box.intersected(Rect::of(frame.size));
    for (int y = shown.y / kGrain; !cover.rule && y * kGrain < shown.bottom(); ++y) {
      for (int x = shown.x / kGrain; x * kGrain < shown.right(); ++x) unread[static_cast<std::size_t>(y * across + x)] = 1;
    }
    if (std::any_of(secret.begin(), secret.end(), [&](const Rect& cells) { return cells.intersects(cover.box); })) continue;
    idle.push_back(cover);
    const Rect box = cover.box.intersected(Rect::of(frame.size));
    for (int y = box.y / kGrain; y * kGrain < box.bottom(); ++y) {
      for (int x = box.x / kGrain; x * kGrain < box.right(); ++x) squares[static_cast<std::size_t>(y * across + x)] |= cover.rule ? 1 : 2;
    }
  }
  const auto area = [&](std::uint8_t kind) { return static_cast<double>(std::count(squares.begin(), squares.end(), kind)) * kGrain * kGrain; };
  area_now_ = static_cast<double>(frame.size.area());
  masked_now_ = area(1);
  unread_now_ = area(2) + area(3);
  all_unread_now_ = static_cast<double>(std::count(unread.begin(), unread.end(), 1)) * kGrain * kGrain;
  for (const TruthRow& row : truth_.rows(index)) {
    if (!row.visible || !truth_.stable(index, row) || !truth_.secret_cells(row).empty()) continue;
    rows_.insert(row.text);
    const auto cover = std::find_if(idle.begin(), idle.end(), [&](const Cover& c) {
      return c.box.intersects(row.box().expanded(0, -row.cell.height / 4));
    });
    if (cover == idle.end()) continue;
    rows_covered_.insert(row.text);
    if (explain_ && explained_.insert(row.text).second) {
      std::printf("COVERED state %zu by %s: %s\n", index, cover->rule ? cover->rule->c_str() : "unread", row.text.c_str());
    }
  }
}

void Score::readings(const std::vector<ReadLine>& lines) {
  for (const ReadLine& read : lines) {
    const std::string text = single_blanks(ascii(read.line));
    const std::string where = place_of(read);
    if (explain_ && read.by_engine) std::printf("ENGINE %s: %s\n", where.c_str(), text.c_str());
    std::optional<std::string> truth = truth_.expected(read.state, read.line.box, text);
    if (!truth) {
      ++unknown_;
      continue;
    }
    *truth = single_blanks(*truth);
    ++compared_;
    exact_ += text == *truth;
    exact_without_blanks_ += without_blanks(text) == without_blanks(*truth);
    letters_ += truth->size();
    wrong_ += edit_distance(text, *truth);
    if (explain_ && text != *truth) {
      std::printf("MISREAD %s: %s\n        really: %s\n", where.c_str(), text.c_str(), truth->c_str());
    }
  }
}

double Score::exact() const { return percent(static_cast<double>(exact_), static_cast<double>(compared_)); }
double Score::character_error() const { return percent(static_cast<double>(wrong_), static_cast<double>(letters_)); }
double Score::needless_area() const { return percent(unread_ + masked_, total_); }

void Score::print() const {
  std::printf("readings compared with the terminals' text: %llu of %llu lines; exact %.1f %% (blanks aside %.1f %%), character error %.2f %%\n",
              static_cast<unsigned long long>(compared_), static_cast<unsigned long long>(compared_ + unknown_),
              exact(), percent(static_cast<double>(exact_without_blanks_), static_cast<double>(compared_)), character_error());
  std::printf("secrets on still rows, counted in each state: %llu, of which some ink shows: %llu\n",
              static_cast<unsigned long long>(secret_rows_), static_cast<unsigned long long>(secret_rows_shown_));
  std::printf("rows without a secret: %zu different, of which covered in part at some time: %zu (%.2f %%)\n", rows_.size(),
              rows_covered_.size(), percent(static_cast<double>(rows_covered_.size()), static_cast<double>(rows_.size())));
  std::printf("area-time covered where no secret is: unread %.2f %%, masks %.2f %%; unread in all: %.2f %%\n", percent(unread_, total_),
              percent(masked_, total_), percent(all_unread_, total_));
}

void write_ppm(FrameView frame, const std::filesystem::path& path) {
  std::ofstream out(path, std::ios::binary);
  out << "P6\n" << frame.size.width << ' ' << frame.size.height << "\n255\n";
  for (int y = 0; y < frame.size.height; ++y) {
    for (int x = 0; x < frame.size.width; ++x) {
      const std::uint8_t* pixel = frame.at(x, y);
      out.put(static_cast<char>(pixel[2])).put(static_cast<char>(pixel[1])).put(static_cast<char>(pixel[0]));
    }
  }
}

}  // namespace frostgate::bench
