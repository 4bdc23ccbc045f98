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
    if (++messages_ > kMostMessages) return Error{ErrorKind::corrupt, "more than " + std::to_string(kMostMessages) + " messages on the clipboard channel within seconds"};
  }
  came_ += chunk.size();
  if (const std::size_t length = std::max(total, came_); length > kImpossible) return Error{ErrorKind::corrupt, "a clipboard of " + std::to_string(length) + " bytes"};
  chunk = chunk.first(std::min(chunk.size(), kLongest - message_.size()));
  message_.insert(message_.end(), chunk.begin(), chunk.end());
  if ((flags & kLast) == 0) return {};
  clipboard_.receive(std::exchange(message_, {}));
  if (clipboard_.take_offer()) {
    named_ = true;
    fetch_at_.reset();
  }
  if (const auto text = clipboard_.take_text()) ends_.copied(*text);
  if (const auto what = clipboard_.take_kept()) ends_.kept(*what);
  return {};
}

void ClipboardChannel::offer(const std::string& text) {
  const std::lock_guard lock(mutex_);
  offered_ = text;
}

std::optional<std::chrono::milliseconds> ClipboardChannel::wait(Clock::time_point now) const {
  if (!named_ || !fetch_at_ || *fetch_at_ <= now) return std::nullopt;
  return std::chrono::ceil<std::chrono::milliseconds>(*fetch_at_ - now);
}

bool ClipboardChannel::flush(Clock::time_point now, const std::function<bool()>& blocked) {
  {
    const std::lock_guard lock(mutex_);
    if (offered_) clipboard_.offer(*std::exchange(offered_, std::nullopt));
  }
  if (named_ && !fetch_at_) fetch_at_ = now + kFetchDelay;
  if (const auto wanted = named_ && now >= *fetch_at_ ? ends_.wanted() : std::nullopt) {
    named_ = false;
    if (*wanted) clipboard_.fetch();
  }
  while (!blocked()) {
    const auto message = clipboard_.next();
    if (!message) return true;
    if (!ends_.send(*message)) return false;
  }
  return true;
}

}  // namespace frostgate::relay::rdp
