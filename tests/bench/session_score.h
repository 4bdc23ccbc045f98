// How good the readings and the boxes of one pass were, against what really stood on the screen.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "codec/base/frame.h"
#include "redaction/plan.h"
#include "redaction/text_line.h"
#include "tests/bench/session_truth.h"

namespace frostgate::bench {

struct ReadLine {
  std::size_t state = 0;
  redaction::TextLine line;
  bool by_engine = false;
};

// A plan's decisions; the plan itself went into its renderer.
struct Decided {
  std::vector<redaction::Mask> masks;
  std::vector<redaction::UnreadArea> unread;
  redaction::RedactionReport report;
};

class Score {
 public:
  Score(const SessionTruth& truth, bool explain) : truth_(truth), explain_(explain) {}

  // Every state in order, with the picture as it was recorded.
  void state(std::size_t index, SessionTime at, FrameView frame, const Decided& decided);
  void finish(SessionTime end);
  void readings(const std::vector<ReadLine>& lines);
  void print() const;

  // Per cent.
  double exact() const;
  double character_error() const;
  double needless_area() const;

 private:
  struct Cover {
    Rect box;
    const std::string* rule;  // null for unread text
  };
  void account(SessionTime until);
  void secrets(std::size_t index, FrameView frame, const std::vector<Cover>& covers);
  void needless(std::size_t index, FrameView frame, const std::vector<Cover>& covers);

  const SessionTruth& truth_;
  bool explain_;
  SessionTime last_{};
  double total_ = 0, unread_ = 0, masked_ = 0;              // area-time without need
  double all_unread_ = 0, all_unread_now_ = 0;              // with the boxes that reach over a secret
  double area_now_ = 0, unread_now_ = 0, masked_now_ = 0;   // area
  std::uint64_t secret_rows_ = 0, secret_rows_shown_ = 0;   // rows in states
  std::set<std::string> rows_, rows_covered_;               // texts without a secret, all and those covered in part
  std::set<std::string> explained_;
  std::uint64_t compared_ = 0, exact_ = 0, letters_ = 0, wrong_ = 0, unknown_ = 0, exact_without_blanks_ = 0;
};

void write_ppm(FrameView frame, const std::filesystem::path& path);

}  // namespace frostgate::bench
