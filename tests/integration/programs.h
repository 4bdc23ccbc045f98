// The real programs that integration tests run beside us: started on free ports and displays, ended by their process id.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "codec/base/frame.h"

namespace frostgate::test {

// Gone with everything in it at the end.
class TemporaryFolder {
 public:
  TemporaryFolder();
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  std::filesystem::path operator/(const std::string& name) const { return path_ / name; }
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

// A child process, with its output in `log`. The destructor terminates it and waits for it.
class Program {
 public:
  Program(const std::vector<std::string>& command, const std::map<std::string, std::string>& environment,
          const std::filesystem::path& log, int inherited = -1);
  ~Program();
  Program(const Program&) = delete;
  int wait();  // its exit status; 128 + signal when killed
  bool running();
  void signal(int number);

 private:
  pid_t pid_;
  int status_ = -1;
};

// An X server without a screen or a window manager.
class XDisplay {
 public:
  XDisplay(const TemporaryFolder& folder, Size size);
  std::string name() const { return ":" + std::to_string(number_); }
  Frame screenshot() const;
  // Fills the root window with `picture` (ImageMagick's notation, "plasma:red-blue").
  void show(const std::string& picture) const;

 private:
  const TemporaryFolder& folder_;
  Size size_;
  int number_ = -1;
  struct Pipe {
    Pipe();
    int out, in;
  } ready_;
  Program server_;
};

std::uint16_t free_port();
int connect_to(std::uint16_t port);     // a socket connected to 127.0.0.1; -1
bool reachable(std::uint16_t port);     // waits until something listens
// Runs a command to its end; its exit status.
int run(const std::vector<std::string>& command, const std::map<std::string, std::string>& environment = {});
// Asks `condition` again and again, for at most `seconds`.
bool eventually(const std::function<bool()>& condition, int seconds = 10);

}  // namespace frostgate::test
