#include "gateway/cli/bundle_maker.h"

#include "codec/video_reader.h"
#include "gateway/cli/stored_film.h"
#include "gateway/export/bundle_folder.h"
#include "gateway/export/chapters.h"
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

// What serve said of the recording.
struct Subject {
  std::string id, by, user, target, status, rule, policy_digest, node, fingerprint;
  std::int64_t generation = 0;
  UtcTime started;
  std::vector<std::byte> film, film_signature, certificate, policy;
};

Result<Subject> ask_for(Control& control, const std::string& id) {
  const auto answer = TRY(control.ask({{"type", "export.begin"}, {"id", id}}));
  if (answer.descriptors.size() != 4) return Error{ErrorKind::corrupt, "serve sent no manifest"};
  Subject out;
  out.id = id;
  for (auto [name, text] : {std::pair{"by", &out.by}, {"user", &out.user}, {"target", &out.target}, {"status", &out.status}, {"rule", &out.rule},
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

// Evenly over the clip.
Result<std::vector<exporting::ContactPicture>> contact_sheet(const fs::path& clip, UtcTime from, Microseconds length) {
  codec::VideoReader reader = TRY(codec::VideoReader::open(clip));
  std::vector<exporting::ContactPicture> pictures;
  const Microseconds step = length / kContactPictures;
  while (auto frame = TRY(reader.next())) {
    if (pictures.size() >= kContactPictures || frame->at < step * static_cast<int>(pictures.size())) continue;
    pictures.push_back({std::move(frame->frame), clock_of(from + frame->at)});
  }
  if (reader.cut_short()) return Error{ErrorKind::corrupt, clip.string() + ": breaks off"};
  return pictures;
}

Result<exporting::CoverSheet> cover_of(const Subject& subject, const BundleWish& wish, const codec::ClipFacts& clip, UtcTime now,
                                       const exporting::BundleFolder& folder) {
  const UtcTime from = subject.started + clip.from, to = subject.started + clip.to;
  const std::string digest = TRY(folder.digest_of(storage::kBundleClip));
  exporting::CoverSheet sheet;
  sheet.title = "Recorded session " + subject.id;
  sheet.facts = {{"Who", subject.user}, {"Where", subject.target}, {"From", clock_of(from)}, {"To", clock_of(to)},
                 {"In the film", std::to_string(clip.from.count()) + " to " + std::to_string(clip.to.count()) + " µs of session time"},
                 {"Redaction", subject.status}, {"Allowed by", "rule \"" + subject.rule + "\" of policy " + subject.policy_digest},
                 {"Reason", wish.reason}, {"Exported", clock_of(now) + " by " + subject.by + " at " + subject.node},
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
  TRY(folder.write(storage::kBundlePolicy, subject.policy));
  const std::string readme = exporting::readme_of(subject.id, subject.fingerprint, clip);
  return folder.write("README.txt", std::as_bytes(std::span(readme)));
}

Result<void> sign(Control& control, exporting::BundleFolder& folder, const Subject& subject, const BundleWish& wish, const codec::ClipFacts& clip) {
  TRY(folder.write_sums());
  json files = json::array();
  for (const storage::BundleFile& file : folder.files()) files.push_back({{"name", file.name}, {"size", file.size}, {"sha256", file.sha256}});
  const auto answer = TRY(control.ask({{"type", "export.sign"}, {"id", subject.id}, {"generation", subject.generation},
                                       {"from_us", clip.from.count()}, {"to_us", clip.to.count()}, {"width", clip.size.width},
                                       {"height", clip.size.height}, {"burned_in", wish.burn_in ? 1 : 0}, {"reason", wish.reason},
                                       {"files", std::move(files)}}));
  if (answer.descriptors.size() < 2) return Error{ErrorKind::corrupt, "serve sent no signature"};
  const char* names[] = {storage::kBundleManifest, storage::kBundleSignature, storage::kBundleTimestamp};
  for (std::size_t i = 0; i < std::min<std::size_t>(answer.descriptors.size(), 3); ++i) {
    const auto bytes = TRY(ipc::from_memory_file(answer.descriptors[i], kMaxText));
    TRY(folder.write(names[i], bytes));
  }
  return folder.finish();
}

}  // namespace

std::string clock_of(UtcTime time) {
  std::string text = storage::utc_text(time).substr(0, 23);
  text[10] = ' ';
  return text + " UTC";
}

Result<MadeBundle> make_bundle(const std::shared_ptr<Control>& control, const BundleWish& wish, const std::function<bool(double)>& progress) {
  if (wish.reason.empty()) return Error{ErrorKind::invalid, "an export needs a reason"};
  const Subject subject = TRY(ask_for(*control, wish.id));
  codec::ClipSettings settings;
  settings.from = TRY(exporting::time_in_recording(wish.from, subject.started));
  settings.to = TRY(exporting::time_in_recording(wish.to, subject.started));
  if (settings.to <= settings.from) return Error{ErrorKind::invalid, "the end must be later than the beginning"};
  if (wish.burn_in) {
    settings.stamp = [&](SessionTime at) { return exporting::draw_clock(subject.started + at, subject.id); };
  }
  settings.progress = progress;
  settings.chapters = TRY(exporting::chapters_of(subject.film));
  exporting::BundleFolder folder = TRY(exporting::BundleFolder::create(wish.output));
  const auto parts = TRY(stored_film(control, {wish.id, FilmSpan{settings.from, settings.to}, wish.reason, wish.break_glass}));
  const codec::ClipFacts clip = TRY(codec::write_clip(parts, folder.path(storage::kBundleClip), settings));
  TRY(folder.take(storage::kBundleClip));
  const UtcTime now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  const exporting::CoverSheet sheet = TRY(cover_of(subject, wish, clip, now, folder));
  const auto cover = TRY(exporting::draw_cover_sheet(sheet, now));
  TRY(folder.write("cover.pdf", cover));
  TRY(write_texts(folder, subject, clip));
  // Nothing has left, and no approval is used up, until it is signed.
  if (!progress(1)) return Error{ErrorKind::cancelled, "the export was cancelled"};
  TRY(sign(*control, folder, subject, wish, clip));
  return MadeBundle{clip, subject.started, subject.fingerprint};
}

}  // namespace frostgate::cli
