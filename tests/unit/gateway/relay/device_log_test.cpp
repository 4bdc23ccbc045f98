#include "gateway/relay/device_log.h"

#include <catch2/catch.hpp>

#include <nlohmann/json.hpp>

using namespace frostgate::relay;
using frostgate::relay::rdp::DeviceFact;
using frostgate::relay::rdp::DeviceKind;
using What = DeviceFact::What;

namespace {

struct Log {
  std::vector<std::string> lines;
  std::vector<nlohmann::json> told;
  DeviceLog log{{.log = [this](const std::string& line) { lines.push_back(line); }, .tell = [this](const nlohmann::json& message) { told.push_back(message); }}};
  DeviceLog::Clock::time_point now{};
  void note(const DeviceFact& fact) { log.note(fact, now); }
};

DeviceFact fact(What what, DeviceKind kind = DeviceKind::drive, const std::string& path = "\\a b.txt") {
  return {.what = what, .kind = kind, .device = "C:", .path = path, .access = {.read = true, .write = true, .remove = false}, .became = {}};
}

}  // namespace

TEST_CASE("what a target does with a file is in the log in words, and serve is told of what was done") {
  Log log;
  log.note(fact(What::announced, DeviceKind::drive, ""));
  log.note(fact(What::opened));
  DeviceFact closed = fact(What::closed);
  log.note(closed);  // nothing was done with it
  closed.to_target = 12;
  closed.to_client = 34;
  closed.became = "\\b.txt";
  log.note(closed);
  log.note(fact(What::denied));
  log.note(fact(What::refused, DeviceKind::smartcard, ""));
  log.note(fact(What::used, DeviceKind::smartcard, ""));
  CHECK(log.lines == std::vector<std::string>{
                         "drive C:: passed on",
                         "drive C: \"\\a b.txt\": opened, to read write",
                         "drive C: \"\\a b.txt\": closed, 0 bytes to the target, 0 bytes to the client",
                         "drive C: \"\\a b.txt\": closed, 12 bytes to the target, 34 bytes to the client, became \"\\b.txt\"",
                         "drive C: \"\\a b.txt\": a change denied by the policy, to read write",
                         "smart card C:: denied by the policy",
                         "smart card C:: used",
                     });
  REQUIRE(log.told.size() == 5);
  CHECK(log.told[0] == nlohmann::json({{"type", "device"}, {"what", "announced"}, {"device", "drive C:"}}));
  CHECK(log.told[1] == nlohmann::json({{"type", "device"}, {"what", "file"}, {"device", "drive C:"}, {"path", "\\a b.txt"}, {"access", "read write"}, {"to_target_bytes", 12}, {"to_client_bytes", 34}, {"became", "\\b.txt"}}));
  CHECK(log.told[2] == nlohmann::json({{"type", "device"}, {"what", "denied"}, {"device", "drive C:"}, {"path", "\\a b.txt"}, {"access", "read write"}}));
  CHECK(log.told[3] == nlohmann::json({{"type", "refused_channel"}, {"channel", "rdpdr smart cards"}}));
  CHECK(log.told[4] == nlohmann::json({{"type", "device"}, {"what", "used"}, {"device", "smart card C:"}}));
  log.log.finish();
  CHECK(log.told.size() == 5);
}

TEST_CASE("what is beyond a minute's lines is counted, and said when the minute is over or the session ends") {
  Log log;
  DeviceFact closed = fact(What::closed);
  closed.to_target = 10;
  closed.to_client = 1;
  for (int i = 0; i < 200; ++i) log.note(closed);
  CHECK(log.lines.size() == DeviceLog::kLines);
  CHECK(log.told.size() == DeviceLog::kTold);
  log.now += DeviceLog::kWindow;
  log.note(closed);
  REQUIRE(log.told.size() == DeviceLog::kTold + 2);
  CHECK(log.told[DeviceLog::kTold] == nlohmann::json({{"type", "device"}, {"what", "more"}, {"count", 140}, {"to_target_bytes", 1400}, {"to_client_bytes", 140}}));
  CHECK(log.lines[DeviceLog::kLines] == "and 80 more lines about devices within a minute");
  CHECK(log.lines.size() == DeviceLog::kLines + 2);
  for (int i = 0; i < 61; ++i) log.note(closed);
  log.log.finish();
  CHECK(log.told.back()["count"] == 2);
  log.log.finish();
  CHECK(log.told.back()["count"] == 2);
  CHECK(log.told.size() == 2 * DeviceLog::kTold + 2);
}
