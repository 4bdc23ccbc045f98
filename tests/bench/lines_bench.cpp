// CPU of finding lines on a dense 1080p screen, and as a multiple of comparing the same frame with another byte by byte
// in the same process, which is a figure that a busy machine leaves alone. Prints one line each.
#include <cstdio>
#include <cstring>
#include <ctime>
#include <random>
#include <string>

#include "redaction/lines/ink.h"
#include "redaction/lines/segmentation.h"
#include "tests/unit/redaction/canvas.h"

namespace {

using namespace frostgate;
using namespace frostgate::redaction;

constexpr Size kScreen{1920, 1080};

std::string words(std::mt19937& random, int length) {
  constexpr char kLetters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/-_.:=()   ";
  std::string line;
  for (int i = 0; i < length; ++i) line += kLetters[random() % (sizeof kLetters - 1)];
  return line;
}

// A dark terminal, a light editor and a list, every row full.
Frame dense() {
  Canvas canvas(kScreen, {0.1, 0.1, 0.12});
  std::mt19937 random(7);
  canvas.rectangle({960, 0, 960, 600}, {1, 1, 1});
  canvas.rectangle({960, 600, 960, 480}, {0.93, 0.93, 0.9});
  for (int y = 14; y < 1080; y += 16) canvas.text(4, y, words(random, 118), 13, {0.8, 0.85, 0.8});
  for (int y = 14; y < 590; y += 17) canvas.text(970, y, words(random, 110), 14, {0.1, 0.1, 0.1});
  for (int y = 616; y < 1070; y += 18) {
    for (int x = 970; x < 1900; x += 180) canvas.text(x, y, words(random, 20), 13, {0.2, 0.2, 0.3}, "DejaVu Sans");
  }
  return canvas.frame();
}

template <class Step>
double milliseconds_of(const Step& step, int times) {
  const std::clock_t start = std::clock();
  for (int i = 0; i < times; ++i) step();
  return 1000.0 * static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC / times;
}

}  // namespace

int main() {
  const Frame frame = dense();
  Frame same = frame;
  const auto bytes = static_cast<std::size_t>(kScreen.area()) * kBytesPerPixel;
  int differing = 0;
  const double compare = milliseconds_of([&] {
    same.row(kScreen.height - 1)[0] ^= 1;
    differing += std::memcmp(frame.row(0), same.row(0), bytes) != 0;
  }, 50);
  std::size_t found = 0;
  const double ink = milliseconds_of([&] { found += InkMap(frame.view(), Rect::of(kScreen)).components().size(); }, 20);
  const double lines = milliseconds_of([&] { found += find_lines(frame.view(), Rect::of(kScreen)).size(); }, 20);
  const double tile = milliseconds_of([&] { found += find_lines(frame.view(), {448, 424, 320, 112}).size(); }, 200);
  std::printf("compare: %.2f ms (%d)\n", compare, differing);
  std::printf("edges and components: %.2f ms, %.1f compares\n", ink, ink / compare);
  std::printf("find_lines, whole screen: %.2f ms, %.1f compares; %zu lines\n", lines, lines / compare,
              find_lines(frame.view(), Rect::of(kScreen)).size());
  std::printf("find_lines, around one tile: %.3f ms\n", tile);
  return found > 0 ? 0 : 1;
}
