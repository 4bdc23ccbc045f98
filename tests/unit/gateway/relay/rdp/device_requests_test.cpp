// What a target does with a client's devices: what passes, what is refused in the client's place, and what is logged.
#include <catch2/catch.hpp>

#include "tests/unit/gateway/relay/rdp/device_messages.h"

using namespace frostgate;
using namespace frostgate::relay::rdp;

namespace {

constexpr std::uint32_t kDrive = 1, kPrinter = 2, kPort = 3, kCard = 4;
constexpr std::uint32_t kGenericRead = 0x80000000, kGenericWrite = 0x40000000, kMaximum = 0x2000000, kExplorersRead = 0x00120089;

// A session whose target knows one device of each kind.
BetweenBoth session_with(DriveAccess drives) {
  BetweenBoth session({.drives = drives, .printers = true, .ports = true, .smartcards = true});
  REQUIRE(session.begins());
  REQUIRE(session.client(device_list({{rdpdr::kFileSystem, kDrive, "C:"}, {rdpdr::kPrint, kPrinter, "PRN1"}, {rdpdr::kSerial, kPort, "COM1"}, {rdpdr::kSmartcard, kCard, "SCARD"}})));
  session.facts.clear();
  return session;
}

ChannelMessage renamed_to(std::string_view path) {
  const ChannelMessage name = to_utf16(path).value();
  ChannelMessage out;
  append(out, 1, 1);
  append(out, 0, 1);
  append(out, static_cast<std::uint32_t>(name.size()), 4);
  out.insert(out.end(), name.begin(), name.end());
  return out;
}

ChannelMessage change(std::uint32_t file, std::uint32_t number, std::uint32_t kind, const ChannelMessage& content, std::uint32_t major = rdpdr::kSetInformation) {
  return request(kDrive, file, number, major, words({kind, static_cast<std::uint32_t>(content.size())}), content);
}

ChannelMessage controls(std::uint32_t device, std::uint32_t file, std::uint32_t code, std::uint32_t out = 16, std::uint32_t in = 0) {
  return request(device, file, 9, rdpdr::kDeviceControl, words({out, in, code}), ChannelMessage(in));
}

}  // namespace

TEST_CASE("a file is opened, read, written and closed as if nobody were between, and the log has what was done") {
  BetweenBoth session = session_with(DriveAccess::full);
  REQUIRE(session.target(create(kDrive, 41, "\\Übersicht.txt", kGenericRead | kGenericWrite, 3)));
  ChannelMessage asked = session.at_client();
  CHECK(word(asked, 12) != 0);
  overwrite(asked, 12, 41, 4);
  CHECK(asked == create(kDrive, 41, "\\Übersicht.txt", kGenericRead | kGenericWrite, 3));
  REQUIRE(session.answers(rdpdr::kSuccess, words({77, 1})));
  CHECK(session.at_target() == completion(kDrive, 41, rdpdr::kSuccess, words({77, 1})));
  REQUIRE(session.facts.size() == 1);
  CHECK((session.facts[0].what == DeviceFact::What::opened && session.facts[0].path == "\\Übersicht.txt" && session.facts[0].access.read && session.facts[0].access.write && !session.facts[0].access.remove));

  REQUIRE(session.target(request(kDrive, 77, 42, rdpdr::kRead, words({100, 0, 0}))));
  ChannelMessage content = words({10});
  content.resize(14);
  REQUIRE(session.answers(rdpdr::kSuccess, content));
  CHECK(session.at_target() == completion(kDrive, 42, rdpdr::kSuccess, content));
  REQUIRE(session.target(write(kDrive, 77, 43, 30)));
  CHECK(session.at_client().size() == 56 + 30);
  REQUIRE(session.answers(rdpdr::kSuccess, words({30})));
  REQUIRE(session.target(write(kDrive, 77, 43, 5)));
  REQUIRE(session.answers(0xC000007F, words({5})));  // STATUS_DISK_FULL
  REQUIRE(session.target(request(kDrive, 77, 44, rdpdr::kClose)));
  REQUIRE(session.answers(rdpdr::kSuccess));
  CHECK(session.at_target() == completion(kDrive, 44, rdpdr::kSuccess));
  REQUIRE(session.facts.size() == 2);
  CHECK((session.facts[1].what == DeviceFact::What::closed && session.facts[1].to_target == 10 && session.facts[1].to_client == 30 && session.facts[1].became.empty()));
}

TEST_CASE("what becomes of a file is in the log: made, written anew, deleted, and by which name") {
  const auto became = [](std::uint32_t disposition, std::uint32_t options, const ChannelMessage& changed) {
    BetweenBoth session = session_with(DriveAccess::full);
    REQUIRE(session.open(kDrive, 77, "\\a", kGenericWrite, disposition, options));
    if (!changed.empty()) {
      REQUIRE(session.target(changed));
      REQUIRE(session.answers(rdpdr::kSuccess));
    }
    REQUIRE(session.target(request(kDrive, 77, 2, rdpdr::kClose)));
    REQUIRE(session.answers(rdpdr::kSuccess));
    return session.facts.back().became;
  };
  CHECK(became(1, 0, {}).empty());
  CHECK(became(2, 0, {}) == "created");
  CHECK(became(5, 0, {}) == "written anew");
  CHECK(became(1, 0x1000, {}) == "deleted");
  CHECK(became(1, 0, change(77, 3, 13, {})) == "deleted");
  CHECK(became(1, 0, change(77, 3, 13, ChannelMessage(1))) == "kept");
  CHECK(became(1, 0, change(77, 3, 10, renamed_to("\\b\nc"))) == "\\b?c");
  CHECK(became(1, 0, change(77, 3, 20, ChannelMessage(8))).empty());
}

TEST_CASE("from a drive that may be read everything is read") {
  BetweenBoth session = session_with(DriveAccess::read);
  for (const std::uint32_t access : {kGenericRead, kExplorersRead, std::uint32_t{0x100080}, std::uint32_t{0x20000000}}) REQUIRE(session.open(kDrive, 77, "\\a", access));
  const std::vector<ChannelMessage> harmless{
      request(kDrive, 77, 1, rdpdr::kRead, words({1000, 0, 0})), request(kDrive, 77, 1, rdpdr::kQueryInformation, words({4, 0})), request(kDrive, 77, 1, rdpdr::kQueryVolume, words({1, 0})),
      request(kDrive, 77, 1, rdpdr::kDirectory, [] { ChannelMessage out = words({1}); append(out, 1, 1); append(out, 6, 4); return out; }(), ChannelMessage(6), rdpdr::kQueryDirectory),
      request(kDrive, 77, 1, rdpdr::kDirectory, words({0x101, 1}), {}, rdpdr::kNotifyChange), controls(kDrive, 77, 0x900A8),
      request(kDrive, 77, 1, rdpdr::kLock, words({2, 0, 1}), ChannelMessage(16)), request(kDrive, 77, 1, rdpdr::kLock, words({4, 0, 1}), ChannelMessage(16))};
  for (std::size_t i = 0; i < harmless.size(); ++i) {
    INFO(i);
    REQUIRE(session.target(harmless[i]));
    REQUIRE(session.now.to_client.size() == 1);
    CHECK(session.at_client().size() == harmless[i].size());
  }
  // As much as there is, is to read.
  REQUIRE(session.target(create(kDrive, 5, "\\a", kMaximum | 0x100000)));
  CHECK(word(session.at_client(), 24) == (kGenericRead | 0x100000));
}

TEST_CASE("on a drive that may be read nothing is changed: the target is refused, and the client does not hear of it") {
  const auto refused = [](const ChannelMessage& message) {
    BetweenBoth session = session_with(DriveAccess::read);
    REQUIRE(session.open(kDrive, 77, "\\a"));
    session.facts.clear();
    REQUIRE(session.target(message));
    CHECK(session.now.to_client.empty());
    REQUIRE_FALSE(session.at_target().empty());
    CHECK(word(session.at_target(), 4) == kDrive);
    CHECK(word(session.at_target(), 8) == word(message, 12));
    const bool noted = session.facts.size() == 1 && session.facts[0].what == DeviceFact::What::denied && session.facts[0].path == "\\a";
    const std::uint32_t major = word(message, 16);
    CHECK(noted == (major != rdpdr::kDeviceControl && major != rdpdr::kLock));
    return session.refused_with();
  };
  for (int bit = 0; bit < 32; ++bit) {
    const std::uint32_t access = std::uint32_t{1} << bit;
    constexpr std::uint32_t kReads = 1 | 8 | 0x20 | 0x80 | 0x20000 | 0x100000 | kMaximum | 0x20000000 | kGenericRead;
    INFO(bit);
    if ((access & kReads) == 0) CHECK(refused(create(kDrive, 5, "\\a", access | kGenericRead)) == rdpdr::kAccessDenied);
  }
  for (const std::uint32_t disposition : {0u, 2u, 3u, 4u, 5u, 6u, 0xFFFFFFFFu}) CHECK(refused(create(kDrive, 5, "\\a", kGenericRead, disposition)) == rdpdr::kMediaWriteProtected);
  CHECK(refused(create(kDrive, 5, "\\a", kGenericRead, 1, 0x1000)) == rdpdr::kAccessDenied);
  CHECK(refused(write(kDrive, 77, 6, 100)) == rdpdr::kMediaWriteProtected);
  CHECK(refused(change(77, 6, 10, renamed_to("\\b"))) == rdpdr::kMediaWriteProtected);
  CHECK(refused(change(77, 6, 13, {})) == rdpdr::kMediaWriteProtected);
  CHECK(refused(change(77, 6, 2, ChannelMessage(10), rdpdr::kSetVolume)) == rdpdr::kMediaWriteProtected);
  CHECK(refused(request(kDrive, 77, 6, rdpdr::kLock, words({3, 0, 1}), ChannelMessage(16))) == rdpdr::kAccessDenied);
  for (const std::uint32_t code : {0x900A4u /* FSCTL_SET_REPARSE_POINT */, 0x98208u, 0u, 0xFFFFFFFFu}) CHECK(refused(controls(kDrive, 77, code)) == rdpdr::kAccessDenied);
}

TEST_CASE("what is refused of an open file is noted once, and printers and ports are written to all the same") {
  BetweenBoth session = session_with(DriveAccess::read);
  REQUIRE(session.open(kDrive, 77, "\\a"));
  session.facts.clear();
  for (int i = 0; i < 3; ++i) REQUIRE(session.target(write(kDrive, 77, 6, 100)));
  CHECK(session.facts.size() == 1);
  session.facts.clear();
  for (const std::uint32_t device : {kPrinter, kPort}) {
    REQUIRE(session.target(request(device, 0, 1, rdpdr::kCreate, words({kGenericWrite, 0, 0, 0, 0, 3, 0, 0}))));
    REQUIRE(session.answers(rdpdr::kSuccess, words({5, 0})));
    REQUIRE(session.target(write(device, 5, 2, 4000)));
    REQUIRE(session.answers(rdpdr::kSuccess, words({4000})));
    REQUIRE(session.target(request(device, 5, 3, rdpdr::kClose)));
    REQUIRE(session.answers(rdpdr::kSuccess));
    CHECK((session.facts.back().what == DeviceFact::What::closed && session.facts.back().to_client == 4000 && session.facts.back().path.empty()));
  }
}

TEST_CASE("a smart card is used without a file, and said to be once") {
  BetweenBoth session = session_with(DriveAccess::none);
  for (int i = 0; i < 3; ++i) {
    REQUIRE(session.target(controls(kCard, 0, 0x90014, 256, 24)));
    REQUIRE(session.answers(rdpdr::kSuccess, words({0})));
  }
  REQUIRE(session.facts.size() == 1);
  CHECK((session.facts[0].what == DeviceFact::What::used && session.facts[0].kind == DeviceKind::smartcard));
}

TEST_CASE("a file that nobody has opened, or that is closed, is none") {
  BetweenBoth session = session_with(DriveAccess::full);
  for (const std::uint32_t major : {rdpdr::kRead, rdpdr::kWrite, rdpdr::kClose, rdpdr::kQueryInformation, rdpdr::kSetInformation, rdpdr::kDirectory, rdpdr::kDeviceControl, rdpdr::kLock}) {
    INFO(major);
    REQUIRE(session.target(request(kDrive, 5, 1, major)));
    CHECK(session.refused_with() == rdpdr::kInvalidHandle);
    CHECK(session.now.to_client.empty());
  }
  REQUIRE(session.open(kDrive, 77, "\\a"));
  REQUIRE(session.target(request(kDrive, 77, 1, rdpdr::kClose)));
  REQUIRE(session.now.to_client.size() == 1);
  REQUIRE(session.target(request(kDrive, 77, 2, rdpdr::kClose)));
  CHECK(session.refused_with() == rdpdr::kInvalidHandle);
  REQUIRE(session.target(request(kDrive, 77, 3, 0x1B)));
  CHECK(session.refused_with() == rdpdr::kInvalidHandle);
  REQUIRE(session.open(kDrive, 78, "\\a"));
  REQUIRE(session.target(request(kDrive, 78, 3, 0x1B)));
  CHECK(session.refused_with() == rdpdr::kNotSupported);
  REQUIRE(session.target(request(kDrive, 78, 3, rdpdr::kDirectory, {}, {}, 7)));
  CHECK(session.refused_with() == rdpdr::kNotSupported);
}

TEST_CASE("a request that is malformed or of a hostile size is cut") {
  const std::vector<ChannelMessage> hostile{
      packet(rdpdr::kRequest, words({kDrive, 77, 1, rdpdr::kCreate, 0, 1})),
      request(kDrive, 0, 1, rdpdr::kCreate, words({1, 0, 0, 0, 0, 1, 0, 0xFFFFFFFF})),
      request(kDrive, 0, 1, rdpdr::kCreate, words({1, 0, 0, 0, 0, 1, 0, 3}), ChannelMessage(4)),
      request(kDrive, 0, 1, rdpdr::kCreate, words({1, 0, 0, 0, 0, 1, 0, 6}), ChannelMessage(4)),
      request(kDrive, 77, 1, rdpdr::kWrite, words({0xFFFFFFFF, 0, 0}), ChannelMessage(4)),
      request(kDrive, 77, 1, rdpdr::kWrite, words({5, 0, 0}), ChannelMessage(4)),
      packet(rdpdr::kRequest, words({kDrive, 77, 1, rdpdr::kRead, 0, 1})),
      packet(rdpdr::kRequest, words({kDrive, 77, 1, rdpdr::kWrite, 0, 1})),
      packet(rdpdr::kRequest, words({kDrive, 77, 1, rdpdr::kQueryInformation, 0, 1})),
      packet(rdpdr::kRequest, words({kDrive, 77, 1, rdpdr::kSetInformation, 0, 1})),
      packet(rdpdr::kRequest, words({kDrive, 77, 1, rdpdr::kDirectory, rdpdr::kNotifyChange, 1})),
      packet(rdpdr::kRequest, words({kDrive, 77, 1, rdpdr::kDirectory, rdpdr::kQueryDirectory, 1, 0})),
      packet(rdpdr::kRequest, words({kDrive, 77, 1, rdpdr::kDeviceControl, 0, 1, 2})),
      packet(rdpdr::kRequest, words({kDrive, 77, 1, rdpdr::kLock, 0, 1, 2})),
      request(kDrive, 77, 1, rdpdr::kDirectory, [] { ChannelMessage out = words({1}); append(out, 1, 1); append(out, 0xFFFFFFF0, 4); return out; }(), {}, rdpdr::kQueryDirectory),
      change(77, 1, 10, [] { ChannelMessage out; append(out, 1, 2); append(out, 0xFFFFFFFF, 4); return out; }()),
      request(kDrive, 77, 1, rdpdr::kSetInformation, words({13, 0xFFFFFFFF})),
      request(kDrive, 77, 1, rdpdr::kDeviceControl, words({0, 0xFFFFFFFF, 0})),
      request(kDrive, 77, 1, rdpdr::kLock, words({1, 0, 0xFFFFFFFF})),
      request(kDrive, 77, 1, rdpdr::kLock, words({1, 0, 2}), ChannelMessage(16))};
  for (const DriveAccess drives : {DriveAccess::full, DriveAccess::read}) {
    for (std::size_t i = 0; i < hostile.size(); ++i) {
      INFO(i);
      BetweenBoth session = session_with(drives);
      REQUIRE(session.open(kDrive, 77, "\\a"));
      CHECK(cut(session.target(hostile[i])));
      CHECK(session.now.to_client.empty());
    }
  }
}

TEST_CASE("an answer that nobody asked for, of another device, twice or longer than was asked is cut") {
  BetweenBoth session = session_with(DriveAccess::full);
  REQUIRE(session.open(kDrive, 77, "\\a"));
  REQUIRE(session.target(request(kDrive, 77, 1, rdpdr::kRead, words({100, 0, 0}))));
  const std::uint32_t asked = word(session.at_client(), 12);
  const auto says = [&](const ChannelMessage& answer) {
    BetweenBoth another = session;
    const bool was_cut = cut(another.client(answer));
    CHECK(was_cut == another.now.to_target.empty());
    return was_cut;
  };
  CHECK(says(completion(kDrive, asked + 1, 0)));
  CHECK(says(completion(kPrinter, asked, 0)));
  CHECK(says(completion(kDrive, asked, 0, ChannelMessage(100 + 65))));
  CHECK_FALSE(says(completion(kDrive, asked, 0, ChannelMessage(100 + 64))));
  REQUIRE(session.client(completion(kDrive, asked, 0)));
  CHECK(says(completion(kDrive, asked, 0)));
  REQUIRE(session.target(create(kDrive, 2, "\\b")));
  CHECK(says(completion(kDrive, word(session.at_client(), 12), 0, {})));
}

TEST_CASE("a target that asks for more than anybody waits for is refused, can close what is open, and is served again afterwards") {
  BetweenBoth session = session_with(DriveAccess::full);
  REQUIRE(session.open(kDrive, 77, "\\a"));
  REQUIRE(session.target(request(kDrive, 77, 1, rdpdr::kRead, words({(4u << 20) + 1, 0, 0}))));
  CHECK(session.refused_with() == rdpdr::kInsufficientResources);
  std::vector<std::uint32_t> asked;
  for (int i = 0; i < 2; ++i) {
    REQUIRE(session.target(request(kDrive, 77, 1, rdpdr::kRead, words({4u << 20, 0, 0}))));
    asked.push_back(word(session.at_client(), 12));
  }
  REQUIRE(session.target(request(kDrive, 77, 1, rdpdr::kRead, words({1, 0, 0}))));
  CHECK(session.refused_with() == rdpdr::kInsufficientResources);
  REQUIRE(session.client(completion(kDrive, asked[0], 0xC0000001)));
  REQUIRE(session.target(request(kDrive, 77, 1, rdpdr::kRead, words({1, 0, 0}))));
  CHECK(session.now.to_client.size() == 1);
  // While the client does not read.
  REQUIRE(session.target(write(kDrive, 77, 1, 10), true));
  CHECK(session.refused_with() == rdpdr::kInsufficientResources);
  REQUIRE(session.target(request(kDrive, 77, 1, rdpdr::kClose), true));
  CHECK(session.now.to_client.size() == 1);

  BetweenBoth busy = session_with(DriveAccess::full);
  for (std::size_t i = 0; i < DeviceFilter::kMostRequests; ++i) {
    REQUIRE(busy.target(create(kDrive, 1, "\\a")));
    REQUIRE(busy.now.to_client.size() == 1);
  }
  for (const ChannelMessage& message : {create(kDrive, 1, "\\a"), request(kCard, 0, 1, rdpdr::kClose), controls(kCard, 0, 0x90014)}) {
    REQUIRE(busy.target(message));
    CHECK(busy.refused_with() == rdpdr::kInsufficientResources);
  }
}

TEST_CASE("so many files are open at a time, and a number that a client gives again is another file") {
  BetweenBoth session = session_with(DriveAccess::full);
  for (std::uint32_t id = 0; id < DeviceFilter::kMostFiles; ++id) REQUIRE(session.open(kDrive, id, "\\a"));
  REQUIRE(session.target(create(kDrive, 1, "\\a")));
  CHECK(session.refused_with() == rdpdr::kTooManyOpenedFiles);
  REQUIRE(session.target(request(kDrive, 5, 1, rdpdr::kClose)));
  REQUIRE(session.answers(rdpdr::kSuccess));
  session.facts.clear();
  REQUIRE(session.open(kDrive, 6, "\\b"));
  REQUIRE(session.facts.size() == 2);
  CHECK((session.facts[0].what == DeviceFact::What::closed && session.facts[0].path == "\\a"));
  CHECK((session.facts[1].what == DeviceFact::What::opened && session.facts[1].path == "\\b"));
}
