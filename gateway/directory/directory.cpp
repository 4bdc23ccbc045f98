#include "gateway/directory/directory.h"

#include <algorithm>

#include "gateway/base/log.h"
#include "gateway/base/secret_file.h"

namespace frostgate::directory {
namespace {

using Clock = Connection::Clock;

// A server that did not answer holds up nobody else for so long.
constexpr auto kRest = std::chrono::seconds(30);
// One that refuses our own password is not asked again and again: that would lock our account.
constexpr auto kLongRest = std::chrono::minutes(10);

bool is_of_server(const Error& error) {
  return error.kind == ErrorKind::unavailable || error.kind == ErrorKind::timeout || error.kind == ErrorKind::corrupt || error.kind == ErrorKind::not_found ||
         error.kind == ErrorKind::io;
}

}  // namespace

Result<Secret> bind_password(const Settings& settings) { return read_secret_file(settings.bind_password, "the password of directory.bind_dn"); }

Directory::Directory(Settings settings) : settings_(std::move(settings)), watched_(settings_.servers.size()) {}

bool Directory::rests(std::size_t server) const {
  const std::lock_guard lock(mutex_);
  return Clock::now() < watched_[server].rests_until;
}

void Directory::note(std::size_t server, const Result<void>& outcome) {
  const std::lock_guard lock(mutex_);
  Watched& watched = watched_[server];
  if (outcome) {
    if (!watched.trouble.empty()) log::info("-", "directory: {} answers again", settings_.servers[server].url());
    watched = {};
    return;
  }
  const Error& error = outcome.error();
  log::error("-", "directory: {}", error.message);
  watched.trouble = error.message;
  watched.rests_until = Clock::now() + (error.kind == ErrorKind::denied ? Clock::duration(kLongRest) : Clock::duration(kRest));
}

Result<void> Directory::ask_server(std::size_t server, Clock::time_point deadline, const Question& question) {
  const Result<Secret> password = bind_password(settings_);
  Result<void> outcome = password ? Result<void>() : password.error();
  std::unique_ptr<Connection> connection;
  if (password) {
    Result<std::unique_ptr<Connection>> opened = Connection::open(settings_.servers[server], settings_.authorities, deadline);
    outcome = opened ? opened.value()->bind(settings_.bind_dn, password.value()) : opened.error();
    if (opened) connection = std::move(opened).value();
  }
  if (!outcome) {
    const Error error = outcome.error();
    note(server, error.kind == ErrorKind::denied ? error.within("our own account " + settings_.bind_dn) : error);
    return Error{ErrorKind::unavailable, error.message};
  }
  const Result<void> answer = question(*connection, deadline, server);
  if (!answer && is_of_server(answer.error())) {
    note(server, answer);
    return Error{ErrorKind::unavailable, answer.error().message};
  }
  note(server, {});
  return answer;
}

Result<void> Directory::ask(const Question& question) {
  const Clock::time_point end = Clock::now() + kPatience;
  for (std::size_t server = 0; server < settings_.servers.size() && Clock::now() < end; ++server) {
    if (rests(server)) continue;
    const Result<void> answer = ask_server(server, std::min(end, Clock::now() + settings_.timeout), question);
    if (answer || answer.error().kind != ErrorKind::unavailable) return answer;
  }
  return Error{ErrorKind::unavailable, "no server of the directory answers: " + health().detail};
}

Result<Person> Directory::check_password(const TypedName& name, const Secret& password, const Admission& may_try, UtcTime now) {
  // RFC 4513 5.1.2: to a server this would be a bind as nobody, which succeeds.
  if (password.empty()) return Error{ErrorKind::denied, "\"" + name.text() + "\": no password was given"};
  if (password.text().find('\0') != std::string_view::npos) return Error{ErrorKind::denied, "\"" + name.text() + "\": the password is no text"};
  Person out;
  std::optional<Result<void>> admitted;
  const Question question = [&](Connection& connection, Clock::time_point deadline, std::size_t server) -> Result<void> {
    Person person = TRY(find_person(connection, settings_, name, now));
    if (!admitted) admitted = may_try(person.user);
    if (!*admitted) return {};
    // On a connection of its own: ours goes on as our account, and nobody's rights mix.
    const std::unique_ptr<Connection> theirs = TRY(Connection::open(settings_.servers[server], settings_.authorities, deadline));
    TRY(theirs->bind(person.dn, password));
    out = std::move(person);
    return {};
  };
  TRY(ask(question));
  TRY(std::move(*admitted));
  return out;
}

Result<std::vector<Directory::Standing>> Directory::look_up(const std::vector<std::string>& users, UtcTime now) {
  std::vector<Standing> out;
  std::size_t done = 0;
  // A connection has a deadline: many users take several.
  constexpr std::size_t kAtATime = 20;
  const Question next_ones = [&](Connection& connection, Clock::time_point, std::size_t) -> Result<void> {
    for (std::size_t i = 0; i < kAtATime && done < users.size(); ++i) {
      Result<Person> person = find_person(connection, settings_, {users[done], "", false}, now);
      if (!person && is_of_server(person.error())) return person.error();
      out.push_back({users[done++], std::move(person)});
    }
    return {};
  };
  while (done < users.size()) TRY(ask(next_ones));
  return out;
}

void Directory::probe() {
  const Question nothing = [](Connection&, Clock::time_point, std::size_t) { return Result<void>(); };
  bool one_answered = false;
  for (std::size_t server = 0; server < settings_.servers.size(); ++server) {
    bool troubled = false;
    {
      const std::lock_guard lock(mutex_);
      const Watched& watched = watched_[server];
      const bool refuses_us = watched.rests_until > Clock::now() + kRest;
      if (refuses_us) continue;
      troubled = !watched.trouble.empty();
    }
    if (one_answered && !troubled) continue;
    one_answered = ask_server(server, Clock::now() + settings_.timeout, nothing).has_value() || one_answered;
  }
}

Directory::Health Directory::health() const {
  const std::lock_guard lock(mutex_);
  Health out;
  out.reachable = watched_.empty() || std::any_of(watched_.begin(), watched_.end(), [](const Watched& one) { return one.trouble.empty(); });
  for (const Watched& one : watched_) {
    if (!one.trouble.empty()) out.detail += (out.detail.empty() ? "" : "; ") + one.trouble;
  }
  return out;
}

}  // namespace frostgate::directory
