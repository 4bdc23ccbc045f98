// What is copied beside text: it stays where it is until somebody pastes it on the other side. RDP alone has such a clipboard, so these pass between an
// RDP client and an RDP target, in the terms of MS-RDPECLIP.
#pragma once

#include <bitset>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <variant>
#include <vector>

namespace frostgate::relay::copied {

// Pictures as Windows keeps them (CF_DIB, CF_DIBV5) and as PNG; a list of files.
enum class Kind : std::uint8_t { dib, dib_v5, png, files };
inline constexpr std::size_t kKinds = 4;

class Kinds {
 public:
  bool has(Kind kind) const { return bits_[static_cast<std::size_t>(kind)]; }
  void set(Kind kind, bool on = true) { bits_.set(static_cast<std::size_t>(kind), on); }
  bool pictures() const { return has(Kind::dib) || has(Kind::dib_v5) || has(Kind::png); }
  bool files() const { return has(Kind::files); }
  bool any() const { return bits_.any(); }
  friend bool operator==(const Kinds&, const Kinds&) = default;

 private:
  std::bitset<kKinds> bits_;
};

// The longest of each, in bytes: a picture's content, a list of kMostFiles, and what is read of a file at a time.
inline constexpr std::size_t kMostFiles = 10'000;
inline constexpr std::size_t kLongestPicture = std::size_t{32} << 20, kLongestList = 4 + 592 * kMostFiles, kLongestPiece = std::size_t{1} << 20;

// From the side where it was copied: what was copied before is gone. `copy` counts that side's.
struct Offer {
  std::uint32_t copy = 0;
  Kinds kinds;             // none: nothing of these
  bool with_text = false;  // there is text as well, which goes its own way
};
// From the side where it is pasted.
struct Wish {
  std::uint32_t copy = 0;
  Kind kind = Kind::dib;
  friend bool operator==(const Wish&, const Wish&) = default;
};
// The answer to it. No bytes: it cannot be had.
struct Content {
  Wish wish;
  std::optional<std::vector<std::byte>> bytes;
  std::size_t length = 0;  // as the side that has it announced; more than there are bytes when it was too long
};
// From the side where files are pasted: a file's size (8 bytes, little-endian) or a part of it. `stream` tells the answers apart.
struct PieceWish {
  std::uint32_t stream = 0;
  std::uint32_t copy = 0;
  std::uint32_t file = 0;  // its place in the list
  bool size = false;
  std::uint64_t from = 0;
  std::uint32_t length = 0;
  std::optional<std::uint32_t> lock;  // it is of the copy that was kept under this number, whatever `copy` says
};
struct Piece {
  std::uint32_t stream = 0;
  std::optional<std::vector<std::byte>> bytes;
};
// From the side where files are pasted: the copy stays readable under this number, also when something else is copied; or need not any more.
struct Lock {
  std::uint32_t number = 0;
  std::uint32_t copy = 0;
  bool on = false;
};

using Item = std::variant<Offer, Wish, Content, PieceWish, Piece, Lock>;

}  // namespace frostgate::relay::copied
