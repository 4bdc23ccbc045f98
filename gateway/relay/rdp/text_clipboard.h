// The text part of the clipboard channel (MS-RDPECLIP), as its server towards a client or as its client towards a target.
// Only Unicode text is named and asked for; files, pictures and other formats of the peer do not exist here. Pure: whole
// messages go in and come out, so that a peer that asks a million times is owed one answer. One thread at a time.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace frostgate::relay::rdp {

class TextClipboard {
 public:
  enum class Role { server, client };
  using Message = std::vector<std::byte>;

  explicit TextClipboard(Role role) : role_(role), capabilities_due_(role == Role::server), greeting_due_(capabilities_due_) {}

  // A whole message of the peer. One that is malformed or cut is taken for one without content.
  void receive(std::span<const std::byte> message);
  // The next message for the peer, while there is one.
  std::optional<Message> next();

  // Whether the peer has copied text since the last call. It stays with the peer until it is fetched.
  bool take_offer();
  void fetch();
  // What the peer copied first that holds no text, and so stays with it; said once.
  std::optional<std::string_view> take_kept();
  // Text (UTF-8, line feeds) that was fetched.
  std::optional<std::string> take_text();

  // Text (UTF-8) that was copied on our side: the peer may ask for it until it is replaced.
  void offer(std::string text);

 private:
  void receive_capabilities(std::span<const std::byte> content);
  void receive_formats(std::span<const std::byte> content, bool ascii);
  void receive_data(std::span<const std::byte> content, bool ok);
  Message formats() const;
  Message data() const;

  const Role role_;
  bool long_names_ = false;      // the peer's lists name formats by texts of any length, and ours may
  bool capabilities_due_;
  bool greeting_due_;            // the server's, that it is ready
  bool ready_ = false;           // the peer takes lists
  bool list_due_ = false, answer_due_ = false, request_due_ = false, data_due_ = false;
  bool asked_for_text_ = false;  // by the peer, not for a format that we never named
  bool fetching_ = false;        // a request is under way
  bool offered_ = false;
  std::optional<std::string> ours_, theirs_;
  std::optional<std::string_view> kept_;
  bool told_kept_ = false;
};

}  // namespace frostgate::relay::rdp
