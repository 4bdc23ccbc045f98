#include "gateway/serve/reconciliation.h"

#include <thread>

#include "gateway/evidence/film_manifest.h"
#include "gateway/serve/film_adoption.h"
#include "storage/catalog/jobs.h"
#include "storage/catalog/manifests.h"
#include "storage/catalog/originals.h"
#include "storage/catalog/recordings.h"
#include "storage/catalog/segments.h"
#include "storage/catalog/thumbnails.h"
#include "storage/file_system.h"
#include "storage/journal/entry.h"

namespace frostgate::serve {
namespace {

using catalog::RecordingStatus;

constexpr std::int64_t kAll = 1'000'000;
// Between two films. A mutex is not fair: whoever waits to delete one would be woken too late each time, were it taken again at once.
constexpr auto kTurn = std::chrono::microseconds(50);

// Recordings whose film somebody makes, or may make again.
Result<std::set<std::string>> unfinished_recordings(catalog::Catalog& catalog) {
  std::set<std::string> out;
  catalog::RecordingFilter filter;
  filter.limit = kAll;
  filter.with_report = false;
  for (const RecordingStatus status : {RecordingStatus::recording, RecordingStatus::queued, RecordingStatus::redacting, RecordingStatus::failed}) {
    filter.status = status;
    for (const catalog::Recording& row : TRY(catalog::Recordings(catalog).list(filter))) out.insert(row.id);
  }
  for (const catalog::JobState state : {catalog::JobState::queued, catalog::JobState::leased}) {
    for (const catalog::Job& job : TRY(catalog::Jobs(catalog).list(state))) out.insert(job.key);
  }
  return out;
}

// One recording, in the vault and in the catalog.
class Comparison {
 public:
  Comparison(Core& core, std::set<std::string>& journals, Reconciliation& out) : core_(core), journals_(journals), out_(out) {}

  Result<void> compare(const std::string& id) {
    const auto listed = catalog::Recordings(*core_.catalog).find(id);
    if (!listed && listed.error().kind == ErrorKind::not_found) {
      journals_.erase(id);  // deleted meanwhile, and its journal with it
      return {};
    }
    if (!listed) return listed.error();
    films_ = TRY(objects_below("film/" + id));
    manifests_ = TRY(objects_below("manifest/" + id));
    const Adoption adoption = TRY(adopt_film(core_, listed.value(), manifests_));
    const catalog::Recording row = adoption.adopted ? TRY(catalog::Recordings(*core_.catalog).find(id)) : listed.value();
    if (adoption.adopted) out_.adopted.push_back(row.id);
    if (row.generation != 0) TRY(require_film(row));
    if (adoption.problem.empty()) TRY(remove_unentered(row));
    else problem(adoption.problem);
    const bool needed = row.status == RecordingStatus::queued || row.status == RecordingStatus::redacting || row.status == RecordingStatus::failed;
    const std::string journal = std::filesystem::path(row.journal_directory).filename();
    if (needed && !journals_.contains(journal)) problem("the journal of " + row.id + ", which has no film yet, is missing");
    if (!journals_.contains(journal) && catalog::Originals(*core_.catalog).finished(row.id)) problem("the original of " + row.id + ", which is kept for its custodians, is missing");
    journals_.erase(journal);
    return {};
  }

 private:
  void problem(std::string sentence) { out_.problems.push_back(std::move(sentence)); }

  Result<std::set<std::string>> objects_below(const std::string& prefix) {
    const std::vector<std::string> keys = TRY(core_.objects->list(prefix));
    return std::set<std::string>(keys.begin(), keys.end());
  }

  Result<void> remove_unentered(const catalog::Recording& row) {
    const std::set<std::string> known = TRY(catalog::Segments(*core_.catalog).object_keys(row.id));
    TRY(remove_others(films_, known));
    std::set<std::string> manifests;
    if (row.generation != 0) {
      const std::string stem = TRY(evidence::manifest_stem(row.id, row.generation));
      manifests = {stem + ".json", stem + ".p7s", stem + ".tsr"};
    }
    TRY(remove_others(manifests_, manifests));
    std::set<std::string> thumbnails;
    for (const catalog::ThumbnailRow& thumbnail : TRY(catalog::Thumbnails(*core_.catalog).list(row.id))) thumbnails.insert(thumbnail.object_key);
    const std::set<std::string> pictures = TRY(objects_below("thumbnail/" + row.id));
    return remove_others(pictures, thumbnails);
  }

  Result<void> require_film(const catalog::Recording& row) {
    for (const catalog::SegmentRow& segment : TRY(catalog::Segments(*core_.catalog).list(row.id, row.generation))) {
      if (!films_.contains(segment.object_key)) problem(segment.object_key + ", a part of a published film, is missing");
    }
    const std::string stem = TRY(evidence::manifest_stem(row.id, row.generation));
    if (!manifests_.contains(stem + ".json")) problem("the manifest of the film of " + row.id + " is missing");
    return {};
  }

  // The row comes after the object: an object without one was never promised to anybody.
  Result<void> remove_others(const std::set<std::string>& there, const std::set<std::string>& known) {
    for (const std::string& key : there) {
      if (known.contains(key)) continue;
      TRY(core_.objects->remove(key));
      ++out_.unentered_objects;
    }
    return {};
  }

  Core& core_;
  std::set<std::string>& journals_;
  Reconciliation& out_;
  std::set<std::string> films_, manifests_;
};

// Of a session that had not begun yet: its folders come before its row.
Result<bool> remove_empty_journal(const std::filesystem::path& folder) {
  storage::FileSystem& files = storage::real_file_system();
  const std::filesystem::path keystrokes = folder / storage::kKeystrokeFolder;
  const std::vector<std::string> within = TRY(files.list(folder));
  if (within == std::vector<std::string>{storage::kKeystrokeFolder}) {
    const std::vector<std::string> typed = TRY(files.list(keystrokes));
    if (!typed.empty()) return false;
    TRY(files.remove_directory(keystrokes));
  } else if (!within.empty()) {
    return false;
  }
  TRY(files.remove_directory(folder));
  return true;
}

}  // namespace

Result<Reconciliation> Reconciler::unfinished() {
  Reconciliation out;
  out.unfinished_writes = TRY(core_.objects->discard_incomplete());
  films_ = TRY(core_.objects->folders("film"));
  manifests_ = TRY(core_.objects->folders("manifest"));
  for (const std::string& name : TRY(storage::real_file_system().list(core_.config.journal_dir()))) journals_.insert(name);
  const std::set<std::string> first = TRY(unfinished_recordings(*core_.catalog));
  for (std::string& id : TRY(catalog::Recordings(*core_.catalog).ids())) {
    known_.insert(id);
    if (!first.contains(id)) recordings_.push_back(std::move(id));
  }
  Comparison comparison(core_, journals_, out);
  for (const std::string& id : first) TRY(comparison.compare(id));
  return out;
}

Result<Reconciliation> Reconciler::finished(const std::stop_token& stop) {
  Reconciliation out;
  Comparison comparison(core_, journals_, out);
  for (const std::string& id : recordings_) {
    if (stop.stop_requested()) return out;
    {
      const std::lock_guard nobody_deletes(core_.deleting);
      TRY(comparison.compare(id));
    }
    std::this_thread::sleep_for(kTurn);
  }
  // Another catalog's, perhaps an earlier one that was put back: not ours to throw away.
  for (const auto& [prefix, names] : {std::pair("film/", &films_), std::pair("manifest/", &manifests_)}) {
    for (const std::string& name : *names) {
      if (known_.contains(name) || TRY(core_.objects->list(prefix + name)).empty()) continue;
      out.problems.push_back(prefix + name + " belongs to no recording in the catalog");
    }
  }
  for (const std::string& name : journals_) {
    if (TRY(remove_empty_journal(core_.config.journal_dir() / name))) ++out.unfinished_writes;
    else out.problems.push_back("the journal " + name + " belongs to no recording in the catalog");
  }
  return out;
}

}  // namespace frostgate::serve
