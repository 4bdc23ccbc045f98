// A peer's clipboard over its channel (MS-RDPECLIP), as the channel's server towards a client or as its client towards a target. Text is fetched on demand of
// ours and offered whole; pictures and files are named on the other side, and fetched when they are pasted there (gateway/relay/copied.h). Other formats of the
// peer do not exist here. Pure: whole messages go in and come out, so that a peer that asks a million times is owed one answer. One thread at a time.
#pragma once

#include <cstddef>
#include <deque>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "gateway/relay/copied.h"
#include "gateway/relay/rdp/clipboard_message.h"

namespace frostgate::relay::rdp {

class Clipboard {
 public:
  enum class Role { server, client };
  using Message = clip::Message;

  explicit Clipboard(Role role) : role_(role), capabilities_due_(role == Role::server), greeting_due_(capabilities_due_) {}

  // A whole message of the peer, or as much of it as longest() has room for. One that is malformed or cut is taken for one without content.
  void receive(Message message);
  // The next message for the peer, while there is one.
  std::optional<Message> next();
  // How much of the peer's next message is of any use, in bytes.
  std::size_t longest() const;
  // Whether the peer wants more pieces of files at a time than anybody who pastes.
  bool overasked() const { return pieces_due_ > kMostPieces; }

  // When the peer has copied something since the last call: whether there is text in it. It stays with the peer until it is fetched.
  std::optional<bool> take_offer();
  void fetch();
  // What the peer copied first that is neither text nor of a kind that might pass, and so stays with it; said once.
  std::optional<std::string_view> take_kept();
  // Text (UTF-8, line feeds) that was fetched.
  std::optional<std::string> take_text();
  // Text (UTF-8) that was copied on our side: the peer may ask for it until it is replaced.
  void offer(std::string text);

  // What the other side of the session says of pictures and files, and what this peer says, for the other side.
  void pass(copied::Item item);
  std::optional<copied::Item> take_item();

 private:
  static constexpr std::size_t kLongestText = 4u << 20;
  static constexpr std::size_t kMostPieces = 64;

  void receive_formats(std::span<const std::byte> content, bool ascii);
  void receive_request(std::span<const std::byte> content);
  void receive_data(Message content, std::size_t length, bool ok);
  void receive_piece_request(std::span<const std::byte> content);
  void receive_piece(Message content, bool ok);
  void receive_lock(std::span<const std::byte> content, bool on);
  void take(copied::Offer offer);
  void take(copied::Wish wish);
  void take(copied::Content content);
  void take(copied::PieceWish wish);
  void take(copied::Piece piece);
  void take(copied::Lock lock);
  bool can(std::uint32_t flag) const { return (peer_flags_ & flag) != 0; }
  Message formats() const;
  Message text_data() const;
  std::optional<Message> request();

  const Role role_;
  std::uint32_t peer_flags_ = 0;  // clip::kLongNames and so on
  bool capabilities_due_;
  bool greeting_due_;            // the server's, that it is ready
  bool ready_ = false;           // the peer takes lists
  bool list_due_ = false, answer_due_ = false, text_due_ = false;
  bool asked_for_text_ = false;  // by the peer, not for a format that we never named

  // What the peer has copied.
  std::uint32_t copy_ = 0;
  clip::Formats formats_;
  std::optional<bool> text_offered_;
  bool text_wanted_ = false;
  std::optional<copied::Wish> wish_;           // of the other side, to be asked for
  bool fetching_ = false;                      // a request is under way: for that wish, or for text
  bool outdated_ = false;                      // that text is of an earlier copy
  std::optional<copied::Wish> fetching_wish_;
  std::optional<std::string> theirs_;
  std::optional<std::string_view> kept_;
  bool told_kept_ = false;
  std::deque<copied::Item> items_;             // for the other side

  // What our side has copied.
  std::optional<std::string> ours_;
  copied::Offer other_;                        // the other side's pictures and files
  std::optional<copied::Wish> awaited_;        // by the peer, from the other side
  std::optional<copied::Content> content_;     // for the peer
  std::set<std::uint32_t> streams_;            // of pieces that the peer waits for
  std::size_t pieces_due_ = 0;                 // answers that the peer was not sent yet
  std::deque<Message> out_;                    // about files
};

}  // namespace frostgate::relay::rdp
