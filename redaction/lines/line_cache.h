// What lines with exactly these pixels said when they were read. Bounded: the least recently seen goes first.
#pragma once

#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <unordered_map>
#include <utility>
#include <vector>

#include "redaction/lines/line_hash.h"
#include "redaction/text_line.h"

namespace frostgate::redaction {

enum class LineKind {
  unread,   // text that nobody could read: covered
  read,
  picture,  // not text: shown
};

// Character boxes are relative to the line's corner.
struct Reading {
  LineKind kind = LineKind::unread;
  std::vector<Character> characters;
  std::vector<std::vector<Character>> otherwise;  // in the engine's other looks, where the line may have a secret that it misread
  bool may_be_long_run = false;  // as doubtful_token.h says it, where there are other looks
  bool by_engine = false;
  bool trustworthy = false;  // as ground.h says it of the line, when it is steady
  std::uint64_t lines_learned = 0;  // by the atlas before it was read
};
using ReadingPtr = std::shared_ptr<const Reading>;

class LineCache {
 public:
  explicit LineCache(std::size_t capacity) : capacity_(capacity) {}

  // Null when it is not known.
  ReadingPtr find(const LineHash& hash);
  // In place of what was known.
  void put(const LineHash& hash, ReadingPtr reading);

 private:
  using Order = std::list<std::pair<LineHash, ReadingPtr>>;  // latest first
  std::size_t capacity_;
  Order order_;
  std::unordered_map<LineHash, Order::iterator, LineHashBucket> index_;
};

}  // namespace frostgate::redaction
