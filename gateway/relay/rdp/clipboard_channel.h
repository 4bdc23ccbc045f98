// The clipboard channel of a connection: chunks of a static virtual channel (MS-RDPBCGR 2.2.6.1) to and from Clipboard.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "codec/base/result.h"
#include "gateway/relay/rdp/chunked_message.h"
#include "gateway/relay/rdp/clipboard.h"

namespace frostgate::relay::rdp {

class ClipboardChannel {
 public:
  static constexpr char kName[] = "cliprdr";
  using Clock = std::chrono::steady_clock;
  // Copied text is fetched so long after it was named: xfreerdp 2.11 names it before it has it, and a peer that goes on
  // copying is asked once.
  static constexpr auto kFetchDelay = std::chrono::milliseconds(200);

  // All are called by the thread that calls receive() and flush().
  struct Ends {
    // A chunk as of receive(). False: the connection is broken.
    std::function<bool(std::span<const std::byte> chunk, std::uint32_t flags, std::size_t total)> send;
    std::function<std::optional<bool>()> wanted;                   // InputSink::clipboard_offered()
    std::function<void(const std::string& text)> copied;           // such text (UTF-8)
    std::function<void(std::string_view what)> kept;               // Clipboard::take_kept()
    std::function<void(copied::Item item)> other_side;             // Clipboard::take_item()
  };

  ClipboardChannel(Clipboard::Role role, Ends ends) : ends_(std::move(ends)), clipboard_(role) {}

  // A chunk as it came, with its CHANNEL_FLAG_* and the length of the whole message. What exceeds Clipboard::longest() of a message is dropped. Error `corrupt`: a
  // message longer than any clipboard, more messages than anybody who copies sends, or more pieces of files asked for than anybody who pastes asks for.
  Result<void> receive(std::span<const std::byte> chunk, std::uint32_t flags, std::size_t total, Clock::time_point now);
  // From any thread: text (UTF-8) for the peer's clipboard; goes with the next flush().
  void offer(const std::string& text);
  // The same of what the other side says of pictures and files.
  void pass(copied::Item item);
  // Sends what is due, while the connection takes it (`blocked` says whether it does not), and some chunks at most: pictures and keys come in between. False: it
  // is broken.
  bool flush(Clock::time_point now, const std::function<bool()>& blocked);
  bool sending() const { return !sending_.done(); }  // in the middle of a message
  // How long until the next flush() is due, when one is and the connection takes something.
  std::optional<std::chrono::milliseconds> wait(Clock::time_point now) const;

 private:
  void tell_other_side();

  static constexpr int kChunksInARow = 8;
  static constexpr std::size_t kImpossible = std::size_t{1} << 30;
  static constexpr int kMostMessages = 10'000;  // in kFlood, but for pieces of files
  static constexpr auto kFlood = std::chrono::seconds(10);

  Ends ends_;
  Clipboard clipboard_;
  std::vector<std::byte> message_;  // so much of it as came, and as is kept
  std::size_t came_ = 0;            // of it
  int messages_ = 0;                // since
  Clock::time_point counted_from_{};
  ChunkedMessage sending_;          // to the peer
  bool more_ = false;               // may be due than the last flush() sent
  bool named_ = false;              // the peer has copied text, of which nothing was decided yet
  std::optional<Clock::time_point> fetch_at_;
  std::mutex mutex_;
  // Not yet the clipboard's: in the order in which they came, text too.
  std::vector<std::variant<std::string, copied::Item>> passed_;
};

}  // namespace frostgate::relay::rdp
