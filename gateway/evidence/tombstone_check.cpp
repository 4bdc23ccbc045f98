#include "gateway/evidence/tombstone_check.h"

#include <set>

#include "gateway/evidence/tombstone.h"
#include "storage/crypto/hash.h"
#include "storage/crypto/hex.h"
#include "storage/manifest/signed_text.h"

namespace frostgate::evidence {
namespace {

void check_objects(const Holdings& holdings, std::set<std::string> known, std::vector<Problem>& problems) {
  const auto keys = holdings.objects.list("tombstone");
  if (!keys) return problems.push_back({"vault", "its tombstones cannot be listed: " + keys.error().message});
  for (const std::string& key : keys.value()) {
    if (!known.contains(key)) problems.push_back({"vault", key + " belongs to no deletion in the catalog"});
  }
}

}  // namespace

void check_tombstone(const Holdings& holdings, const catalog::Tombstone& row, std::vector<Problem>& problems) {
  const auto note = [&](const std::string& sentence) { problems.push_back({row.recording, "its tombstone: " + sentence}); };
  const auto text = storage::read_signed(holdings.objects, row.object_stem, holdings.trusted);
  if (!text) return note(text.error().message);
  if (storage::to_hex(storage::Sha256::of(text.value().signature)) != row.signature_sha256) note("its signature is not the one that was noted");
  const auto tombstone = parse_tombstone(text.value().text);
  if (!tombstone) return note(tombstone.error().message);
  if (tombstone.value().recording != row.recording) note("it is that of " + tombstone.value().recording);
  if (tombstone.value().deleted != row.deleted) note("the catalog has another time");
}

void check_tombstones(const Holdings& holdings, const std::map<std::string, std::string>& deleted, std::vector<Problem>& problems) {
  const auto rows = catalog::Deletions(holdings.catalog).tombstones();
  if (!rows) return problems.push_back({"catalog", "the tombstones cannot be listed: " + rows.error().message});
  std::set<std::string> recordings, objects;
  for (const catalog::Tombstone& row : rows.value()) {
    recordings.insert(row.recording);
    for (const char* ending : {".json", ".p7s"}) objects.insert(row.object_stem + ending);
    check_tombstone(holdings, row, problems);
    const auto noted = deleted.find(row.recording);
    if (noted == deleted.end()) problems.push_back({"ledger", "recording " + row.recording + " has a tombstone, but nobody noted that it was deleted"});
    else if (noted->second != row.signature_sha256) problems.push_back({"ledger", "recording " + row.recording + " was deleted with another tombstone"});
  }
  for (const auto& [recording, digest] : deleted) {
    if (!recordings.contains(recording)) problems.push_back({"ledger", "recording " + recording + " was deleted, but its tombstone is not in the catalog"});
  }
  check_objects(holdings, std::move(objects), problems);
}

}  // namespace frostgate::evidence
