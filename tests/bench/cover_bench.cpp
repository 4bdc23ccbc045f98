// What the redactor covers on given pictures: cover_bench FILE.ppm... (P6; each is one state of one second, and damage
// is what differs from the one before). Prints each state's masked and covered share and its CPU; with FROSTGATE_PICTURES=folder it
// writes what would be shown.
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <fstream>
#include <string>
#include <vector>

#include "redaction/redactor.h"
#include "redaction/renderer.h"
#include "redaction/tesseract/tesseract_reader.h"

namespace {

using namespace frostgate;
using namespace frostgate::redaction;

Frame read_picture(const char* name) {
  std::ifstream in(name, std::ios::binary);
  std::string magic;
  int width = 0, height = 0, most = 0;
  in >> magic >> width >> height >> most;
  in.get();
  const Size size{width, height};
  if (!in || magic != "P6" || most != 255 || !size.acceptable()) {
    std::fprintf(stderr, "%s is no P6 picture of 8 bits\n", name);
    std::exit(2);
  }
  Frame frame(size);
  std::vector<char> row(static_cast<std::size_t>(width) * 3);
  for (int y = 0; y < height; ++y) {
    in.read(row.data(), static_cast<std::streamsize>(row.size()));
    for (int x = 0; x < width; ++x) {
      for (int c = 0; c < 3; ++c) {
        frame.row(y)[x * kBytesPerPixel + c] = static_cast<std::uint8_t>(row[static_cast<std::size_t>(x * 3 + 2 - c)]);
      }
    }
  }
  return frame;
}

void write_picture(const std::string& name, FrameView frame) {
  std::ofstream out(name, std::ios::binary);
  out << "P6\n" << frame.size.width << " " << frame.size.height << "\n255\n";
  for (int y = 0; y < frame.size.height; ++y) {
    for (int x = 0; x < frame.size.width; ++x) {
      for (const int c : {2, 1, 0}) out.put(static_cast<char>(frame.at(x, y)[c]));
    }
  }
}

Region changes(const Frame* before, const Frame& after) {
  if (before == nullptr || before->size() != after.size()) return Region(Rect::of(after.size()));
  Region region;
  constexpr int kTile = 64;
  for (int y = 0; y < after.size().height; y += kTile) {
    for (int x = 0; x < after.size().width; x += kTile) {
      const Rect tile = Rect{x, y, kTile, kTile}.intersected(Rect::of(after.size()));
      if (!same_pixels(before->view(), after.view(), tile)) region.add(tile);
    }
  }
  return region;
}

template <class Entry>
double share(const std::vector<Entry>& entries, SessionTime at, Size size) {
  std::vector<bool> hidden(static_cast<std::size_t>(size.area()));
  for (const Entry& entry : entries) {
    if (entry.from > at || at >= entry.to) continue;
    const Rect box = entry.box.intersected(Rect::of(size));
    for (int y = box.y; y < box.bottom(); ++y) {
      for (int x = box.x; x < box.right(); ++x) hidden[static_cast<std::size_t>(y) * static_cast<std::size_t>(size.width) + static_cast<std::size_t>(x)] = true;
    }
  }
  std::size_t count = 0;
  for (const bool pixel : hidden) count += pixel;
  return 100.0 * static_cast<double>(count) / static_cast<double>(size.area());
}

}  // namespace

int main(int count, char** names) {
  auto redactor = Redactor::make({}, make_tesseract_reader({}).value(), Detectors::make({}).value(), {1, 2}).value();
  std::vector<Frame> states;
  std::vector<Region> damage;
  for (int i = 1; i < count; ++i) {
    states.push_back(read_picture(names[i]));
    damage.push_back(changes(states.size() > 1 ? &states[states.size() - 2] : nullptr, states.back()));
  }
  std::vector<double> spent;
  const auto time_of = [](std::size_t i) { return std::chrono::seconds(static_cast<long>(i)); };
  for (std::size_t i = 0; i < states.size(); ++i) {
    const std::clock_t start = std::clock();
    if (!redactor.observe({time_of(i), states[i].view(), damage[i]})) return 1;
    spent.push_back(1000.0 * static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC);
  }
  RedactionPlan plan = redactor.finish(time_of(states.size())).value();
  for (std::size_t i = 0; i < states.size(); ++i) {
    std::printf("%s: masked %.3f %%, covered %.3f %%, %.1f ms\n", names[i + 1], share(plan.masks(), time_of(i), states[i].size()),
                share(plan.unread(), time_of(i), states[i].size()), spent[i]);
  }
  std::printf("%llu lines from the engine, %llu from the cache, %llu unread\n",
              static_cast<unsigned long long>(plan.report().lines_from_reader),
              static_cast<unsigned long long>(plan.report().lines_from_cache),
              static_cast<unsigned long long>(plan.report().lines_unread));
  const char* folder = std::getenv("FROSTGATE_PICTURES");
  if (folder == nullptr) return 0;
  Renderer renderer(std::move(plan));
  for (std::size_t i = 0; i < states.size(); ++i) {
    const ClearedFrame cleared = renderer.render(time_of(i), states[i].view(), damage[i]);
    const std::string path = names[i + 1];
    write_picture(std::string(folder) + "/" + path.substr(path.rfind('/') + 1), cleared.view());
  }
}
