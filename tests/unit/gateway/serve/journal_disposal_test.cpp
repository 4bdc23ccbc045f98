#include "gateway/serve/journal_disposal.h"

#include "storage/catalog/deletions.h"
#include "storage/catalog/keys.h"
#include "storage/crypto/hex.h"
#include "storage/crypto/random.h"
#include "storage/journal/entry.h"
#include "tests/unit/gateway/serve/gateway_fixture.h"

using namespace frostgate;
using namespace frostgate::serve;
using catalog::RecordingStatus;
using std::chrono::hours;

namespace {

constexpr UtcTime kEnded = kNow + hours(1);

// A recording that has ended, whose journal has two files and its keystrokes.
class Recorded {
 public:
  explicit Recorded(RecordingStatus status, catalog::Original original = catalog::Original::discard) {
    catalog::Recording row;
    row.id = "r1";
    row.user = "anna";
    row.target = "dc1";
    row.started = kNow;
    row.ended = kEnded;
    row.status = status;
    row.original = original;
    row.journal_directory = folder().string();
    REQUIRE(catalog::Recordings(*core().catalog).create(row));
    const Secret key = storage::new_data_key().value();
    wrapped = core().kek->wrap(key, key_context("r1", "journal")).value();
    REQUIRE(keys().add("r1", catalog::KeyKind::journal, wrapped, kNow));
    REQUIRE(keys().add("r1", catalog::KeyKind::film, std::vector<std::byte>(60, std::byte{3}), kNow));
    std::filesystem::create_directories(folder() / storage::kKeystrokeFolder);
    write_file(folder() / "000000.fgj", "sealed");
    write_file(folder() / "000001.fgj", "sealed");
    write_file(folder() / storage::kKeystrokeFolder / "000000.fgj", "sealed");
  }

  Core& core() { return *gateway.core; }
  catalog::Keys keys() { return catalog::Keys(*core().catalog); }
  std::filesystem::path folder() { return core().config.journal_dir() / "r1"; }
  bool kept() { return keys().find("r1", catalog::KeyKind::journal).has_value() && std::filesystem::exists(folder() / "000001.fgj"); }
  bool gone() {
    return !keys().find("r1", catalog::KeyKind::journal) && !std::filesystem::exists(folder()) && keys().find("r1", catalog::KeyKind::film);
  }
  // Database, write-ahead log and whatever else lies in the data directory, one after the other.
  std::string bytes_on_disk() {
    std::string all;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(core().config.data_dir)) {
      if (entry.is_regular_file()) all += read_file(entry.path());
    }
    return all;
  }

  Gateway gateway;
  std::vector<std::byte> wrapped;
};

}  // namespace

TEST_CASE("a journal's key is destroyed when the grace after publishing is over, and no copy of it is left on disk") {
  Recorded recorded(GENERATE(RecordingStatus::clean, RecordingStatus::degraded));
  recorded.core().config.journal_grace = hours(72);
  CHECK_FALSE(dispose_of_journal(recorded.core(), "r1", kEnded + hours(71)).value());
  CHECK(recorded.kept());
  const std::string sealed = storage::to_hex(recorded.wrapped).substr(80);  // behind what all wrapped keys begin with
  CHECK(recorded.bytes_on_disk().find(sealed) != std::string::npos);
  CHECK(dispose_of_journal(recorded.core(), "r1", kEnded + hours(72)).value());
  CHECK(recorded.gone());
  const std::string disk = recorded.bytes_on_disk();
  for (std::size_t at = 0; at + 16 <= sealed.size(); at += 8) {
    if (disk.find(sealed.substr(at, 16)) != std::string::npos) FAIL("a piece of the wrapped key is left");
  }
  CHECK(dispose_of_journal(recorded.core(), "r1", kEnded + hours(73)).value());
}

TEST_CASE("a journal is kept where redaction failed or is not done, and where the policy keeps the original but nobody can keep it yet") {
  const auto status = GENERATE(RecordingStatus::recording, RecordingStatus::queued, RecordingStatus::redacting, RecordingStatus::failed);
  Recorded recorded(status);
  CHECK_FALSE(dispose_of_journal(recorded.core(), "r1", kEnded + hours(10000)).value());
  CHECK(recorded.kept());
  Recorded sealed(RecordingStatus::clean, catalog::Original::sealed);
  CHECK_FALSE(dispose_of_due_journals(sealed.core(), kEnded + hours(10000)));
  CHECK(sealed.kept());
}

TEST_CASE("a destruction that a crash interrupted is finished later, and a stranger's folder is left alone") {
  Recorded recorded(RecordingStatus::clean);
  const int crashed_after = GENERATE(0, 1, 2);
  if (crashed_after >= 1) REQUIRE(recorded.keys().destroy("r1", catalog::KeyKind::journal, kNow));
  if (crashed_after >= 2) std::filesystem::remove(recorded.folder() / "000000.fgj");
  const auto stranger = recorded.core().config.journal_dir() / "stranger";
  std::filesystem::create_directories(stranger);
  CHECK(dispose_of_due_journals(recorded.core(), kEnded + hours(72)));
  CHECK(recorded.gone());
  CHECK(std::filesystem::exists(stranger));
}

TEST_CASE("a legal hold keeps a journal beyond its grace, but not what was typed, until it is released") {
  Recorded recorded(RecordingStatus::clean);
  recorded.core().config.journal_grace = hours(1);
  catalog::Deletions deletions(*recorded.core().catalog);
  REQUIRE(deletions.hold({"r1", "case 12", "carla", kNow}));
  CHECK_FALSE(dispose_of_journal(recorded.core(), "r1", kEnded + hours(2)).value());
  CHECK(recorded.kept());
  CHECK_FALSE(std::filesystem::exists(recorded.folder() / storage::kKeystrokeFolder));
  REQUIRE(deletions.release("r1", "closed", "carla", kEnded + hours(3)));
  CHECK(dispose_of_journal(recorded.core(), "r1", kEnded + hours(3)).value());
  CHECK(recorded.gone());
}
