#include "gateway/serve/doorstep.h"

#include <errno.h>
#include <sys/socket.h>

#include <algorithm>
#include <string_view>

#include "gateway/base/log.h"

namespace frostgate::serve {
namespace {

// Without a word.
bool has_left(const Descriptor& client) {
  char word;
  const ssize_t size = recv(client.fd(), &word, 1, MSG_PEEK | MSG_DONTWAIT);
  return size == 0 || (size < 0 && errno != EAGAIN);
}

}  // namespace

void Doorstep::arrive(Descriptor client, FrontKind front, Clock::time_point now) {
  constexpr std::string_view kGreeting = "RFB 003.008\n";  // RFC 6143 7.1.1
  if (front == FrontKind::vnc &&
      send(client.fd(), kGreeting.data(), kGreeting.size(), MSG_DONTWAIT | MSG_NOSIGNAL) != static_cast<ssize_t>(kGreeting.size()))
    return;
  if (silent_.size() >= most_) {
    log::warning("-", "closed the connection that has been silent longest: {} are (limits.silent in the configuration)", silent_.size());
    silent_.pop_front();
  }
  silent_.push_back({{std::move(client), front}, now});
}

void Doorstep::add_to(std::vector<pollfd>& waiting) const {
  for (const Silent& one : silent_) waiting.push_back({one.caller.client.fd(), POLLIN, 0});
}

std::vector<Doorstep::Caller> Doorstep::take(const pollfd* polled, Clock::time_point now) {
  std::vector<Caller> callers;
  std::size_t late = 0, left = 0;
  for (auto it = silent_.begin(); it != silent_.end(); ++polled) {
    if (polled->revents != 0 && has_left(it->caller.client)) {
      ++left;
      it = silent_.erase(it);
    } else if (polled->revents != 0) {
      callers.push_back(std::move(it->caller));
      it = silent_.erase(it);
    } else if (now >= it->since + patience_) {
      ++late;
      it = silent_.erase(it);
    } else {
      ++it;
    }
  }
  if (left > 0) log::info("-", "{} connections left without a word", left);
  if (late > 0) log::warning("-", "{} connections did not log in: they said nothing for {} s", late, patience_.count() / 1000);
  return callers;
}

int Doorstep::milliseconds_left(Clock::time_point now) const {
  if (silent_.empty()) return -1;
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(silent_.front().since + patience_ - now).count();
  return static_cast<int>(std::max<std::int64_t>(left, 0));
}

}  // namespace frostgate::serve
