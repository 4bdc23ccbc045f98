#include "gateway/evidence/verification.h"

#include <algorithm>
#include <map>
#include <set>

#include <nlohmann/json.hpp>

#include "gateway/evidence/film_manifest.h"
#include "gateway/evidence/keys.h"
#include "gateway/evidence/hold_check.h"
#include "gateway/evidence/journal_check.h"
#include "gateway/evidence/journal_digest.h"
#include "gateway/evidence/ledger_check.h"
#include "gateway/evidence/published_film.h"
#include "gateway/evidence/stranger_check.h"
#include "gateway/evidence/tombstone_check.h"
#include "storage/catalog/keys.h"
#include "storage/catalog/ledger.h"
#include "storage/catalog/manifests.h"
#include "storage/catalog/originals.h"
#include "storage/catalog/policies.h"
#include "storage/catalog/recordings.h"
#include "storage/catalog/segments.h"
#include "storage/catalog/visible_text.h"
#include "storage/crypto/hash.h"
#include "storage/crypto/hex.h"
#include "storage/crypto/timestamp.h"
#include "storage/manifest/film_check.h"
#include "storage/manifest/manifest.h"
#include "storage/manifest/signed_text.h"

namespace frostgate::evidence {
namespace {

using catalog::RecordingStatus;
using nlohmann::json;

constexpr std::uint64_t kMaxStampBytes = std::uint64_t{1} << 20;
constexpr std::int64_t kRecordingsAtOnce = 500;

std::string digest_of(std::span<const std::byte> bytes) { return storage::to_hex(storage::Sha256::of(bytes)); }

// Looks at one recording and notes what is wrong.
class RecordingCheck {
 public:
  RecordingCheck(const Holdings& holdings, std::string recording) : holdings_(holdings), recording_(std::move(recording)) {}

  std::vector<Problem> run() {
    const auto row = catalog::Recordings(holdings_.catalog).find(recording_);
    if (!row) {
      if (row.error().kind == ErrorKind::not_found) check_deleted();
      else note(row.error().message);
      return std::move(problems_);
    }
    check_policy(row.value());
    check_original(row.value());
    check_unfinished(holdings_, row.value(), problems_);
    const bool published = row.value().status == RecordingStatus::clean || row.value().status == RecordingStatus::degraded;
    if (row.value().generation != 0) check_film_of(row.value());
    else if (published && row.value().film_size != Size{}) note("its film is not in the catalog any more");
    return std::move(problems_);
  }

 private:
  void note(std::string sentence) { problems_.push_back({recording_, std::move(sentence)}); }

  void check_deleted() {
    const auto tombstone = catalog::Deletions(holdings_.catalog).tombstone(recording_);
    if (tombstone) check_tombstone(holdings_, tombstone.value(), problems_);
    else note(tombstone.error().kind == ErrorKind::not_found ? "it is not in the catalog" : tombstone.error().message);
  }

  void check_policy(const catalog::Recording& row) {
    const auto policy = catalog::Policies(holdings_.catalog).find(row.policy_digest);
    if (!policy) return note("the policy that governed it is gone: " + policy.error().message);
    if (digest_of(std::as_bytes(std::span(policy.value().text))) != row.policy_digest) note("the text of the policy that governed it was changed");
  }

  // What is sealed cannot be read, but it must be what was sealed. Before that, while its key is here, it may still go.
  void check_original(const catalog::Recording& row) {
    const json sealing = noted_sealing();
    const auto original = catalog::Originals(holdings_.catalog).find(recording_);
    if (!original) {
      if (original.error().kind != ErrorKind::not_found) note(original.error().message);
      else if (!sealing.is_null()) note("its original was sealed for custodians, but their shares are not in the catalog any more");
      return;
    }
    check_shares(original.value(), sealing);
    const auto digest = journal_sha256(row.journal_directory);
    if (!digest) return note("its original, which is kept for custodians, cannot be read: " + digest.error().message);
    if (digest.value() != original.value().journal_sha256) note("its original is not the one that was sealed for its custodians");
  }

  // What the ledger says of its sealing; null: nothing.
  json noted_sealing() {
    constexpr std::int64_t kMost = 100;  // of one recording there are a few
    const auto entries = catalog::Ledger(holdings_.catalog).find({.event = catalog::LedgerEvent::key, .subject = recording_, .limit = kMost});
    if (!entries) {
      note("what became of its keys cannot be read: " + entries.error().message);
      return nullptr;
    }
    for (const catalog::LedgerEntry& entry : entries.value()) {
      json details = json::parse(entry.details, nullptr, false);
      if (details.is_object() && details.contains("threshold")) return details;
    }
    return nullptr;
  }

  void check_shares(const catalog::SealedOriginal& original, const json& sealing) {
    if (sealing.is_null()) return note("the catalog has an original that is sealed for custodians, but nobody noted that it was");
    // Those that were sealed before the shares' digest was noted have the numbers alone.
    const bool same = sealing.contains("original_sha256")
                          ? sealing["original_sha256"] == catalog::original_sha256(original)
                          : sealing["threshold"] == original.threshold && sealing.value("custodians", json()) == original.shares.size() && sealing.value("journal_sha256", json()) == original.journal_sha256;
    if (!same) note("the custodians' shares of its original are not those that were sealed");
  }

  void check_film_of(const catalog::Recording& row) {
    const auto known = catalog::Manifests(holdings_.catalog).find(recording_);
    if (!known) return note("its film has no signed manifest: " + known.error().message);
    if (known.value().generation != row.generation) return note("its signed manifest is of another generation of the film");
    const Result<std::string> stem = manifest_stem(recording_, row.generation);
    if (!stem) return note(stem.error().message);
    const auto text = storage::read_signed(holdings_.objects, stem.value(), holdings_.trusted);
    if (!text) return note("its manifest: " + text.error().message);
    if (digest_of(text.value().text) != known.value().sha256) note("its manifest is not the one that was published");
    if (digest_of(text.value().signature) != known.value().signature_sha256) note("its manifest's signature is not the one that was published");
    const auto manifest = storage::parse_manifest(text.value().text);
    if (!manifest) return note(manifest.error().message);
    for (const std::string& what : differences(row, manifest.value())) note("the catalog has another " + what + " than the signed manifest");
    check_segment_rows(row, manifest.value());
    check_text(manifest.value());
    check_timestamp(known.value(), stem.value(), text.value().signature);
    const Secret key = film_key();
    for (std::string& problem : storage::check_film(holdings_.objects, manifest.value(), key.empty() ? nullptr : &key)) {
      note(std::move(problem));
    }
    check_manifest_folder(stem.value(), known.value());
  }

  void check_segment_rows(const catalog::Recording& row, const storage::Manifest& manifest) {
    const auto rows = catalog::Segments(holdings_.catalog).list(recording_, row.generation);
    if (!rows) return note("its segments cannot be listed: " + rows.error().message);
    const auto same = [](const catalog::SegmentRow& a, const storage::ManifestSegment& b) {
      return a.part == b.part && a.index == b.index && a.kind == b.kind && a.start == b.start && a.duration == b.duration &&
             a.size == b.size && a.frames == b.frames && a.object_key == b.object_key && a.sha256 == b.sha256 &&
             static_cast<std::uint64_t>(a.plain_size) == b.plain_size && static_cast<std::uint64_t>(a.sealed_size) == b.sealed_size;
    };
    if (!std::ranges::equal(rows.value(), manifest.segments, same)) note("the catalog's list of segments is not the signed one");
  }

  // Films from before their text was signed say nothing of it.
  void check_text(const storage::Manifest& manifest) {
    const json redaction = json::parse(manifest.redaction_json, nullptr, false);
    const auto said = redaction.is_object() ? redaction.find("visible_text") : redaction.end();
    if (said == redaction.end()) return;
    const auto stored = catalog::VisibleText(holdings_.catalog).stored(recording_);
    if (!stored) return note("its text cannot be read: " + stored.error().message);
    const auto& [digest, indexed] = stored.value();
    if (digest.lines == 0 && taken_over(manifest)) return;
    if (*said != json{{"lines", digest.lines}, {"sha256", digest.sha256}}) note("the catalog has another text of its film than was signed: searches miss what it shows, or find what it does not");
    else if (indexed != digest.lines) note("searches look at " + std::to_string(indexed) + " of the " + std::to_string(digest.lines) + " lines of its film's text");
  }

  // Whether an earlier catalog was put back, which then took the film over from the vault: its text was in the one that was given up.
  bool taken_over(const storage::Manifest& manifest) {
    catalog::Ledger ledger(holdings_.catalog);
    const auto published = ledger.find({.event = catalog::LedgerEvent::published, .subject = recording_, .limit = 1});
    if (!published || published.value().empty()) return false;
    const auto restored = ledger.find({.event = catalog::LedgerEvent::restored, .before = published.value().front().number, .limit = 1});
    return restored && !restored.value().empty() && restored.value().front().at >= manifest.made;
  }

  void check_timestamp(const catalog::ManifestRow& known, const std::string& stem, std::span<const std::byte> signature) {
    if (known.timestamp_sha256.empty()) return;
    const auto stamp = holdings_.objects.read(stem + ".tsr", 0, kMaxStampBytes);
    if (!stamp) return note("its time-stamp is gone: " + stamp.error().message);
    if (digest_of(stamp.value()) != known.timestamp_sha256) return note("its time-stamp was changed");
    if (holdings_.timestamp_certificates.empty()) return;
    const auto checked = storage::check_timestamp(signature, stamp.value(), holdings_.timestamp_certificates);
    if (!checked) note(checked.error().message);
  }

  void check_manifest_folder(const std::string& stem, const catalog::ManifestRow& known) {
    const auto there = holdings_.objects.list("manifest/" + recording_);
    if (!there) return note("its manifests cannot be listed: " + there.error().message);
    for (const std::string& key : there.value()) {
      const bool stamp = key == stem + ".tsr" && !known.timestamp_sha256.empty();
      if (!stamp && key != stem + ".json" && key != stem + ".p7s") note(key + " belongs to no published film");
    }
  }

  // Empty when there is no key-encryption key to open it with, or it does not open.
  Secret film_key() {
    if (!holdings_.kek) return {};
    const auto wrapped = catalog::Keys(holdings_.catalog).find(recording_, catalog::KeyKind::film);
    if (!wrapped) {
      note("its film's key is gone: " + wrapped.error().message);
      return {};
    }
    auto key = holdings_.kek->unwrap(wrapped.value(), key_context(recording_, "film"));
    if (key) return std::move(key).value();
    note("its film's key does not open: " + key.error().message);
    return {};
  }

  const Holdings& holdings_;
  std::string recording_;
  std::vector<Problem> problems_;
};

}  // namespace

std::vector<Problem> verify_recording(const Holdings& holdings, const std::string& recording) {
  std::vector<Problem> problems = RecordingCheck(holdings, recording).run();
  check_hold(holdings, recording, problems);
  return problems;
}

Verification verify_everything(const Holdings& holdings, const std::vector<SignedHead>& outside_heads) {
  Verification out;
  std::set<std::string> known;
  catalog::RecordingFilter filter;
  filter.limit = kRecordingsAtOnce;
  filter.with_report = false;
  while (true) {
    const auto page = catalog::Recordings(holdings.catalog).list(filter);
    if (!page) {
      out.problems.push_back({"catalog", "the recordings cannot be listed: " + page.error().message});
      break;
    }
    for (const catalog::Recording& row : page.value()) {
      known.insert(row.id);
      ++out.recordings;
      out.films += row.generation != 0;
      std::ranges::move(RecordingCheck(holdings, row.id).run(), std::back_inserter(out.problems));
    }
    if (static_cast<std::int64_t>(page.value().size()) < filter.limit) break;
    filter.after.emplace(page.value().back().started, page.value().back().id);
  }
  check_strangers(holdings, known, check_ledger(holdings, known, outside_heads, out), out);
  return out;
}

}  // namespace frostgate::evidence
