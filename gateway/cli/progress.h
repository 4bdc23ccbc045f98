// A progress bar on standard error, when that is a terminal; silent otherwise.
#pragma once

#include <chrono>
#include <string>

namespace frostgate::cli {

class ProgressLine {
 public:
  explicit ProgressLine(std::string label);
  ~ProgressLine() { finish(); }
  // 0 to 1, and what is under way; drawn at most ten times a second.
  void update(double done, const char* stage = "");
  void finish();             // clears the line

 private:
  std::string label_;
  bool terminal_;
  bool drawn_ = false;
  std::chrono::steady_clock::time_point started_, last_;
};

}  // namespace frostgate::cli
