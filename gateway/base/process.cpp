#include "gateway/base/process.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <cstdlib>

namespace frostgate {
namespace {

std::vector<std::string> child_environment() {
  std::vector<std::string> out{"OMP_THREAD_LIMIT=1", "HOME=/nonexistent"};
  for (const char* name : {"PATH", "LANG", "TZ", "TESSDATA_PREFIX", "ASAN_OPTIONS", "UBSAN_OPTIONS", "TSAN_OPTIONS"}) {
    if (const char* value = std::getenv(name)) out.push_back(std::string(name) + "=" + value);
  }
  return out;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> out;
  for (std::string& text : texts) out.push_back(text.data());
  out.push_back(nullptr);
  return out;
}

double seconds(const timeval& time) { return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6; }

}  // namespace

Result<ChildProcess> ChildProcess::start(const std::vector<std::string>& arguments, const Descriptor& channel) {
  std::vector<std::string> argument_texts{"frostgate"};
  argument_texts.insert(argument_texts.end(), arguments.begin(), arguments.end());
  std::vector<std::string> environment_texts = child_environment();
  const std::vector<char*> argv = pointers(argument_texts), envp = pointers(environment_texts);

  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  posix_spawn_file_actions_init(&actions);
  posix_spawnattr_init(&attributes);
  posix_spawn_file_actions_adddup2(&actions, channel.fd(), kChannelDescriptor);
  // A library that serve has loaded (a token's module) may have left its own open.
  posix_spawn_file_actions_addclosefrom_np(&actions, kChannelDescriptor + 1);
  // serve blocks the signals it waits for; its children must not inherit that.
  sigset_t none, defaults;
  sigemptyset(&none);
  sigemptyset(&defaults);
  sigaddset(&defaults, SIGPIPE);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setsigdefault(&attributes, &defaults);
  // An own process group: Ctrl-C in a terminal reaches serve, which then ends its children in order.
  posix_spawnattr_setpgroup(&attributes, 0);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
  pid_t pid = -1;
  const int failure = posix_spawn(&pid, "/proc/self/exe", &actions, &attributes, argv.data(), envp.data());
  posix_spawn_file_actions_destroy(&actions);
  posix_spawnattr_destroy(&attributes);
  if (failure != 0) return Error{ErrorKind::unavailable, std::string("cannot start a process: ") + strerror(failure)};
  return ChildProcess(pid);
}

ChildProcess::~ChildProcess() {
  if (pid_ < 0) return;
  terminate();
  (void)wait(std::chrono::milliseconds(-1));
}

void ChildProcess::terminate() {
  if (pid_ > 0) kill(pid_, SIGKILL);
}

std::optional<ProcessExit> ChildProcess::wait(std::chrono::milliseconds patience) {
  if (pid_ < 0) return ProcessExit{"already gone", false, 0};
  const Descriptor watch(static_cast<int>(syscall(SYS_pidfd_open, pid_, 0)));
  pollfd waiting{watch.fd(), POLLIN, 0};
  int ready;
  do {
    ready = watch.valid() ? poll(&waiting, 1, static_cast<int>(patience.count())) : 1;
  } while (ready < 0 && errno == EINTR);
  if (ready == 0) return std::nullopt;
  int status = 0;
  rusage usage{};
  while (wait4(pid_, &status, 0, &usage) < 0 && errno == EINTR) {
  }
  pid_ = -1;
  ProcessExit out;
  out.cpu_seconds = seconds(usage.ru_utime) + seconds(usage.ru_stime);
  if (WIFEXITED(status)) {
    out.success = WEXITSTATUS(status) == 0;
    out.description = "exit status " + std::to_string(WEXITSTATUS(status));
  } else {
    const int signal = WTERMSIG(status);
    out.killed = signal == SIGKILL || signal == SIGTERM || signal == SIGINT || signal == SIGHUP || signal == SIGQUIT;
    out.description = "killed by signal " + std::to_string(signal) + " (" + strsignal(signal) + ")";
  }
  return out;
}

}  // namespace frostgate
