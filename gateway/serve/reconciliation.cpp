#include "gateway/serve/reconciliation.h"

#include <map>
#include <set>

#include "gateway/evidence/film_manifest.h"
#include "gateway/serve/film_adoption.h"
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

constexpr std::int64_t kReconciledAtOnce = 500;

class Comparison {
 public:
  explicit Comparison(Core& core) : core_(core) {}

  Result<Reconciliation> run() {
    out_.unfinished_writes = TRY(core_.objects->discard_incomplete());
    films_ = TRY(storage::list_by_folder(*core_.objects, "film"));
    manifests_ = TRY(storage::list_by_folder(*core_.objects, "manifest"));
    thumbnails_ = TRY(storage::list_by_folder(*core_.objects, "thumbnail"));
    for (const std::string& name : TRY(storage::real_file_system().list(core_.config.journal_dir()))) journals_.insert(name);
    catalog::RecordingFilter filter;
    filter.limit = kReconciledAtOnce;
    filter.with_report = false;
    while (true) {
      const auto page = TRY(catalog::Recordings(*core_.catalog).list(filter));
      for (const catalog::Recording& row : page) TRY(compare(row));
      if (static_cast<std::int64_t>(page.size()) < kReconciledAtOnce) break;
      filter.offset += kReconciledAtOnce;
    }
    // Another catalog's, perhaps an earlier one that was put back: not ours to throw away.
    for (const auto& [recording, keys] : films_) problem("film/" + recording + " belongs to no recording in the catalog");
    for (const auto& [recording, keys] : manifests_) problem("manifest/" + recording + " belongs to no recording in the catalog");
    for (const std::string& name : journals_) {
      if (!TRY(remove_empty_journal(name))) problem("the journal " + name + " belongs to no recording in the catalog");
    }
    return std::move(out_);
  }

 private:
  void problem(std::string sentence) { out_.problems.push_back(std::move(sentence)); }

  // Of a session that had not begun yet: its folders come before its row.
  Result<bool> remove_empty_journal(const std::string& name) {
    storage::FileSystem& files = storage::real_file_system();
    const std::filesystem::path folder = core_.config.journal_dir() / name, keystrokes = folder / storage::kKeystrokeFolder;
    const std::vector<std::string> within = TRY(files.list(folder));
    if (within == std::vector<std::string>{storage::kKeystrokeFolder}) {
      const std::vector<std::string> typed = TRY(files.list(keystrokes));
      if (!typed.empty()) return false;
      TRY(files.remove_directory(keystrokes));
    } else if (!within.empty()) {
      return false;
    }
    TRY(files.remove_directory(folder));
    ++out_.unfinished_writes;
    return true;
  }

  Result<void> compare(const catalog::Recording& listed) {
    const Adoption adoption = TRY(adopt_film(core_, listed, manifests_[listed.id]));
    const catalog::Recording row = adoption.adopted ? TRY(catalog::Recordings(*core_.catalog).find(listed.id)) : listed;
    if (adoption.adopted) out_.adopted.push_back(row.id);
    if (row.generation != 0) TRY(require_film(row));
    if (adoption.problem.empty()) TRY(remove_unentered(row));
    else problem(adoption.problem);
    const bool needed = row.status == RecordingStatus::queued || row.status == RecordingStatus::redacting || row.status == RecordingStatus::failed;
    const std::string journal = std::filesystem::path(row.journal_directory).filename();
    if (needed && !journals_.contains(journal)) problem("the journal of " + row.id + ", which has no film yet, is missing");
    if (!journals_.contains(journal) && catalog::Originals(*core_.catalog).finished(row.id)) problem("the original of " + row.id + ", which is kept for its custodians, is missing");
    films_.erase(row.id);
    manifests_.erase(row.id);
    journals_.erase(journal);
    return {};
  }

  Result<void> remove_unentered(const catalog::Recording& row) {
    const std::set<std::string> known = TRY(catalog::Segments(*core_.catalog).object_keys(row.id));
    TRY(remove_others(films_[row.id], known));
    std::set<std::string> manifests;
    if (row.generation != 0) {
      const std::string stem = TRY(evidence::manifest_stem(row.id, row.generation));
      manifests = {stem + ".json", stem + ".p7s", stem + ".tsr"};
    }
    TRY(remove_others(manifests_[row.id], manifests));
    std::set<std::string> thumbnails;
    for (const catalog::ThumbnailRow& thumbnail : TRY(catalog::Thumbnails(*core_.catalog).list(row.id))) thumbnails.insert(thumbnail.object_key);
    return remove_others(thumbnails_[row.id], thumbnails);
  }

  Result<void> require_film(const catalog::Recording& row) {
    for (const catalog::SegmentRow& segment : TRY(catalog::Segments(*core_.catalog).list(row.id, row.generation))) {
      if (!films_[row.id].contains(segment.object_key)) problem(segment.object_key + ", a part of a published film, is missing");
    }
    const std::string stem = TRY(evidence::manifest_stem(row.id, row.generation));
    if (!manifests_[row.id].contains(stem + ".json")) problem("the manifest of the film of " + row.id + " is missing");
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
  Reconciliation out_;
  std::map<std::string, std::set<std::string>> films_, manifests_, thumbnails_;
  std::set<std::string> journals_;
};

}  // namespace

Result<Reconciliation> reconcile(Core& core) { return Comparison(core).run(); }

}  // namespace frostgate::serve
