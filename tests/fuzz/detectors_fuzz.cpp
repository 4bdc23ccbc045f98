// Screens of any text through the detectors of both profiles. Whatever is read: no crash, every finding lies on its line,
// and remembering the screen before changes nothing.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <vector>

#include "redaction/detectors/detectors.h"

namespace {

using namespace frostgate;
using namespace frostgate::redaction;

constexpr std::size_t kLongestInput = 8192;

Detectors make(Profile profile) {
  auto vocabulary = std::make_shared<Vocabulary>();
  vocabulary->add_list("correct\nhorse\nbattery\nstaple\nwindow\nsummer");
  DetectorSettings settings;
  settings.profile = profile;
  settings.vocabulary = vocabulary;
  settings.extra_labels = {"Losung"};
  settings.harmless = {"web-01"};
  settings.custom = {{"badge", "B-([0-9]{6})", "badge"}, {"anywhere", "Q[0-9]+x", ""}};
  Detectors detectors = std::move(Detectors::make(settings)).value();
  detectors.add_known_secret(Secret::from_text("hunter2 and more"));
  return detectors;
}

// Lines parted by LF; a first byte above 0xBF moves the line to the right, one below that by half a row; other bytes
// above 0x7F are characters that are not ASCII, some of them unknown.
std::vector<TextLine> screen_of(std::string_view bytes) {
  std::vector<TextLine> lines;
  int row = 0;
  while (!bytes.empty()) {
    const std::size_t end = std::min(bytes.find('\n'), bytes.size());
    std::string_view text = bytes.substr(0, end);
    bytes.remove_prefix(std::min(end + 1, bytes.size()));
    TextLine line;
    int x = 0, y = 16 * row++;
    if (!text.empty() && static_cast<unsigned char>(text[0]) >= 0x80) {
      const int moved = static_cast<unsigned char>(text[0]);
      x = moved >= 0xC0 ? 8 * (moved - 0xC0) : 0;
      y -= moved >= 0xC0 ? 16 : 8;
      text.remove_prefix(1);
    }
    line.box = {x, y, static_cast<int>(text.size()) * 8, 16};
    for (const char c : text) {
      const auto byte = static_cast<unsigned char>(c);
      const int width = c == '\t' ? 40 : 8;
      const char32_t code = c == '\t' ? U' ' : byte < 0x80 ? char32_t{byte} : byte < 0x90 ? char32_t{0xFFFD} : 0x00C0 + char32_t{byte} * 29;
      line.characters.push_back({code, {x, y, width, 16}, 1});
      x += width;
    }
    line.panel_end = row % 3 == 0 ? 0 : 640;
    line.readable = row % 7 != 0;
    lines.push_back(std::move(line));
  }
  return lines;
}

void check(const Detectors& detectors, DetectionMemory& memory, const std::vector<TextLine>& lines) {
  const auto found = detectors.find(lines);
  for (const Finding& finding : found)
    if (finding.line >= lines.size() || finding.first > finding.end || finding.end > lines[finding.line].characters.size() || finding.rule.empty()) std::abort();
  if (detectors.find(lines, memory) != found) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const Detectors balanced = make(Profile::balanced), strict = make(Profile::strict);
  const std::string_view bytes(reinterpret_cast<const char*>(data), std::min(size, kLongestInput));
  const Detectors& detectors = size % 2 ? balanced : strict;
  DetectionMemory memory;
  std::vector<TextLine> lines = screen_of(bytes);
  check(detectors, memory, lines);
  // A line of it changes, as on a screen.
  if (!lines.empty()) {
    TextLine& changed = lines[size % lines.size()];
    if (!changed.characters.empty()) changed.characters.pop_back();
    check(detectors, memory, lines);
    lines.erase(lines.begin());
    check(detectors, memory, lines);
  }
  return 0;
}
