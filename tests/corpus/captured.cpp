#include "tests/corpus/captured.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>

namespace frostgate::corpus {
namespace {

Frame picture(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::string magic;
  Size size;
  int depth = 0;
  in >> magic >> size.width >> size.height >> depth;
  in.get();
  if (magic != "P6" || depth != 255 || !size.acceptable()) {
    std::fprintf(stderr, "%s is no picture\n", path.c_str());
    std::exit(2);
  }
  Frame frame(size);
  std::string row(static_cast<std::size_t>(size.width) * 3, '\0');
  for (int y = 0; y < size.height && in.read(row.data(), static_cast<std::streamsize>(row.size())); ++y) {
    std::uint8_t* pixel = frame.row(y);
    for (std::size_t x = 0; x < row.size(); x += 3, pixel += kBytesPerPixel) {
      for (std::size_t c = 0; c < 3; ++c) pixel[2 - c] = static_cast<std::uint8_t>(row[x + c]);
    }
  }
  return frame;
}

}  // namespace

std::vector<CapturedPair> captured_pairs(const std::filesystem::path& folder) {
  std::vector<CapturedPair> pairs;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    const std::string name = entry.path().filename().string();
    if (!name.ends_with("-a.ppm")) continue;
    const std::string stem = name.substr(0, name.size() - 6);
    pairs.push_back({stem, picture(entry.path()), picture(folder / (stem + "-b.ppm"))});
  }
  std::sort(pairs.begin(), pairs.end(), [](const CapturedPair& a, const CapturedPair& b) { return a.name < b.name; });
  return pairs;
}

std::vector<Row> differing_rows(FrameView a, FrameView b) {
  std::vector<Row> rows;
  for (int y = 0; y < std::min(a.size.height, b.size.height); ++y) {
    bool differs = false;
    for (int x = 0; x < std::min(a.size.width, b.size.width); ++x) {
      const std::uint8_t *one = a.at(x, y), *other = b.at(x, y);
      if (std::abs(one[0] - other[0]) <= 8 && std::abs(one[1] - other[1]) <= 8 && std::abs(one[2] - other[2]) <= 8) continue;
      if (!differs && (rows.empty() || rows.back().bottom < y)) rows.push_back({y, y, {}});
      differs = true;
      rows.back().ink.push_back({x, y});
    }
    if (differs) rows.back().bottom = y + 1;
  }
  return rows;
}

}  // namespace frostgate::corpus
