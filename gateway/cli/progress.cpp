#include "gateway/cli/progress.h"

#include <unistd.h>

#include <algorithm>
#include <cstdio>

namespace frostgate::cli {

using Clock = std::chrono::steady_clock;

ProgressLine::ProgressLine(std::string label)
    : label_(std::move(label)), terminal_(isatty(STDERR_FILENO)), started_(Clock::now()), last_(started_) {}

void ProgressLine::update(double done, const char* stage) {
  const auto now = Clock::now();
  if (!terminal_ || (drawn_ && now - last_ < std::chrono::milliseconds(100))) return;
  constexpr int kWidth = 30;
  const double share = std::clamp(done, 0.0, 1.0);
  const int filled = static_cast<int>(share * kWidth);
  const double spent = std::chrono::duration<double>(now - started_).count();
  std::string bar(static_cast<std::size_t>(filled), '#');
  bar.resize(kWidth, '.');
  std::fprintf(stderr, "\r%s [%s] %3.0f %% %s", label_.c_str(), bar.c_str(), share * 100, stage);
  if (share > 0.02) {
    const auto left = static_cast<long long>(spent / share * (1 - share) + 0.5);
    std::fprintf(stderr, ", about %lld:%02lld left", left / 60, left % 60);
  }
  std::fprintf(stderr, "\033[K");
  std::fflush(stderr);
  drawn_ = true;
  last_ = now;
}

void ProgressLine::finish() {
  if (drawn_) std::fprintf(stderr, "\r\033[K");
  drawn_ = false;
}

}  // namespace frostgate::cli
