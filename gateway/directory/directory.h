// The organisation's directory: who somebody is, whether the password is right, and in which groups they are. Asks the first server that works. Thread-safe; blocks for
// kPatience at most (and as long as the system takes to resolve a server's name), so never to be asked by a thread that others wait for.
#pragma once

#include <functional>
#include <mutex>
#include <string>
#include <vector>

#include "codec/base/result.h"
#include "codec/base/secret.h"
#include "codec/base/time.h"
#include "gateway/directory/person.h"
#include "gateway/directory/settings.h"

namespace frostgate::directory {

inline constexpr std::chrono::seconds kPatience{10};

class Directory {
 public:
  explicit Directory(Settings settings);

  const Settings& settings() const { return settings_; }

  // Called with the user's name once it is known, before the password is tried, once at most; its error ends the matter.
  using Admission = std::function<Result<void>(const std::string& user)>;

  // Whose name and password these are. Errors: `denied` (for the log: which part was wrong; an empty password is refused before any server hears of it),
  // `unavailable` when no server answers, `invalid` and `unsupported` when what the directory says cannot be used.
  Result<Person> check_password(const TypedName& name, const Secret& password, const Admission& may_try, UtcTime now);

  // What the directory says of users who were here. An error is of the directory; of one user it is in its own place (`denied`: no such account any more).
  struct Standing {
    std::string user;
    Result<Person> person;
  };
  Result<std::vector<Standing>> look_up(const std::vector<std::string>& users, UtcTime now);

  // Tries the servers that did not answer, and one at least.
  void probe();

  // How the servers were when they were last asked.
  struct Health {
    bool reachable = true;   // one of them at least, or none was asked yet
    std::string detail;      // why not, server by server
  };
  Health health() const;

 private:
  struct Watched {
    std::string trouble;  // empty: it answered, or was not asked yet
    Connection::Clock::time_point rests_until{};
  };
  using Question = std::function<Result<void>(Connection& connection, Connection::Clock::time_point deadline, std::size_t server)>;

  // Asks servers, bound as our own account, until one has answered.
  Result<void> ask(const Question& question);
  Result<void> ask_server(std::size_t server, Connection::Clock::time_point deadline, const Question& question);
  bool rests(std::size_t server) const;
  void note(std::size_t server, const Result<void>& outcome);

  const Settings settings_;
  mutable std::mutex mutex_;
  std::vector<Watched> watched_;  // one for each server
};

// The password of our own account. The error says what is wrong with its file: missing, readable for others, empty.
Result<Secret> bind_password(const Settings& settings);

}  // namespace frostgate::directory
