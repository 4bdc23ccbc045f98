#include "gateway/serve/late_deletions.h"

#include <set>

#include "gateway/evidence/tombstone.h"
#include "storage/catalog/deletions.h"
#include "storage/catalog/recordings.h"
#include "storage/crypto/hash.h"
#include "storage/crypto/hex.h"
#include "storage/manifest/signed_text.h"

namespace frostgate::serve {
namespace {

class CatchingUp {
 public:
  CatchingUp(catalog::Catalog& catalog, storage::ObjectStore& objects, std::span<const std::string> trusted)
      : catalog_(catalog), deletions_(catalog), objects_(objects), trusted_(trusted) {}

  Result<LateDeletions> run() {
    std::set<std::string> known;
    for (const catalog::Tombstone& tombstone : TRY(deletions_.tombstones())) known.insert(tombstone.recording);
    for (const std::string& recording : TRY(objects_.folders("tombstone"))) {
      if (known.contains(recording)) continue;
      const std::vector<std::string> keys = TRY(objects_.list("tombstone/" + recording));
      TRY(look_at(recording, keys));
    }
    return std::move(out_);
  }

 private:
  void problem(std::string sentence) { out_.problems.push_back(std::move(sentence)); }

  Result<void> look_at(const std::string& recording, const std::vector<std::string>& keys) {
    bool texts = false;
    for (const std::string& key : keys) {
      if (!key.ends_with(".json")) continue;
      texts = true;
      const std::string stem = key.substr(0, key.size() - 5);
      const auto text = storage::read_signed(objects_, stem, trusted_);
      const auto stone = text ? evidence::parse_tombstone(text.value().text) : text.error();
      if (stone && stone.value().recording == recording)
        return end(stone.value(), stem, storage::to_hex(storage::Sha256::of(text.value().signature)));
      problem(stone ? key + " is the tombstone of another recording" : "a tombstone of " + recording + ": " + stone.error().message);
    }
    if (texts) return {};
    // A signature alone: its text was never written, so nothing was deleted.
    for (const std::string& key : keys) TRY(objects_.remove(key));
    return {};
  }

  Result<void> end(const evidence::TombstoneText& text, const std::string& stem, const std::string& signature) {
    catalog::Tombstone tombstone{text.recording, text.deleted, stem, signature, ""};
    const auto row = catalog::Recordings(catalog_).find(text.recording);
    if (!row && row.error().kind != ErrorKind::not_found) return row.error();
    if (row) tombstone.journal_directory = row.value().journal_directory;
    const bool films = !TRY(objects_.list("film/" + text.recording)).empty();
    const Result<void> ended = row && films ? deletions_.remove(tombstone) : deletions_.bury(tombstone);
    if (!ended && ended.error().kind == ErrorKind::denied) {
      problem("there is a tombstone, but " + ended.error().message);
      return {};
    }
    // `unavailable`: it is done, and the log is emptied later.
    if (!ended && ended.error().kind != ErrorKind::unavailable) return ended;
    out_.deleted.push_back(text.recording);
    return {};
  }

  catalog::Catalog& catalog_;
  catalog::Deletions deletions_;
  storage::ObjectStore& objects_;
  std::span<const std::string> trusted_;
  LateDeletions out_;
};

}  // namespace

Result<LateDeletions> catch_up_on_deletions(catalog::Catalog& catalog, storage::ObjectStore& objects, std::span<const std::string> trusted) {
  return CatchingUp(catalog, objects, trusted).run();
}

}  // namespace frostgate::serve
