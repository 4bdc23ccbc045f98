// A real VNC machine for tests: Xtigervnc on 127.0.0.1 with a free port and display, ended with the object.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "codec/base/frame.h"

namespace frostgate::test {

class Process {
 public:
  Process(const std::vector<std::string>& command, int inherited = -1);
  ~Process();
  Process(const Process&) = delete;
  void kill();
  int wait();  // exit status

 private:
  pid_t pid_;
};

class Target {
 public:
  explicit Target(const std::string& password);
  ~Target();

  int connect() const;                    // a socket to it
  std::string display() const { return display_; }
  std::filesystem::path folder() const { return folder_; }
  int run(std::vector<std::string> command) const;  // an X program, to its end
  Frame screenshot() const;
  void kill() { server_->kill(); }

 private:
  std::filesystem::path folder_;
  std::string display_;
  int port_ = 0;
  std::unique_ptr<Process> server_;
};

}  // namespace frostgate::test
