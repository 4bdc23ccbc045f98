#include "gateway/serve/keystroke_disposal.h"

#include "storage/catalog/keys.h"
#include "storage/journal/entry.h"
#include "tests/unit/gateway/serve/gateway_fixture.h"

using namespace frostgate;
using namespace frostgate::serve;
using catalog::RecordingStatus;

namespace {

// A recording whose journal has keystrokes.
class TypedSession {
 public:
  explicit TypedSession(RecordingStatus status) {
    catalog::Recording row;
    row.id = "r1";
    row.user = "anna";
    row.target = "dc1";
    row.started = kNow;
    row.journal_directory = (gateway.core->config.journal_dir() / row.id).string();
    REQUIRE(catalog::Recordings(*gateway.core->catalog).create(row));
    set(status);
    const std::vector<std::byte> wrapped(60, std::byte{3});
    REQUIRE(keys().add("r1", catalog::KeyKind::keystrokes, wrapped, kNow));
    REQUIRE(keys().add("r1", catalog::KeyKind::journal, wrapped, kNow));
    std::filesystem::create_directories(folder());
    write_file(folder() / "000000.fgj", "sealed");
    write_file(folder() / "000001.fgj", "sealed");
    write_file(folder().parent_path() / "000000.fgj", "sealed");
  }

  void set(RecordingStatus status) {
    catalog::RecordingChange change;
    change.status = status;
    REQUIRE(catalog::Recordings(*gateway.core->catalog).update("r1", change));
  }
  catalog::Keys keys() { return catalog::Keys(*gateway.core->catalog); }
  std::filesystem::path folder() const { return gateway.core->config.journal_dir() / "r1" / storage::kKeystrokeFolder; }
  bool kept() { return keys().find("r1", catalog::KeyKind::keystrokes) && std::filesystem::exists(folder() / "000001.fgj"); }
  bool gone() {
    return !keys().find("r1", catalog::KeyKind::keystrokes) && !std::filesystem::exists(folder()) &&
           keys().find("r1", catalog::KeyKind::journal) && std::filesystem::exists(folder().parent_path() / "000000.fgj");
  }

  Gateway gateway;
};

}  // namespace

TEST_CASE("keystrokes of a published recording are destroyed, and nothing else of it") {
  TypedSession recorded(GENERATE(RecordingStatus::clean, RecordingStatus::degraded));
  REQUIRE(dispose_of_keystrokes(*recorded.gateway.core, "r1", kNow));
  CHECK(recorded.gone());
  CHECK(dispose_of_keystrokes(*recorded.gateway.core, "r1", kNow));
  CHECK(recorded.gone());
}

TEST_CASE("keystrokes are kept until there is a film, and where redaction failed") {
  TypedSession recorded(GENERATE(RecordingStatus::recording, RecordingStatus::queued, RecordingStatus::redacting, RecordingStatus::failed));
  CHECK(dispose_of_keystrokes(*recorded.gateway.core, "r1", kNow));
  CHECK(recorded.kept());
  dispose_of_leftover_keystrokes(*recorded.gateway.core, kNow);
  CHECK(recorded.kept());
}

TEST_CASE("whatever a crash interrupted is finished later") {
  TypedSession recorded(RecordingStatus::clean);
  const int crashed_after = GENERATE(0, 1, 2, 3);
  if (crashed_after >= 1) REQUIRE(recorded.keys().destroy("r1", catalog::KeyKind::keystrokes, kNow));
  if (crashed_after >= 2) std::filesystem::remove(recorded.folder() / "000000.fgj");
  if (crashed_after >= 3) std::filesystem::remove(recorded.folder() / "000001.fgj");
  dispose_of_leftover_keystrokes(*recorded.gateway.core, kNow);
  CHECK(recorded.gone());
}

TEST_CASE("a folder of no recording is left alone") {
  Gateway gateway;
  const auto folder = gateway.core->config.journal_dir() / "stranger" / storage::kKeystrokeFolder;
  std::filesystem::create_directories(folder);
  dispose_of_leftover_keystrokes(*gateway.core, kNow);
  CHECK(std::filesystem::exists(folder));
}
