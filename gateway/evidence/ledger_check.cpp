#include "gateway/evidence/ledger_check.h"

#include <algorithm>
#include <map>

#include "gateway/evidence/hold_check.h"
#include "gateway/evidence/ledger_head.h"
#include "gateway/evidence/restoration.h"
#include "gateway/evidence/tombstone_check.h"
#include "storage/catalog/deletions.h"
#include "storage/catalog/ledger.h"
#include "storage/catalog/manifests.h"
#include "storage/crypto/hash.h"
#include "storage/crypto/hex.h"
#include "storage/crypto/timestamp.h"
#include "storage/manifest/signed_text.h"
#include "storage/manifest/times.h"

namespace frostgate::evidence {
namespace {

using catalog::LedgerEntry;
using catalog::LedgerEvent;

constexpr std::int64_t kEntriesAtOnce = 1000;

class LedgerCheck {
 public:
  LedgerCheck(const Holdings& holdings, Verification& out) : holdings_(holdings), problems_(out.problems), notes_(out.notes) {}

  void walk() {
    while (true) {
      const auto page = catalog::Ledger(holdings_.catalog).list(last_number_, kEntriesAtOnce);
      if (!page) return note("it cannot be read: " + page.error().message);
      for (const LedgerEntry& entry : page.value()) take(entry);
      if (static_cast<std::int64_t>(page.value().size()) < kEntriesAtOnce) break;
    }
    const auto given = catalog::Ledger(holdings_.catalog).given();
    if (given && given.value() != last_number_) {
      note("it ends with entry " + std::to_string(last_number_) + ", but " + std::to_string(given.value()) + " were written");
    }
  }

  void check_restorations() {
    const auto keys = holdings_.objects.list("restoration");
    if (!keys) return note("what is signed about restorations cannot be listed: " + keys.error().message);
    std::set<std::string> stems;
    for (const std::string& key : keys.value()) {
      if (key.ends_with(".json")) stems.insert(key.substr(0, key.size() - 5));
    }
    for (const LedgerEntry& entry : restored_) check_restoration(entry, stems);
  }

  void compare_with_recordings(const std::set<std::string>& known) {
    for (const auto& [recording, last] : last_) {
      if (last.event == LedgerEvent::deleted) {
        if (known.contains(recording)) note("recording " + recording + " was deleted, but is in the catalog");
      } else if (!known.contains(recording)) {
        note("recording " + recording + " is not in the catalog any more, and nobody noted that it was deleted");
      }
    }
    for (const std::string& recording : known) {
      const auto last = last_.find(recording);
      if (last == last_.end()) note("recording " + recording + " is in the catalog, but was never noted");
      else if (last->second.event == LedgerEvent::published) compare_published(recording, last->second);
      else if (catalog::Manifests(holdings_.catalog).find(recording)) note("the film of " + recording + " was never noted as published");
    }
  }

  // A hold whose row is gone holds by the ledger alone: whoever took it away wanted the recording gone.
  void compare_holds() {
    const auto rows = catalog::Deletions(holdings_.catalog).holds();
    if (!rows) return note("the legal holds cannot be listed: " + rows.error().message);
    for (const auto& [recording, digest] : deleted()) holds_.erase(recording);
    for (const catalog::Hold& row : rows.value()) {
      const auto noted = holds_.find(row.recording);
      compare_hold(row.recording, row, noted == holds_.end() ? std::nullopt : std::optional(noted->second), problems_);
      holds_.erase(row.recording);
    }
    for (const auto& [recording, hold] : holds_) compare_hold(recording, std::nullopt, hold, problems_);
  }

  void check_head(const std::string& name, const SignedHead& head) {
    const auto facts = storage::check_trusted(head.text, head.signature, holdings_.trusted);
    if (!facts) return note_head(name, facts.error().message);
    const auto parsed = parse_ledger_head(head.text);
    if (!parsed) return note_head(name, parsed.error().message);
    if (superseded(parsed.value())) return;
    const auto link = links_.find(parsed.value().entries);
    if (link == links_.end()) {
      return note_head(name, "it says that the ledger had " + std::to_string(parsed.value().entries) + " entries, but now it has " +
                                 std::to_string(last_number_));
    }
    if (link->second != parsed.value().link) note_head(name, "the ledger up to entry " + std::to_string(link->first) + " is not the one that was signed");
  }

  std::int64_t entries() const { return last_number_; }
  const std::vector<Restoration>& restorations() const { return restorations_; }
  // With the digest of each one's tombstone.
  std::map<std::string, std::string> deleted() const {
    std::map<std::string, std::string> out;
    for (const auto& [recording, last] : last_) {
      if (last.event == LedgerEvent::deleted) out[recording] = last.digest;
    }
    return out;
  }
  void note_head(const std::string& name, const std::string& sentence) { problems_.push_back({"head " + name, sentence}); }

 private:
  void note(std::string sentence) { problems_.push_back({"ledger", std::move(sentence)}); }

  void take(const LedgerEntry& entry) {
    if (entry.number != last_number_ + 1) note("entries between " + std::to_string(last_number_) + " and " + std::to_string(entry.number) + " are missing");
    if (catalog::ledger_link(before_, entry) != entry.link) note("entry " + std::to_string(entry.number) + " was changed, or one before it");
    const bool detailed = catalog::has_details(entry.event);
    const bool whole = detailed ? catalog::ledger_digest(entry.actor, entry.details) == entry.digest : entry.actor.empty() && entry.details.empty();
    if (!whole) note("entry " + std::to_string(entry.number) + " has other details than were noted");
    before_ = entry.link;
    last_number_ = entry.number;
    links_[entry.number] = entry.link;
    if (const auto held = catalog::hold_note(entry)) {
      if (held->placed) holds_[entry.subject] = held->hold;
      else holds_.erase(entry.subject);
    }
    if (entry.event == LedgerEvent::restored) restored_.push_back(entry);
    else if (!detailed) last_[entry.subject] = entry;
  }

  void check_restoration(const LedgerEntry& entry, std::set<std::string>& stems) {
    const std::string where = "entry " + std::to_string(entry.number) + " says that the catalog was restored from a backup, ";
    for (const std::string& stem : stems) {
      const auto text = storage::read_signed(holdings_.objects, stem, holdings_.trusted);
      if (!text || storage::to_hex(storage::Sha256::of(text.value().signature)) != entry.digest) continue;
      const auto parsed = parse_restoration(text.value().text);
      if (!parsed) return note(where + "but " + parsed.error().message);
      const std::string before = entry.number > 1 ? links_[entry.number - 1] : "";
      if (parsed.value().entries != entry.number - 1 || parsed.value().link != before) return note(where + "but what was signed about it is of another ledger");
      notes_.push_back({"ledger", "the catalog was restored " + storage::utc_text(parsed.value().made) + " from a backup of " +
                                      storage::utc_text(parsed.value().backup_made) + ": what happened in between is not in it"});
      restorations_.push_back(parsed.value());
      stems.erase(stem);
      return;
    }
    note(where + "but nothing that is signed does");
  }

  // Of what a restoration gave up, and said so.
  bool superseded(const LedgerHead& head) const {
    return std::ranges::any_of(restorations_, [&](const Restoration& one) { return head.made <= one.made && head.entries > one.entries; });
  }

  void compare_published(const std::string& recording, const LedgerEntry& entry) {
    const auto manifest = catalog::Manifests(holdings_.catalog).find(recording);
    if (!manifest || manifest.value().signature_sha256 != entry.digest) note("the film of " + recording + " is not the one that was published last");
  }

  const Holdings& holdings_;
  std::vector<Problem>& problems_;
  std::vector<Problem>& notes_;
  std::int64_t last_number_ = 0;
  std::string before_;
  std::map<std::int64_t, std::string> links_;
  std::map<std::string, LedgerEntry> last_;  // of each recording
  std::map<std::string, catalog::Hold> holds_;  // by what was noted
  std::vector<LedgerEntry> restored_;
  std::vector<Restoration> restorations_;
};

// A head may have none: the authority did not answer, or there was none then.
void check_stamp(const Holdings& holdings, storage::ObjectStore& store, const std::string& stem, const std::string& name, std::span<const std::byte> signature, LedgerCheck& check) {
  constexpr std::uint64_t kMaxStampBytes = std::uint64_t{1} << 20;
  if (holdings.timestamp_certificates.empty()) return;
  const auto stamp = store.read(stem + ".tsr", 0, kMaxStampBytes);
  if (!stamp && stamp.error().kind == ErrorKind::not_found) return;
  if (!stamp) return check.note_head(name, stamp.error().message);
  const auto checked = storage::check_timestamp(signature, stamp.value(), holdings.timestamp_certificates);
  if (!checked) check.note_head(name, checked.error().message);
}

// `place`: where it is, of another store than the vault.
void check_heads_in(const Holdings& holdings, storage::ObjectStore& store, const std::string& place, LedgerCheck& check, Verification& out) {
  const auto keys = store.list("head");
  if (!keys) return out.problems.push_back({"heads", "they cannot be listed" + (place.empty() ? "" : " in " + place) + ": " + keys.error().message});
  for (const std::string& key : keys.value()) {
    if (!key.ends_with(".json")) continue;
    const std::string stem = key.substr(0, key.size() - 5), name = place.empty() ? stem : place + "/" + stem;
    const auto text = storage::read_signed(store, stem, holdings.trusted);
    if (!text) {
      check.note_head(name, text.error().message);
      continue;
    }
    check.check_head(name, {text.value().text, text.value().signature});
    check_stamp(holdings, store, stem, name, text.value().signature, check);
  }
}

// Whoever puts an earlier copy of all that is here in its place puts back the heads in it, too.
void check_heads_outside(const Holdings& holdings, LedgerCheck& check, Verification& out) {
  const std::filesystem::path& place = holdings.head_directory;
  if (place.empty()) return;
  const auto problem = [&](const Error& error) { out.problems.push_back({"heads", "those in " + place.string() + " cannot be compared: " + error.message}); };
  // Opening would make it.
  if (const auto there = storage::real_file_system().status(place); !there) return problem(there.error());
  auto outside = storage::DirectoryObjectStore::open(storage::real_file_system(), place);
  if (!outside) return problem(outside.error());
  check_heads_in(holdings, outside.value(), place.string(), check, out);
}

void check_heads(const Holdings& holdings, LedgerCheck& check, const std::vector<SignedHead>& outside_heads, Verification& out) {
  check_heads_in(holdings, holdings.objects, "", check, out);
  check_heads_outside(holdings, check, out);
  for (const SignedHead& head : outside_heads) check.check_head("from outside", head);
}

}  // namespace

std::vector<Restoration> check_ledger(const Holdings& holdings, const std::set<std::string>& known, const std::vector<SignedHead>& outside_heads, Verification& out) {
  LedgerCheck check(holdings, out);
  check.walk();
  check.check_restorations();
  check.compare_holds();
  check.compare_with_recordings(known);
  check_tombstones(holdings, check.deleted(), out.problems);
  check_heads(holdings, check, outside_heads, out);
  out.ledger_entries = check.entries();
  return check.restorations();
}

Verification verify_ledger(const Holdings& holdings, const std::vector<SignedHead>& outside_heads) {
  Verification out;
  LedgerCheck check(holdings, out);
  check.walk();
  check.check_restorations();
  check.compare_holds();
  check_heads(holdings, check, outside_heads, out);
  out.ledger_entries = check.entries();
  return out;
}

}  // namespace frostgate::evidence
