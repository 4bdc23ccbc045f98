#include "gateway/redact/video_redaction.h"

#include <sys/random.h>
#include <time.h>

#include <algorithm>
#include <chrono>
#include <cstring>
#include <fstream>
#include <system_error>
#include <utility>
#include <vector>

#include "codec/segment_encoder.h"
#include "codec/video_reader.h"
#include "gateway/base/whole_file.h"
#include "gateway/redact/lossy_states.h"
#include "gateway/redact/mask_listing.h"
#include "gateway/redact/mask_previews.h"
#include "gateway/redact/report_json.h"
#include "gateway/redact/segment_spool.h"
#include "redaction/redactor.h"
#include "redaction/renderer.h"

namespace frostgate::redact {
namespace {

constexpr Microseconds kShortestLast = std::chrono::milliseconds(40);  // of the last picture, when the file does not say
// Shares of the whole that the stages take, for the progress bar: reading text is nearly all.
constexpr double kAnalysed = 0.85;
constexpr double kRendered = 0.97;

// Adds the thread's CPU time from here to the end of the scope.
class StageTimer {
 public:
  explicit StageTimer(double& seconds) : seconds_(seconds), start_(now()) {}
  ~StageTimer() { seconds_ += now() - start_; }
  StageTimer(const StageTimer&) = delete;
  StageTimer& operator=(const StageTimer&) = delete;

 private:
  static double now() {
    timespec time{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
  }
  double& seconds_;
  double start_;
};

// Tells whether the second reading of the file gave the pictures of the first; no protection against who can choose collisions.
std::uint64_t checksum(const Frame& frame, SessionTime at) {
  std::uint64_t sum = static_cast<std::uint64_t>(at.count()) ^ 0x9E3779B97F4A7C15;
  for (int y = 0; y < frame.size().height; ++y) {
    const std::uint8_t* row = frame.row(y);
    for (int x = 0; x < frame.size().width; ++x) {
      std::uint32_t colour;
      std::memcpy(&colour, row + std::ptrdiff_t{x} * kBytesPerPixel, sizeof colour);
      sum = (sum ^ (colour & 0x00FFFFFF)) * 0x100000001B3;
    }
  }
  return sum;
}

class VideoRedaction {
 public:
  VideoRedaction(const VideoRedactionOptions& options, const VideoProgress& progress) : options_(options), progress_(progress) {}

  Result<VideoRedactionOutcome> run() {
    TRY(check_paths());
    if (options_.preview) previews_.emplace(TRY(MaskPreviews::in(*options_.preview)));
    redaction::Renderer renderer(TRY(analyse()));
    VideoRedactionOutcome outcome;
    outcome.status = renderer.plan().report().status;
    outcome.masks_by_rule = renderer.plan().report().masks_by_rule;
    outcome.listing = list_masks(renderer.plan().masks(), end_);
    if (outcome.status != redaction::RedactionStatus::failed) {
      TRY(render(renderer));
      if (options_.atlas) TRY(replace_file(*options_.atlas, learned_));
    }
    nlohmann::json report = report_json(
        renderer.plan(), {{"decode", decode_}, {"analyse", analyse_}, {"render", render_}, {"encode", encode_}}, end_);
    report["frames"] = frames_;
    report["languages"] = options_.reader.languages;
    report["input_complete"] = !cut_;
    if (cut_) {
      report["reasons"].push_back("input_cut");
      report["status"] = to_string(redaction::RedactionStatus::degraded);
    }
    outcome.input_cut = cut_;
    outcome.length = film_time(end_);
    outcome.report = report.dump(2) + "\n";
    if (options_.report) TRY(write_report(outcome.report));
    return outcome;
  }

 private:
  Result<void> check_paths() const {
    std::error_code error;
    if (std::filesystem::equivalent(options_.input, options_.output, error)) {
      return Error{ErrorKind::invalid, "the output would replace the input"};
    }
    if (!std::filesystem::is_directory(folder(), error)) return Error{ErrorKind::not_found, folder().string() + " is not a folder"};
    return {};
  }

  std::filesystem::path folder() const { return options_.output.has_parent_path() ? options_.output.parent_path() : "."; }

  Result<void> report_progress(const char* stage, double done) const {
    if (progress_ && !progress_(stage, std::clamp(done, 0.0, 1.0))) return Error{ErrorKind::cancelled, "redacting was cancelled"};
    return {};
  }

  Result<std::optional<codec::VideoFrame>> next(codec::VideoReader& video) {
    StageTimer timer(decode_);
    auto frame = video.next();
    if (!frame) return frame.error().within(options_.input.string());
    return frame;
  }

  Result<redaction::Redactor> make_redactor() const {
    redaction::LineKey key{};
    if (getrandom(key.data(), sizeof key, 0) != static_cast<ssize_t>(sizeof key)) return Error{ErrorKind::unavailable, "the system gives no random bytes"};
    auto reader = TRY(redaction::make_tesseract_reader(options_.reader));
    auto detectors = TRY(redaction::Detectors::make(options_.detectors));
    auto atlas = TRY(read_atlas());
    return redaction::Redactor::make(options_.policy, std::move(reader), std::move(detectors), key, std::move(atlas));
  }

  Result<redaction::GlyphAtlas> read_atlas() const {
    if (!options_.atlas) return redaction::GlyphAtlas();
    const auto bytes = TRY(read_whole_file(*options_.atlas, redaction::GlyphAtlas::kMaxFileSize));
    if (!bytes) return redaction::GlyphAtlas();
    auto atlas = redaction::GlyphAtlas::load(*bytes);
    if (!atlas) return atlas.error().within(options_.atlas->string());
    return atlas;
  }

  Result<redaction::RedactionPlan> analyse() {
    auto redactor = TRY(make_redactor());
    auto video = TRY(codec::VideoReader::open(options_.input));
    const double length = std::max(1.0, static_cast<double>(video.duration().count()));
    Frame last;
    LossyStates lossy;
    while (auto frame = TRY(next(video))) {
      TRY(report_progress("reading", kAnalysed * static_cast<double>(frame->at.count()) / length));
      StageTimer timer(analyse_);
      ++frames_;
      end_ = frame->at + std::max(frame->duration, kShortestLast);
      const Region damage = changes(last, frame->frame.view());
      if (damage.empty()) continue;
      checksums_.push_back(checksum(frame->frame, frame->at));
      last = std::move(frame->frame);
      TRY(video.lossy() ? lossy.observe(redactor, frame->at, last.view()) : redactor.observe({frame->at, last.view(), damage}));
    }
    cut_ = video.cut_short();
    StageTimer timer(analyse_);
    auto plan = TRY(redactor.finish(end_));
    if (options_.atlas) learned_ = redactor.atlas().save();
    return plan;
  }

  Result<void> render(redaction::Renderer& renderer) {
    auto video = TRY(codec::VideoReader::open(options_.input));
    auto encoder = TRY(codec::SegmentEncoder::open({}));
    auto spool = TRY(SegmentSpool::in(folder()));
    Frame last;
    std::size_t states = 0;
    while (auto frame = TRY(next(video))) {
      TRY(report_progress("rendering", kAnalysed + (kRendered - kAnalysed) * static_cast<double>(frame->at.count()) / static_cast<double>(end_.count())));
      const Region damage = changes(last, frame->frame.view());
      if (damage.empty()) continue;
      // What was not read in the first pass must not be shown by the second.
      if (states == checksums_.size() || checksums_[states] != checksum(frame->frame, frame->at)) return changed_meanwhile();
      ++states;
      const ClearedFrame cleared = clear(renderer, *frame, damage);
      if (previews_) TRY(previews_->add(renderer.plan().masks(), frame->at, frame->frame.view(), cleared.view()));
      TRY(add(cleared, frame->at, encoder, spool));
      last = std::move(frame->frame);
    }
    if (states != checksums_.size()) return changed_meanwhile();
    StageTimer timer(encode_);
    const std::vector<Segment> rest = TRY(encoder.finish(end_));
    TRY(spool.add(rest));
    return codec::write_film(spool.parts(), options_.output,
                             [&](double done) { return !progress_ || progress_("writing", kRendered + (1 - kRendered) * done); });
  }

  static Error changed_meanwhile() { return {ErrorKind::io, "the video changed while it was being redacted"}; }

  ClearedFrame clear(redaction::Renderer& renderer, const codec::VideoFrame& frame, const Region& damage) {
    StageTimer timer(render_);
    return renderer.render(frame.at, frame.frame.view(), damage);
  }

  Result<void> add(const ClearedFrame& cleared, SessionTime at, codec::SegmentEncoder& encoder, SegmentSpool& spool) {
    StageTimer timer(encode_);
    const std::vector<Segment> complete = TRY(encoder.add(cleared, at));
    return spool.add(complete);
  }

  Result<void> write_report(const std::string& report) const {
    std::ofstream out(*options_.report, std::ios::binary | std::ios::trunc);
    out << report;
    out.close();
    if (!out) return Error{ErrorKind::io, options_.report->string() + " cannot be written"};
    return {};
  }

  const VideoRedactionOptions& options_;
  const VideoProgress& progress_;
  std::optional<MaskPreviews> previews_;
  double decode_ = 0, analyse_ = 0, render_ = 0, encode_ = 0;  // CPU seconds
  std::uint64_t frames_ = 0;
  SessionTime end_{};
  bool cut_ = false;  // the input
  std::vector<std::byte> learned_;        // the atlas afterwards
  std::vector<std::uint64_t> checksums_;  // of the states the first pass observed
};

}  // namespace

Result<VideoRedactionOutcome> redact_video(const VideoRedactionOptions& options, const VideoProgress& progress) {
  return VideoRedaction(options, progress).run();
}

}  // namespace frostgate::redact
