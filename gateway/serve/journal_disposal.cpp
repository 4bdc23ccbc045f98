#include "gateway/serve/journal_disposal.h"

#include "gateway/base/log.h"
#include "gateway/serve/keystroke_disposal.h"
#include "gateway/serve/original.h"
#include "storage/catalog/deletions.h"
#include "storage/catalog/keys.h"
#include "storage/catalog/manifests.h"
#include "storage/catalog/recordings.h"
#include "storage/file_system.h"

namespace frostgate::serve {
namespace {

// Of what was recorded before manifests were made, and of what has no film, the end is all that is known.
Result<UtcTime> published_at(Core& core, const catalog::Recording& row) {
  const auto manifest = catalog::Manifests(*core.catalog).find(row.id);
  if (manifest) return manifest.value().made;
  if (manifest.error().kind != ErrorKind::not_found) return manifest.error();
  return row.ended.value_or(row.started);
}

}  // namespace

Result<bool> dispose_of_journal(Core& core, const std::string& recording, UtcTime now) {
  const catalog::Recording row = TRY(catalog::Recordings(*core.catalog).find(recording));
  const bool published = row.status == catalog::RecordingStatus::clean || row.status == catalog::RecordingStatus::degraded;
  if (!published) return false;
  const UtcTime since = TRY(published_at(core, row));
  if (now < since + core.config.journal_grace) return false;
  // They lie inside, and have their own key.
  TRY(dispose_of_keystrokes(core, recording, now));
  if (row.original == catalog::Original::sealed) {
    const bool sealed = TRY(seal_original(core, row, now));
    if (sealed) return false;
    log::error(recording, "its original is lost, since an earlier catalog was put back that has neither its key nor its shares; the journal, which nobody can open, is removed");
  }
  // What a court may want to see is not destroyed: by the ledger, which a hold's row may have been taken out of. Not so what was typed.
  const bool held = TRY(catalog::Deletions(*core.catalog).noted_hold(recording)).has_value();
  if (held) return false;
  const Result<void> destroyed = catalog::Keys(*core.catalog).destroy(recording, catalog::KeyKind::journal, now);
  if (!destroyed && destroyed.error().kind != ErrorKind::not_found) return destroyed.error();
  TRY(remove_journal_folder(row.journal_directory));
  log::info(recording, "the journal's key is destroyed, and the journal removed: what the film covers can no longer be seen");
  return true;
}

bool dispose_of_due_journals(Core& core, UtcTime now) {
  const auto recordings = storage::real_file_system().list(core.config.journal_dir());
  if (!recordings) {
    log::error("-", "the journals cannot be listed: {}", recordings.error().message);
    return false;
  }
  bool done = true;
  for (const std::string& recording : recordings.value()) {
    const auto gone = dispose_of_journal(core, recording, now);
    if (gone || gone.error().kind == ErrorKind::not_found) continue;
    log::error(recording, "what becomes of the journal could not be done, will try again: {}", gone.error().message);
    done = false;
  }
  return done;
}

}  // namespace frostgate::serve
