#include "gateway/relay/rdp/clipboard_channel.h"

#include <algorithm>
#include <string>
#include <utility>

namespace frostgate::relay::rdp {
namespace {

constexpr std::uint32_t kFirst = 1, kLast = 2;  // CHANNEL_FLAG_FIRST, CHANNEL_FLAG_LAST

}  // namespace

Result<void> ClipboardChannel::receive(std::span<const std::byte> chunk, std::uint32_t flags, std::size_t total, Clock::time_point now) {
  if ((flags & kFirst) != 0) {
    message_.clear();
    came_ = 0;
    if (now - counted_from_ > kFlood) counted_from_ = now, messages_ = 0;
    // Who pastes a large file asks thousands of times; how many of these wait for an answer is limited.
    const std::uint32_t type = chunk.size() < 2 ? 0 : number(chunk, 0, 2);
    const bool of_a_file = type == clip::kPieceRequest || type == clip::kPieceResponse;
    if (!of_a_file && ++messages_ > kMostMessages) return Error{ErrorKind::corrupt, "more than " + std::to_string(kMostMessages) + " messages on the clipboard channel within seconds"};
  }
  came_ += chunk.size();
  if (const std::size_t length = std::max(total, came_); length > kImpossible) return Error{ErrorKind::corrupt, "a clipboard of " + std::to_string(length) + " bytes"};
  const std::size_t longest = clipboard_.longest();
  chunk = chunk.first(std::min(chunk.size(), longest - std::min(longest, message_.size())));
  if (message_.empty()) message_.reserve(std::min(total, longest));
  message_.insert(message_.end(), chunk.begin(), chunk.end());
  if ((flags & kLast) == 0) return {};
  clipboard_.receive(std::exchange(message_, {}));
  if (const auto text = clipboard_.take_offer()) {
    named_ = *text;  // xfreerdp names all that it knows, and then what there is
    fetch_at_.reset();
  }
  if (const auto text = clipboard_.take_text()) ends_.copied(*text);
  if (const auto what = clipboard_.take_kept()) ends_.kept(*what);
  tell_other_side();
  if (clipboard_.overasked()) return Error{ErrorKind::corrupt, "too many pieces of files asked for at a time"};
  return {};
}

void ClipboardChannel::offer(const std::string& text) {
  const std::lock_guard lock(mutex_);
  std::erase_if(passed_, [](const auto& one) { return std::holds_alternative<std::string>(one); });
  passed_.emplace_back(text);
}

void ClipboardChannel::pass(copied::Item item) {
  const std::lock_guard lock(mutex_);
  // What is said of an earlier copy means nothing any more; a peer without this channel would never take it.
  const auto earlier = [](const auto& one) {
    const auto* other = std::get_if<copied::Item>(&one);
    return !other || std::holds_alternative<copied::Offer>(*other);
  };
  if (std::holds_alternative<copied::Offer>(item)) std::erase_if(passed_, earlier);
  passed_.emplace_back(std::move(item));
}

void ClipboardChannel::tell_other_side() {
  while (auto item = clipboard_.take_item()) ends_.other_side(std::move(*item));
}

std::optional<std::chrono::milliseconds> ClipboardChannel::wait(Clock::time_point now) const {
  if (more_) return std::chrono::milliseconds(0);
  if (!named_ || !fetch_at_ || *fetch_at_ <= now) return std::nullopt;
  return std::chrono::ceil<std::chrono::milliseconds>(*fetch_at_ - now);
}

bool ClipboardChannel::flush(Clock::time_point now, const std::function<bool()>& blocked) {
  std::vector<std::variant<std::string, copied::Item>> passed;
  {
    const std::lock_guard lock(mutex_);
    passed.swap(passed_);
  }
  for (auto& one : passed) {
    if (auto* text = std::get_if<std::string>(&one)) clipboard_.offer(std::move(*text));
    else clipboard_.pass(std::get<copied::Item>(std::move(one)));
  }
  tell_other_side();
  if (named_ && !fetch_at_) fetch_at_ = now + kFetchDelay;
  if (const auto wanted = named_ && now >= *fetch_at_ ? ends_.wanted() : std::nullopt) {
    named_ = false;
    if (*wanted) clipboard_.fetch();
  }
  more_ = true;
  for (int chunks = 0; chunks < kChunksInARow && !blocked(); ++chunks) {
    if (sending_.done()) {
      sending_ = {};
      auto message = clipboard_.next();
      if (!message) return more_ = false, true;
      sending_ = ChunkedMessage(std::move(*message));
    }
    const ChunkedMessage::Chunk chunk = sending_.next();
    if (!ends_.send(chunk.bytes, chunk.flags, chunk.total)) return false;
  }
  return true;
}

}  // namespace frostgate::relay::rdp
