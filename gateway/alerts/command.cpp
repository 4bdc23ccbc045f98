#include "gateway/alerts/command.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "gateway/base/descriptor.h"

extern char** environ;

namespace frostgate::alerts {
namespace {

constexpr int kTickMilliseconds = 100;

// serve has blocked signals that a program expects.
struct Attributes {
  Attributes() {
    posix_spawnattr_init(&value);
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawnattr_setsigmask(&value, &none);
    posix_spawnattr_setsigdefault(&value, &all);
    posix_spawnattr_setflags(&value, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  }
  ~Attributes() { posix_spawnattr_destroy(&value); }
  posix_spawnattr_t value;
};

struct Actions {
  Actions() { posix_spawn_file_actions_init(&value); }
  ~Actions() { posix_spawn_file_actions_destroy(&value); }
  posix_spawn_file_actions_t value;
};

bool ends_in_time(int process, const Patience& patience) {
  const auto end = std::chrono::steady_clock::now() + patience.most;
  while (!patience.stop.stop_requested() && std::chrono::steady_clock::now() < end) {
    pollfd ended{process, POLLIN, 0};
    if (poll(&ended, 1, kTickMilliseconds) == 1) return true;
  }
  return false;
}

}  // namespace

Result<void> run_command(const std::vector<std::string>& command, const std::string& text, const Patience& patience) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return Error{ErrorKind::io, std::string("no pipe: ") + strerror(errno)};
  Descriptor reading(ends[0]), writing(ends[1]);
  // An alert fits into a pipe (64 KiB) whole, so that a program that does not read holds nobody up.
  fcntl(writing.fd(), F_SETFL, O_NONBLOCK);
  Actions actions;
  posix_spawn_file_actions_adddup2(&actions.value, reading.fd(), STDIN_FILENO);
  posix_spawn_file_actions_addopen(&actions.value, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
  std::vector<char*> arguments;
  for (const std::string& part : command) arguments.push_back(const_cast<char*>(part.c_str()));
  arguments.push_back(nullptr);
  Attributes attributes;
  pid_t child = -1;
  const int failure = posix_spawn(&child, arguments[0], &actions.value, &attributes.value, arguments.data(), environ);
  if (failure != 0) return Error{ErrorKind::unavailable, command[0] + " does not start: " + strerror(failure)};
  const bool whole = write(writing.fd(), text.data(), text.size()) == static_cast<ssize_t>(text.size());
  writing.reset();
  const Descriptor handle(static_cast<int>(syscall(SYS_pidfd_open, child, 0)));
  const bool in_time = handle.valid() && ends_in_time(handle.fd(), patience);
  if (!in_time) kill(child, SIGKILL);
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (!in_time) return Error{ErrorKind::timeout, command[0] + " did not end within " + std::to_string(patience.most.count()) + " s, and was killed"};
  if (!whole || !WIFEXITED(status) || WEXITSTATUS(status) != 0) return Error{ErrorKind::unavailable, command[0] + " has failed"};
  return {};
}

}  // namespace frostgate::alerts
