// `frostgate redact --input`: any video to a redacted MP4 with the same times.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>

#include "codec/base/result.h"
#include "redaction/detectors/detectors.h"
#include "redaction/policy.h"
#include "redaction/report.h"
#include "redaction/tesseract/tesseract_reader.h"

namespace frostgate::redact {

struct VideoRedactionOptions {
  std::filesystem::path input;
  std::filesystem::path output;                 // MP4; replaced only when everything succeeded
  std::optional<std::filesystem::path> report;  // where the JSON goes as well
  std::optional<std::filesystem::path> preview;  // a folder for pictures of the input under each mask (mask_previews.h)
  std::optional<std::filesystem::path> atlas;   // a glyph atlas that is used, and updated when everything succeeded
  redaction::RedactionPolicy policy;
  redaction::DetectorSettings detectors;
  redaction::TesseractSettings reader;
};

struct VideoRedactionOutcome {
  redaction::RedactionStatus status = redaction::RedactionStatus::failed;  // `failed` wrote no film
  bool input_cut = false;  // more was in it, which is missing
  std::string length;      // of the film, h:mm:ss.mmm
  std::map<std::string, std::uint64_t> masks_by_rule;
  std::string listing;  // of the masks (mask_listing.h)
  std::string report;  // the JSON
};

// What is under way and how much of all is done, 0 to 1; false cancels (ErrorKind::cancelled).
using VideoProgress = std::function<bool(const char* stage, double done)>;

// Runs to the end on the caller's thread. The process must have been started with OMP_THREAD_LIMIT=1 (tesseract_reader.h).
Result<VideoRedactionOutcome> redact_video(const VideoRedactionOptions& options, const VideoProgress& progress = {});

}  // namespace frostgate::redact
