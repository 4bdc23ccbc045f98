#include "gateway/serve/keystroke_disposal.h"

#include "gateway/base/log.h"
#include "storage/catalog/keys.h"
#include "storage/catalog/recordings.h"
#include "storage/file_system.h"
#include "storage/journal/entry.h"

namespace frostgate::serve {
namespace {

bool published(const catalog::Recording& row) {
  return row.status == catalog::RecordingStatus::clean || row.status == catalog::RecordingStatus::degraded;
}

// Another thread may be at it as well.
Result<void> unless_gone(Result<void> removed) {
  return removed || removed.error().kind == ErrorKind::not_found ? Result<void>() : removed;
}

}  // namespace

Result<void> remove_journal_folder(const std::filesystem::path& folder) {
  storage::FileSystem& files = storage::real_file_system();
  const auto names = files.list(folder);
  if (!names && names.error().kind == ErrorKind::not_found) return {};
  if (!names) return names.error();
  for (const std::string& name : names.value()) TRY(unless_gone(files.remove(folder / name)));
  TRY(unless_gone(files.remove_directory(folder)));
  return files.sync_directory(folder.parent_path());
}

Result<void> dispose_of_keystrokes(Core& core, const std::string& recording, UtcTime now) {
  const catalog::Recording row = TRY(catalog::Recordings(*core.catalog).find(recording));
  if (!published(row)) return {};
  const Result<void> destroyed = catalog::Keys(*core.catalog).destroy(recording, catalog::KeyKind::keystrokes, now);
  // A recording from before keystrokes were recorded has none.
  if (!destroyed && destroyed.error().kind != ErrorKind::not_found) return destroyed.error();
  return remove_journal_folder(std::filesystem::path(row.journal_directory) / storage::kKeystrokeFolder);
}

void dispose_of_leftover_keystrokes(Core& core, UtcTime now) {
  const auto recordings = storage::real_file_system().list(core.config.journal_dir());
  if (!recordings) {
    log::error("-", "the journals cannot be listed: {}", recordings.error().message);
    return;
  }
  for (const std::string& recording : recordings.value()) {
    const auto folder = core.config.journal_dir() / recording / storage::kKeystrokeFolder;
    if (!storage::real_file_system().status(folder)) continue;
    if (const auto done = dispose_of_keystrokes(core, recording, now); !done) {
      log::error(recording, "keystrokes could not be destroyed, will try again: {}", done.error().message);
    }
  }
}

}  // namespace frostgate::serve
