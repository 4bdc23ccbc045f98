#include "gateway/evidence/stranger_check.h"

#include <algorithm>
#include <map>
#include <optional>

#include "gateway/evidence/tombstone.h"
#include "storage/manifest/manifest.h"
#include "storage/manifest/signed_text.h"
#include "storage/manifest/times.h"

namespace frostgate::evidence {
namespace {

// What somebody trusted has signed about the recording in that folder, the latest first to hold.
template <class Text, class Parse>
std::optional<Text> signed_about(const Holdings& holdings, const std::string& folder, const std::string& recording, Parse parse) {
  const auto keys = holdings.objects.list(folder + "/" + recording);
  if (!keys) return std::nullopt;
  std::optional<Text> out;
  for (const std::string& key : keys.value()) {
    if (!key.ends_with(".json")) continue;
    const auto text = storage::read_signed(holdings.objects, key.substr(0, key.size() - 5), holdings.trusted);
    if (!text) continue;
    const Result<Text> parsed = parse(text.value().text);
    if (parsed && parsed.value().recording == recording) out = parsed.value();
  }
  return out;
}

std::string described(const storage::Manifest& film) {
  return "of " + film.user + " on " + film.target + ", " + storage::utc_text(film.started) + " to " + storage::utc_text(film.ended);
}

// The one that gave it up: its session began after the backup, and its film was published before the backup took the catalog's place.
const Restoration* lost_with(const storage::Manifest& film, const std::vector<Restoration>& restorations) {
  const auto found = std::ranges::find_if(restorations, [&](const Restoration& one) { return film.started >= one.backup_made && film.made <= one.made; });
  return found == restorations.end() ? nullptr : &*found;
}

void classify(const Holdings& holdings, const std::string& recording, const std::string& folders, const std::vector<Restoration>& restorations,
              Verification& out) {
  if (const auto stone = signed_about<TombstoneText>(holdings, "tombstone", recording, parse_tombstone)) {
    out.notes.push_back({recording, "it was deleted on purpose " + storage::utc_text(stone->deleted) + " (" + stone->why + "), as its signed tombstone proves; " +
                                        folders + ", which nobody can open, still has to be removed: serve does so when it starts"});
    return;
  }
  const auto film = signed_about<storage::Manifest>(holdings, "manifest", recording, storage::parse_manifest);
  if (!film) {
    out.problems.push_back({"vault", folders + " belongs to no recording in the catalog, and nothing that is signed says what it was"});
    return;
  }
  if (const Restoration* restoration = lost_with(*film, restorations)) {
    out.losses.push_back({recording, "the film " + described(*film) + " is lost: it is newer than the backup of " + storage::utc_text(restoration->backup_made) +
                                         " from which the catalog was restored " + storage::utc_text(restoration->made) +
                                         ", and its key was only in the catalog that was given up; nobody deleted it, and nobody can open " + folders});
    return;
  }
  out.problems.push_back({"vault", folders + ", the film " + described(*film) + ", belongs to no recording in the catalog: it was published, no tombstone says that " +
                                       "it was deleted, and no restoration explains it"});
}

}  // namespace

void check_strangers(const Holdings& holdings, const std::set<std::string>& known, const std::vector<Restoration>& restorations, Verification& out) {
  std::map<std::string, std::string> strangers;  // recordings, and the folders that they have
  for (const std::string& prefix : {std::string("film"), std::string("manifest"), std::string("thumbnail")}) {
    const auto folders = storage::list_by_folder(holdings.objects, prefix);
    if (!folders) {
      out.problems.push_back({"vault", "its objects cannot be listed: " + folders.error().message});
      continue;
    }
    for (const auto& [name, keys] : folders.value()) {
      if (known.contains(name)) continue;
      std::string& there = strangers[name];
      there += (there.empty() ? "" : ", ") + prefix + "/" + name;
    }
  }
  for (const auto& [recording, folders] : strangers) classify(holdings, recording, folders, restorations, out);
}

}  // namespace frostgate::evidence
