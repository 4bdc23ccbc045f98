#include "redaction/glyphs/word_memory.h"

#include <functional>
#include <string_view>
#include <utility>

namespace frostgate::redaction {
namespace {

void write_key(const LineImage& image, std::string& key) {
  key.assign(reinterpret_cast<const char*>(image.paper.data()), image.paper.size());
  key += std::to_string(image.box.width);
}

void move_by(TextLine& line, int x, int y) {
  const auto moved = [&](Rect& box) { box.x += x, box.y += y; };
  moved(line.box);
  for (Character& character : line.characters) moved(character.box);
}

}  // namespace

const TextLine* WordMemory::find(const LineImage& image) {
  write_key(image, key_);
  auto found = young_.find(key_);
  if (found == young_.end()) {
    auto past = old_.extract(key_);
    if (!past) return nullptr;
    found = young_.insert(std::move(past)).position;
  }
  found_ = found->second;
  move_by(found_, image.box.x, image.box.y);
  return &found_;
}

void WordMemory::put(const LineImage& image, TextLine said) {
  if (young_.size() >= kHalf) old_ = std::exchange(young_, {});
  write_key(image, key_);
  move_by(said, -image.box.x, -image.box.y);
  young_.insert_or_assign(key_, std::move(said));
}

std::size_t fingerprint(const LineImage& image) {
  const std::string_view pixels(reinterpret_cast<const char*>(image.paper.data()), image.paper.size());
  return std::hash<std::string_view>()(pixels) * 31 + static_cast<std::size_t>(image.box.width);
}

}  // namespace frostgate::redaction
