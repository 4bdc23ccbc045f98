// Copied text in UTF-8 between us and a VNC target that knows the Extended Clipboard pseudo-encoding (the RFB protocol's community wiki): libvncclient 0.9.14
// knows cut text in Latin-1 alone. Only text is named and asked for. Pure: what the target's extended cut texts hold goes in, what ours are to hold comes
// out, so that a target that asks a million times is owed one answer. One thread at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace frostgate::relay::vnc {

inline constexpr std::uint32_t kExtendedClipboard = 0xC0A1E5CE;  // the pseudo-encoding

class ExtendedClipboard {
 public:
  // Of copied text, in UTF-8 and as it travels.
  static constexpr std::size_t kLongest = 4u << 20;

  // The content of an extended cut text. One that is malformed or longer than any text is taken for one without content.
  void receive(std::string_view content);
  // The content of the next one for the target, while there is one.
  std::optional<std::string> next();

  // Whether the target has said that it knows these. Before, it gets no text by them.
  bool known() const { return known_; }
  // Text (UTF-8, line feeds) that was copied on our side: the target may ask for it until it is replaced.
  void offer(std::string text);
  // Text (UTF-8, line feeds) that was copied on the target's.
  std::optional<std::string> take_text();

 private:
  bool known_ = false;
  bool capabilities_due_ = false, notice_due_ = false, request_due_ = false, text_due_ = false;
  std::optional<std::string> ours_, theirs_;
};

}  // namespace frostgate::relay::vnc
