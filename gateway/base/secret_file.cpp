#include "gateway/base/secret_file.h"

#include <sys/stat.h>

#include "gateway/base/whole_file.h"

namespace frostgate {
namespace {

constexpr std::size_t kMaxBytes = 4096;

}  // namespace

Result<Secret> read_secret_file(const std::filesystem::path& file, const std::string& what) {
  struct stat status {};
  if (stat(file.c_str(), &status) != 0) return Error{ErrorKind::not_found, "the file with " + what + " cannot be read: " + file.string()};
  // A group may read: systemd lets the unit's user into its credentials by an access list, which shows there.
  if ((status.st_mode & 037) != 0) return Error{ErrorKind::invalid, "others may read " + what + ": chmod 0600 " + file.string()};
  std::optional<std::vector<std::byte>> bytes = TRY(read_whole_file(file, kMaxBytes));
  if (!bytes) return Error{ErrorKind::not_found, "there is no file " + file.string()};
  Secret whole{std::span<const std::byte>(*bytes)};
  wipe_memory(bytes->data(), bytes->size());
  std::string_view text = whole.text();
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.remove_suffix(1);
  if (text.empty()) return Error{ErrorKind::invalid, "the file with " + what + " is empty: " + file.string()};
  return Secret::from_text(text);
}

}  // namespace frostgate
