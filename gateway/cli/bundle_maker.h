// Makes an evidence bundle of a span of a film: serve hands out segments and signs, the clip is cut here.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include "codec/base/result.h"
#include "codec/clip_writer.h"
#include "gateway/cli/control.h"

namespace frostgate::cli {

struct BundleWish {
  std::string id;        // the recording's
  std::string from, to;  // as gateway/export/time_point.h reads them
  std::string reason;
  std::string break_glass;  // why nobody could be asked who had to agree; empty: somebody was, or did not have to be
  std::filesystem::path output;  // the folder that is made
  bool burn_in = false;  // UTC time and the recording's id into the pictures
};

struct MadeBundle {
  codec::ClipFacts clip;
  UtcTime started;          // of the recording
  std::string fingerprint;  // of the certificate that signed
};

// `progress` is told 0 to 1, and ends it by false. Nothing is left of a bundle that did not come about.
Result<MadeBundle> make_bundle(const std::shared_ptr<Control>& control, const BundleWish& wish, const std::function<bool(double)>& progress);

// "2026-01-31 23:59:59.123 UTC"
std::string clock_of(UtcTime time);

}  // namespace frostgate::cli
