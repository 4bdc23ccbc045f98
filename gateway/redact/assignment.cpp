#include "gateway/redact/assignment.h"

#include <span>
#include <utility>

#include "gateway/base/log.h"
#include "gateway/redact/detector_json.h"
#include "gateway/redact/region_json.h"
#include "gateway/redact/word_lists.h"
#include "redaction/tesseract/tesseract_reader.h"
#include "storage/crypto/random.h"

namespace frostgate::redact {

using nlohmann::json;

namespace {

constexpr std::size_t kMaxPicturesBytes = std::size_t{16} << 20;

Result<Secret> take_key(const ipc::Message& message, const char* name) {
  std::vector<std::byte> bytes = TRY(message.bytes(name, 32));
  Secret key{std::span<const std::byte>(bytes)};
  wipe_memory(bytes.data(), bytes.size());
  return key;
}

// An atlas that cannot be read only costs time: it is learned anew.
Result<redaction::GlyphAtlas> read_atlas(const Descriptor& file, const std::string& recording) {
  const std::vector<std::byte> bytes = TRY(ipc::from_memory_file(file, redaction::GlyphAtlas::kMaxFileSize));
  Result<redaction::GlyphAtlas> atlas = redaction::GlyphAtlas::load(bytes);
  if (atlas) return atlas;
  log::warning(recording, "{}", atlas.error().message);
  return redaction::GlyphAtlas();
}

}  // namespace

Result<Assignment> read_assignment(ipc::Message& message) {
  Assignment out;
  out.recording = TRY(message.text("recording", 64));
  out.journal_key = TRY(take_key(message, "journal_key"));
  if (message.body.contains("keystroke_key")) out.keystroke_key = TRY(take_key(message, "keystroke_key"));
  out.growing = TRY(message.number("growing", 0, 1)) == 1;
  out.index_text = TRY(message.number("index_text", 0, 1)) == 1;
  out.length = SessionTime(TRY(message.number("length_us", 0, std::int64_t{1} << 50)));
  for (json& secret : message.body["known_secrets"]) {
    auto& text = secret.get_ref<std::string&>();
    out.known_secrets.push_back(Secret::from_text(text));
    wipe_memory(text.data(), text.size());
  }
  for (const json& language : message.body["languages"]) out.languages.push_back(language.get<std::string>());
  out.detectors = TRY(detector_settings(message.body["detectors"]));
  std::span<const Descriptor> files(message.descriptors);
  if (message.body.value("atlas", false) && !files.empty()) {
    out.atlas = TRY(read_atlas(files.front(), out.recording));
    files = files.subspan(1);
  }
  std::vector<std::byte> pixels;
  if (message.body.value("pictures", false)) {
    if (files.empty()) return Error{ErrorKind::invalid, "the regions' pictures are missing"};
    pixels = TRY(ipc::from_memory_file(files.front(), kMaxPicturesBytes));
    files = files.subspan(1);
  }
  if (out.detectors.profile == redaction::Profile::strict) out.detectors.vocabulary = TRY(read_vocabulary(files));
  out.policy.regions = TRY(region_rules(message.body["regions"], pixels));
  return out;
}

Result<redaction::ReaderPtr> make_reader(const Assignment& assignment) {
  redaction::TesseractSettings reading;
  reading.languages = assignment.languages;
  return redaction::make_tesseract_reader(reading);
}

Result<redaction::Redactor> make_redactor(const Assignment& assignment, redaction::ReaderPtr reader, std::span<const Secret> typed) {
  redaction::Detectors detectors = TRY(redaction::Detectors::make(assignment.detectors));
  for (const Secret& secret : assignment.known_secrets) detectors.add_known_secret(secret.clone(), "known.target_credential");
  for (const Secret& secret : typed) detectors.add_known_secret(secret.clone(), "known.typed");
  redaction::LineKey key{};
  TRY(storage::random_bytes(std::as_writable_bytes(std::span(key))));
  return redaction::Redactor::make(assignment.policy, std::move(reader), std::move(detectors), key, assignment.atlas);
}

}  // namespace frostgate::redact
