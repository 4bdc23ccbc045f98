#include "gateway/relay/rdp/shown_path.h"

#include <algorithm>
#include <vector>

#include "gateway/base/utf16.h"
#include "gateway/relay/rdp/little_endian.h"

namespace frostgate::relay::rdp {
namespace {

constexpr std::size_t kMostUnits = 260, kMostLetters = 8;

// Control characters, blanks of no width, marks of direction, the byte order mark and what is beside it, characters for private use.
bool unseen(std::uint32_t unit) {
  return unit < 0x20 || (unit >= 0x7F && unit < 0xA0) || unit == 0xAD || unit == 0x61C || (unit >= 0x200B && unit <= 0x200F) || (unit >= 0x2028 && unit <= 0x202E) ||
         (unit >= 0x2060 && unit <= 0x206F) || (unit >= 0xE000 && unit <= 0xF8FF) || unit == 0xFEFF || unit >= 0xFFF0;
}

}  // namespace

std::string shown_path(std::span<const std::byte> utf16) {
  std::vector<std::byte> seen;
  std::size_t units = 0;
  for (; 2 * units + 1 < utf16.size() && units < kMostUnits; ++units) {
    const std::uint32_t unit = number(utf16, 2 * units, 2);
    if (unit == 0) return from_utf16(seen);
    append(seen, unseen(unit) ? '?' : unit, 2);
  }
  const bool more = 2 * units + 1 < utf16.size() && number(utf16, 2 * units, 2) != 0;
  return from_utf16(seen) + (more ? "..." : "");
}

std::string shown_device(std::span<const std::byte> ascii) {
  std::string shown;
  for (const std::byte byte : ascii.first(std::min(ascii.size(), kMostLetters))) {
    const char c = std::to_integer<char>(byte);
    if (c == 0) break;
    shown += c > 0x20 && c < 0x7F ? c : '?';
  }
  return shown;
}

}  // namespace frostgate::relay::rdp
