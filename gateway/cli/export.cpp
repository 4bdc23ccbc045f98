// `frostgate export`: a clip of a redacted film as a bundle that proves itself. serve hands out segments and signs; the clip is cut here.
#include <signal.h>
#include <unistd.h>

#include <atomic>
#include <iostream>

#include "codec/clip_writer.h"
#include "codec/video_reader.h"
#include "gateway/cli/commands.h"
#include "gateway/cli/control.h"
#include "gateway/cli/progress.h"
#include "gateway/cli/stored_film.h"
#include "gateway/export/bundle_folder.h"
#include "gateway/export/drawing.h"
#include "gateway/export/time_point.h"
#include "storage/evidence/bundle.h"
#include "storage/manifest/times.h"

namespace frostgate::cli {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr std::size_t kMaxText = std::size_t{256} << 20;
constexpr std::size_t kContactPictures = 12;

std::atomic<bool> cancelled = false;

struct Options {
  std::string id, from, to, reason;
  fs::path output;
  bool burn_in = false;
};

// What serve said of the recording.
struct Subject {
  std::string id, user, target, status, rule, policy_digest, node, fingerprint;
  std::int64_t generation = 0;
  UtcTime started;
  std::vector<std::byte> film, film_signature, certificate, policy;
};

Result<Subject> ask_for(Control& control, const std::string& id) {
  const auto answer = TRY(control.ask({{"type", "export.begin"}, {"id", id}}));
  if (answer.descriptors.size() != 4) return Error{ErrorKind::corrupt, "serve sent no manifest"};
  Subject out;
  out.id = id;
  for (auto [name, text] : {std::pair{"user", &out.user}, {"target", &out.target}, {"status", &out.status}, {"rule", &out.rule},
                            {"policy_digest", &out.policy_digest}, {"node", &out.node}, {"fingerprint", &out.fingerprint}}) {
    *text = TRY(answer.text(name, 512));
  }
  out.generation = TRY(answer.number("generation", 1, 1 << 30));
  out.started = UtcTime(Microseconds(TRY(answer.number("started_us", 0, std::int64_t{1} << 62))));
  std::size_t number = 0;
  for (std::vector<std::byte>* bytes : {&out.film, &out.film_signature, &out.certificate, &out.policy}) {
    *bytes = TRY(ipc::from_memory_file(answer.descriptors[number++], kMaxText));
  }
  return out;
}

std::string clock_of(UtcTime time) {
  std::string text = storage::utc_text(time).substr(0, 23);
  text[10] = ' ';
  return text + " UTC";
}

// Evenly over the clip.
Result<std::vector<exporting::ContactPicture>> contact_sheet(const fs::path& clip, UtcTime from, Microseconds length) {
  codec::VideoReader reader = TRY(codec::VideoReader::open(clip));
  std::vector<exporting::ContactPicture> pictures;
  const Microseconds step = length / kContactPictures;
  while (auto frame = TRY(reader.next())) {
    if (pictures.size() >= kContactPictures || frame->at < step * static_cast<int>(pictures.size())) continue;
    pictures.push_back({std::move(frame->frame), clock_of(from + frame->at)});
  }
  return pictures;
}

Result<exporting::CoverSheet> cover_of(const Subject& subject, const Options& options, const codec::ClipFacts& clip, UtcTime now,
                                       const exporting::BundleFolder& folder) {
  const UtcTime from = subject.started + clip.from, to = subject.started + clip.to;
  const std::string digest = TRY(folder.digest_of(storage::kBundleClip));
  exporting::CoverSheet sheet;
  sheet.title = "Recorded session " + subject.id;
  sheet.facts = {{"Who", subject.user}, {"Where", subject.target}, {"From", clock_of(from)}, {"To", clock_of(to)},
                 {"In the film", std::to_string(clip.from.count()) + " to " + std::to_string(clip.to.count()) + " µs of session time"},
                 {"Redaction", subject.status}, {"Allowed by", "rule \"" + subject.rule + "\" of policy " + subject.policy_digest},
                 {"Reason", options.reason}, {"Exported", clock_of(now) + " by " + invoking_user() + " at " + subject.node},
                 {"Clip", "SHA-256 " + digest}, {"Signed with", "certificate " + subject.fingerprint}};
  sheet.pictures = TRY(contact_sheet(folder.path(storage::kBundleClip), from, clip.to - clip.from));
  sheet.footer = "What was covered by redaction is covered in this clip as well. README.txt says how to check that nothing was changed; compare the "
                 "certificate's fingerprint with the one that you got from the organisation by another way.";
  return sheet;
}

Result<void> write_texts(exporting::BundleFolder& folder, const Subject& subject, const codec::ClipFacts& clip) {
  TRY(folder.write(storage::kBundleFilmManifest, subject.film));
  TRY(folder.write(storage::kBundleFilmSignature, subject.film_signature));
  TRY(folder.write("signer.pem", subject.certificate));
  TRY(folder.write("policy.yaml", subject.policy));
  const std::string readme = exporting::readme_of(subject.id, subject.fingerprint, clip);
  return folder.write("README.txt", std::as_bytes(std::span(readme)));
}

Result<void> sign(Control& control, exporting::BundleFolder& folder, const Subject& subject, const Options& options, const codec::ClipFacts& clip) {
  TRY(folder.write_sums());
  json files = json::array();
  for (const storage::BundleFile& file : folder.files()) files.push_back({{"name", file.name}, {"size", file.size}, {"sha256", file.sha256}});
  const auto answer = TRY(control.ask({{"type", "export.sign"}, {"id", subject.id}, {"generation", subject.generation},
                                       {"from_us", clip.from.count()}, {"to_us", clip.to.count()}, {"width", clip.size.width},
                                       {"height", clip.size.height}, {"burned_in", options.burn_in ? 1 : 0}, {"reason", options.reason},
                                       {"by", invoking_user()}, {"files", std::move(files)}}));
  if (answer.descriptors.size() < 2) return Error{ErrorKind::corrupt, "serve sent no signature"};
  const char* names[] = {storage::kBundleManifest, storage::kBundleSignature, storage::kBundleTimestamp};
  for (std::size_t i = 0; i < std::min<std::size_t>(answer.descriptors.size(), 3); ++i) {
    const auto bytes = TRY(ipc::from_memory_file(answer.descriptors[i], kMaxText));
    TRY(folder.write(names[i], bytes));
  }
  return folder.finish();
}

Result<void> export_clip(Context& context, const Options& options) {
  const std::shared_ptr<Control> control = TRY(Control::connect(context.config_file));
  const Subject subject = TRY(ask_for(*control, options.id));
  codec::ClipSettings settings;
  settings.from = TRY(exporting::time_in_recording(options.from, subject.started));
  settings.to = TRY(exporting::time_in_recording(options.to, subject.started));
  if (settings.to <= settings.from) return Error{ErrorKind::invalid, "--to must be later than --from"};
  if (options.burn_in) {
    settings.stamp = [&](SessionTime at) { return exporting::draw_clock(subject.started + at, subject.id); };
  }
  ProgressLine progress("cutting the clip");
  settings.progress = [&](double done) {
    progress.update(done);
    return !cancelled;
  };
  exporting::BundleFolder folder = TRY(exporting::BundleFolder::create(options.output));
  const auto parts = TRY(stored_film(control, options.id, FilmSpan{settings.from, settings.to}));
  const codec::ClipFacts clip = TRY(codec::write_clip(parts, folder.path(storage::kBundleClip), settings));
  progress.finish();
  TRY(folder.take(storage::kBundleClip));
  const UtcTime now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  const exporting::CoverSheet sheet = TRY(cover_of(subject, options, clip, now, folder));
  const auto cover = TRY(exporting::draw_cover_sheet(sheet, now));
  TRY(folder.write("cover.pdf", cover));
  TRY(write_texts(folder, subject, clip));
  TRY(sign(*control, folder, subject, options, clip));
  if (context.json) {
    std::cout << json{{"bundle", options.output.string()}, {"from_us", clip.from.count()}, {"to_us", clip.to.count()},
                      {"pictures_copied", clip.copied}, {"pictures_encoded", clip.encoded}, {"fingerprint", subject.fingerprint}}.dump(2) << '\n';
  } else {
    std::cout << options.output.string() << ": " << clock_of(subject.started + clip.from) << " to " << clock_of(subject.started + clip.to) << '\n';
  }
  return {};
}

}  // namespace

void add_export(CLI::App& app, Context& context) {
  CLI::App* command = app.add_subcommand("export", "Cuts a clip out of a redacted film, as a signed bundle");
  auto options = std::make_shared<Options>();
  command->add_option("id", options->id, "The recording")->required();
  command->add_option("--from", options->from, "Its first moment: an offset (90, 1:30, 1:02:03.5) or UTC (2026-01-31T23:59:59Z)")->required();
  command->add_option("--to", options->to, "The moment after its last")->required();
  command->add_option("--output", options->output, "The folder to make")->required();
  command->add_option("--reason", options->reason, "Why; it stands in the bundle and in the log")->required();
  command->add_flag("--burn-in", options->burn_in, "Draw UTC time and the recording's id into the pictures (all are encoded again)");
  add_config_option(*command, context);
  command->callback([&context, options] {
    signal(SIGINT, [](int) { cancelled = true; });
    context.finish(export_clip(context, *options));
  });
}

}  // namespace frostgate::cli
