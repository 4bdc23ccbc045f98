// Pictures of what each mask hides and of what the film shows instead, for who wrote the rules. They hold the secrets that the
// film must not: only `--preview` makes them, and only their owner can read them (0600).
#pragma once

#include <filesystem>
#include <vector>

#include "codec/base/frame.h"
#include "codec/base/result.h"
#include "redaction/plan.h"

namespace frostgate::redact {

class MaskPreviews {
 public:
  // Makes the folder (0700) or takes an empty one; `exists` when it holds anything.
  static Result<MaskPreviews> in(std::filesystem::path folder);

  // A state of the video and its cleared frame, in the order of time: writes NNNNNN-before.png and -after.png of each mask, by its
  // number in the plan from 1, at the first state that shows it.
  Result<void> add(const std::vector<redaction::Mask>& masks, SessionTime at, const FrameView& before, const FrameView& after);

 private:
  explicit MaskPreviews(std::filesystem::path folder) : folder_(std::move(folder)) {}
  Result<void> write(std::size_t number, const char* which, const FrameView& picture, const Rect& box) const;

  std::filesystem::path folder_;
  std::size_t next_ = 0;  // the first mask that no state has shown yet
};

}  // namespace frostgate::redact
