#include "gateway/serve/session_control.h"

#include <algorithm>

namespace frostgate::serve {

namespace {

constexpr int kGoodbyeSeconds = 30;  // that the user has to read why

Error nothing_runs(const std::string& id) { return {ErrorKind::not_found, "no session " + id + " runs here"}; }

}  // namespace

Result<void> SessionControl::enter(const std::string& id, const std::string& user, const std::string& target, Limits limits) {
  const std::lock_guard lock(mutex_);
  const auto have = [&](const std::string Session::* member, const std::string& name) {
    return std::count_if(sessions_.begin(), sessions_.end(), [&](const auto& entry) { return entry.second.*member == name; });
  };
  if (limits.per_user > 0 && have(&Session::user, user) >= limits.per_user)
    return Error{ErrorKind::denied, "You have as many sessions as you may have at a time (" + std::to_string(limits.per_user) +
                                        "). End one and try again."};
  if (limits.per_target > 0 && have(&Session::target, target) >= limits.per_target)
    return Error{ErrorKind::denied, "The target \"" + target + "\" has as many sessions as it may have at a time (" +
                                        std::to_string(limits.per_target) + "). Try again later."};
  sessions_[id].user = user;
  sessions_[id].target = target;
  return {};
}

void SessionControl::leave(const std::string& id) {
  const std::lock_guard lock(mutex_);
  sessions_.erase(id);
}

std::size_t SessionControl::count() {
  const std::lock_guard lock(mutex_);
  return sessions_.size();
}

std::vector<std::string> SessionControl::end_all_of(const std::string& user, const std::string& message) {
  const std::lock_guard lock(mutex_);
  std::vector<std::string> out;
  for (auto& [id, session] : sessions_) {
    if (session.user != user) continue;
    session.orders.push_back({{"type", "end"}, {"message", message}, {"seconds", kGoodbyeSeconds}});
    out.push_back(id);
  }
  return out;
}

Result<void> SessionControl::order(const std::string& id, nlohmann::json message) {
  const std::lock_guard lock(mutex_);
  const auto found = sessions_.find(id);
  if (found == sessions_.end()) return nothing_runs(id);
  found->second.orders.push_back(std::move(message));
  return {};
}

Result<void> SessionControl::lock_input(const std::string& id, bool locked) {
  const std::lock_guard lock(mutex_);
  const auto found = sessions_.find(id);
  if (found == sessions_.end()) return nothing_runs(id);
  found->second.input_locked = locked;
  found->second.orders.push_back(lock_order(locked));
  return {};
}

nlohmann::json SessionControl::lock_order(bool locked) { return {{"type", "lock_input"}, {"locked", locked ? 1 : 0}}; }

bool SessionControl::input_locked(const std::string& id) {
  const std::lock_guard lock(mutex_);
  const auto found = sessions_.find(id);
  return found != sessions_.end() && found->second.input_locked;
}

Result<void> SessionControl::pause(const std::string& id, Pause pause, nlohmann::json order) {
  const std::lock_guard lock(mutex_);
  const auto found = sessions_.find(id);
  if (found == sessions_.end()) return nothing_runs(id);
  if (found->second.paused) return Error{ErrorKind::exists, "the recording of " + id + " is paused or stopped already"};
  found->second.paused = pause;
  found->second.orders.push_back(std::move(order));
  return {};
}

void SessionControl::recorded_again(const std::string& id) {
  const std::lock_guard lock(mutex_);
  if (const auto found = sessions_.find(id); found != sessions_.end()) found->second.paused.reset();
}

std::optional<SessionControl::Pause> SessionControl::paused(const std::string& id) {
  const std::lock_guard lock(mutex_);
  const auto found = sessions_.find(id);
  return found == sessions_.end() ? std::nullopt : found->second.paused;
}

Result<void> SessionControl::invite(const std::string& id, Guest guest) {
  const std::lock_guard lock(mutex_);
  const auto found = sessions_.find(id);
  if (found == sessions_.end()) return nothing_runs(id);
  guest.number = ++found->second.invited;
  found->second.guests.push_back(std::move(guest));
  return {};
}

std::vector<SessionControl::Guest> SessionControl::take_guests(const std::string& id) {
  const std::lock_guard lock(mutex_);
  const auto found = sessions_.find(id);
  return found == sessions_.end() ? std::vector<Guest>{} : std::exchange(found->second.guests, {});
}

std::vector<nlohmann::json> SessionControl::take_orders(const std::string& id) {
  const std::lock_guard lock(mutex_);
  const auto found = sessions_.find(id);
  return found == sessions_.end() ? std::vector<nlohmann::json>{} : std::exchange(found->second.orders, {});
}

}  // namespace frostgate::serve
