#include "gateway/relay/journal_files.h"

namespace frostgate::relay {
namespace {

Error beyond(const storage::FileSystem::Path& path) {
  return {ErrorKind::unsupported, "a relay only adds files to its journal: " + path.string()};
}

}  // namespace

Result<std::unique_ptr<storage::AppendFile>> JournalFiles::create(const Path& path) {
  ipc::Message answer = TRY(link_.ask({{"type", "journal_file"}, {"name", path.string()}}));
  if (answer.type() != "journal_file" || answer.descriptors.size() != 1) {
    const auto reason = answer.text("reason");
    return Error{ErrorKind::unavailable, reason ? reason.value() : "serve gave no journal file"};
  }
  return storage::append_to(answer.descriptors[0].release(), path);
}

Result<std::vector<std::byte>> JournalFiles::read(const Path& path, std::uint64_t, std::uint64_t) { return beyond(path); }
Result<storage::FileStatus> JournalFiles::status(const Path& path) { return beyond(path); }
Result<void> JournalFiles::rename_new(const Path& from, const Path&) { return beyond(from); }
Result<std::vector<std::string>> JournalFiles::list(const Path& path) { return beyond(path); }
Result<void> JournalFiles::remove(const Path& path) { return beyond(path); }
Result<void> JournalFiles::remove_directory(const Path& path) { return beyond(path); }

}  // namespace frostgate::relay
