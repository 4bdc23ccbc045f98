#include "gateway/relay/paste_gate.h"

#include <atomic>
#include <catch2/catch.hpp>
#include <string>
#include <thread>
#include <vector>

#include "gateway/relay/picture.h"
#include "storage/crypto/hex.h"
#include "tests/unit/bytes_of.h"

using namespace frostgate;
using namespace frostgate::relay;
using copied::Kind;
using What = PasteGate::Passed::What;

namespace {

using Bytes = std::vector<std::byte>;

copied::Kinds kinds(std::initializer_list<Kind> those) {
  copied::Kinds out;
  for (const Kind one : those) out.set(one);
  return out;
}

Bytes word(std::uint64_t value, int size = 4) {
  Bytes out;
  for (int i = 0; i < size; ++i) out.push_back(static_cast<std::byte>(value >> (8 * i) & 0xFF));
  return out;
}
Bytes operator+(Bytes a, const Bytes& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

Bytes dib(std::uint32_t width, std::int32_t height, int bits = 24, std::uint32_t compression = 0, std::uint32_t head = 40) {
  Bytes out = word(head) + word(width) + word(static_cast<std::uint32_t>(height)) + word(1, 2) + word(static_cast<unsigned>(bits), 2) + word(compression) + Bytes(20);
  out.resize(head + (compression == 3 && head == 40 ? 12u : 0u) + (bits <= 8 ? 4u << bits : 0u));
  out.resize(out.size() + (width * static_cast<unsigned>(bits) + 31) / 32 * 4 * static_cast<std::uint32_t>(std::abs(height)));
  return out;
}

ListedFile listed(const std::string& name, std::uint64_t size) { return {.name = name, .attributes = 0x20, .written = 1, .size = size}; }

// A gate and what comes out of it.
struct Gate {
  std::vector<copied::Item> client, target;
  std::vector<PasteGate::Passed> passed;
  std::vector<std::string> refused;
  bool locked = false;
  PasteGate::Clock::time_point now{};
  PasteGate gate{{.to_client = [this](copied::Item item) { client.push_back(std::move(item)); },
                  .to_target = [this](copied::Item item) { target.push_back(std::move(item)); },
                  .locked = [this] { return locked; },
                  .passed = [this](const PasteGate::Passed& it) { passed.push_back(it); },
                  .refused = [this](bool to_target, std::string_view what, std::string_view why) {
                    refused.push_back((to_target ? "to target " : "to client ") + std::string(what) + ": " + std::string(why));
                  }}};

  explicit Gate(PasteGate::Terms to_target = {true, true}, PasteGate::Terms to_client = {true, true}, bool spoken = true) { gate.open(to_target, to_client, spoken); }
  void by_client(copied::Item item) { gate.from_client(std::move(item), now); }
  void by_target(copied::Item item) { gate.from_target(std::move(item), now); }
  template <class Item>
  Item last(std::vector<copied::Item>& of) {
    REQUIRE_FALSE(of.empty());
    REQUIRE(std::holds_alternative<Item>(of.back()));
    Item item = std::get<Item>(std::move(of.back()));
    of.clear();
    return item;
  }

  // The client has copied these files, and the target has been told.
  void client_copies(const std::vector<ListedFile>& files, std::uint32_t copy = 1) {
    by_client(copied::Offer{copy, kinds({Kind::files}), false});
    by_target(copied::Wish{copy, Kind::files});
    Bytes list = write_file_list(files);
    const std::size_t length = list.size();
    by_client(copied::Content{{copy, Kind::files}, std::move(list), length});
    client.clear();
    target.clear();
  }
  // What the target gets that asks for a piece which the client has.
  std::optional<Bytes> reads(std::uint32_t file, std::uint64_t from, std::uint32_t length, const std::optional<Bytes>& has, std::uint32_t copy = 1, std::optional<std::uint32_t> lock = {}) {
    by_target(copied::PieceWish{.stream = 77, .copy = copy, .file = file, .size = false, .from = from, .length = length, .lock = lock});
    if (!client.empty()) by_client(copied::Piece{last<copied::PieceWish>(client).stream, has});
    const auto piece = last<copied::Piece>(target);
    CHECK(piece.stream == 77);
    return piece.bytes;
  }
};

std::string digest(const std::string& text) { return storage::to_hex(storage::Sha256::of(bytes_of(text))); }

}  // namespace

TEST_CASE("a list of files is read as it was written, and refused where a name may lead out of the folder") {
  const std::vector<ListedFile> files{listed("Grüße 漢字.txt", (std::uint64_t{7} << 32) + 5), {.name = "folder", .attributes = 0x10, .written = {}, .size = {}}, listed("folder\\a.txt", 0), listed("..a..b", 1)};
  const Bytes list = write_file_list(files);
  REQUIRE(list.size() == 4 + 4 * 592);
  const auto read = read_file_list(list);
  REQUIRE(read);
  CHECK(read.value() == files);
  CHECK(read.value()[1].folder());
  for (const char* name : {"", "..", ".", "...", ".. ", "a\\..\\b", "..\\b", "\\a", "a\\", "a\\\\b", "C:\\a", "C:a", "a:b", "/etc/passwd", "a/b", "a\nb", "\\\\host\\share"}) {
    CAPTURE(name);
    const auto outside = read_file_list(write_file_list(std::vector{listed("harmless", 1), listed(name, 1)}));
    REQUIRE_FALSE(outside);
    CHECK(outside.error().kind == ErrorKind::denied);
  }
  // More files than there are bytes for, or than anybody copies; none.
  for (const Bytes& broken : {Bytes(), Bytes(3), word(0) + Bytes(592), word(2) + Bytes(2 * 592 - 1), word(0xFFFFFFFF) + Bytes(592), word(10'001) + Bytes(592 * 10'001)}) CHECK_FALSE(read_file_list(broken));
  CHECK(read_file_list(write_file_list(std::vector(10'000, listed("a", 1)))));
}

TEST_CASE("a picture's head is held against its length") {
  const auto size_of = [](Kind kind, const Bytes& bytes) {
    const auto picture = read_picture(kind, bytes);
    return picture ? picture.value().size : Size{};
  };
  CHECK(size_of(Kind::dib, dib(3, 2)) == Size{3, 2});
  CHECK(size_of(Kind::dib, dib(3, -2, 32, 3)) == Size{3, 2});
  CHECK(size_of(Kind::dib, dib(17, 5, 1)) == Size{17, 5});
  CHECK(size_of(Kind::dib_v5, dib(640, 480, 32, 3, 124)) == Size{640, 480});
  CHECK(size_of(Kind::dib_v5, dib(3, 2)).empty());
  for (const Bytes& bad : {dib(0, 2), dib(3, 0), dib(3, 2, 7), dib(3, 2, 24, 1), dib(3, 2, 24, 5), dib(3, 2, 24, 0, 64), Bytes(39), dib(3, 2) + Bytes(70'000)}) CHECK(size_of(Kind::dib, bad).empty());
  Bytes cut = dib(300, 200);
  cut.pop_back();
  CHECK(size_of(Kind::dib, cut).empty());
  Bytes huge = dib(3, 2);
  for (std::size_t i = 4; i < 12; ++i) huge[i] = std::byte{0xFF};  // -1 by -1
  CHECK(size_of(Kind::dib, huge).empty());
  huge[7] = std::byte{0x7F};
  CHECK(size_of(Kind::dib, huge).empty());
  const Bytes png = bytes_of(std::string("\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\1\0\0\0\0\x10\x08\6\0\0\0\0\0\0\0", 33));
  CHECK(size_of(Kind::png, png) == Size{256, 16});
  CHECK(read_picture(Kind::png, png).value().bits == 32);
  for (std::size_t length = 0; length < png.size(); ++length) CHECK(size_of(Kind::png, Bytes(png.begin(), png.begin() + static_cast<std::ptrdiff_t>(length))).empty());
}

TEST_CASE("nothing but text passes where the policy does not say so, and that is told once for each kind") {
  Gate gate({}, {});
  for (std::uint32_t copy = 1; copy < 4; ++copy) {
    gate.by_client(copied::Offer{copy, kinds({Kind::dib, Kind::files}), false});
    CHECK_FALSE(gate.last<copied::Offer>(gate.target).kinds.any());
    gate.by_target(copied::Wish{copy, Kind::dib});
    CHECK_FALSE(gate.last<copied::Content>(gate.target).bytes);
    gate.by_target(copied::PieceWish{.stream = 1, .copy = copy, .length = 10, .lock = {}});
    CHECK_FALSE(gate.last<copied::Piece>(gate.target).bytes);
    gate.by_target(copied::Lock{1, copy, true});
  }
  CHECK(gate.client.empty());
  CHECK(gate.refused == std::vector<std::string>{"to target a picture: by the policy; told once", "to target files: by the policy; told once"});
  // With text beside it nobody misses the picture.
  Gate quiet({}, {});
  quiet.by_target(copied::Offer{1, kinds({Kind::dib}), true});
  CHECK(quiet.refused.empty());
}

TEST_CASE("each direction and each kind has its own term") {
  Gate gate({.images = true, .files = false}, {.images = false, .files = true});
  gate.by_client(copied::Offer{1, kinds({Kind::dib, Kind::png, Kind::files}), false});
  CHECK(gate.last<copied::Offer>(gate.target).kinds == kinds({Kind::dib, Kind::png}));
  gate.by_target(copied::Offer{1, kinds({Kind::dib, Kind::png, Kind::files}), false});
  CHECK(gate.last<copied::Offer>(gate.client).kinds == kinds({Kind::files}));
  CHECK(gate.refused == std::vector<std::string>{"to target files: by the policy; told once", "to client a picture: by the policy; told once"});
}

TEST_CASE("where one side has no clipboard but for text, and while the input is locked, nothing else goes, and it is told why") {
  Gate vnc({true, true}, {true, true}, false);
  vnc.by_client(copied::Offer{1, kinds({Kind::dib}), false});
  CHECK_FALSE(vnc.last<copied::Offer>(vnc.target).kinds.any());
  CHECK(vnc.refused == std::vector<std::string>{"to target a picture: only text goes to and from VNC; told once"});
  Gate gate;
  gate.by_client(copied::Offer{1, kinds({Kind::dib}), false});
  CHECK(gate.last<copied::Offer>(gate.target).kinds.any());
  gate.locked = true;
  gate.by_target(copied::Wish{1, Kind::dib});
  CHECK_FALSE(gate.last<copied::Content>(gate.target).bytes);
  gate.by_client(copied::Offer{2, kinds({Kind::dib}), false});
  CHECK_FALSE(gate.last<copied::Offer>(gate.target).kinds.any());
  CHECK(gate.refused == std::vector<std::string>{"to target a picture: while the input is locked; told once"});
  gate.by_target(copied::Offer{1, kinds({Kind::dib}), false});
  CHECK(gate.last<copied::Offer>(gate.client).kinds.any());
}

TEST_CASE("a picture passes whole when somebody pastes it, with its size and digest noted, and not when it cannot be one") {
  Gate gate;
  const Bytes picture = dib(640, -480, 32);
  gate.by_target(copied::Offer{5, kinds({Kind::dib}), false});
  gate.client.clear();
  CHECK(gate.target.empty());  // nothing is fetched before
  gate.by_client(copied::Wish{5, Kind::dib});
  const auto wish = gate.last<copied::Wish>(gate.target);
  gate.by_target(copied::Content{wish, picture, picture.size()});
  CHECK(gate.last<copied::Content>(gate.client).bytes == picture);
  REQUIRE(gate.passed.size() == 1);
  CHECK((gate.passed[0].what == What::picture && !gate.passed[0].to_target && gate.passed[0].size == Size{640, 480} && gate.passed[0].bytes == picture.size()));
  CHECK(gate.passed[0].sha256 == storage::to_hex(storage::Sha256::of(picture)));

  const auto kept_back = [&](Bytes bytes, std::size_t length) {
    gate.by_client(copied::Wish{5, Kind::dib});
    gate.target.clear();
    gate.by_target(copied::Content{{5, Kind::dib}, std::move(bytes), length});
    return !gate.last<copied::Content>(gate.client).bytes;
  };
  CHECK(kept_back(bytes_of("no picture"), 10));
  CHECK(kept_back(picture, std::size_t{4} << 30));
  CHECK(kept_back(Bytes(copied::kLongestPicture + 1), copied::kLongestPicture + 1));
  CHECK(gate.refused == std::vector<std::string>{"to client a picture: no picture that could be shown", "to client a picture: too long: 4294967296 bytes", "to client a picture: too long: 33554433 bytes"});
  // Of an earlier copy, or of a kind that it has not.
  for (const copied::Wish& other : {copied::Wish{4, Kind::dib}, copied::Wish{5, Kind::png}, copied::Wish{5, Kind::files}}) {
    gate.by_client(other);
    CHECK(gate.target.empty());
    CHECK_FALSE(gate.last<copied::Content>(gate.client).bytes);
  }
}

TEST_CASE("a file that is read from beginning to end is noted with its name, size and digest; one that is read otherwise is said to be") {
  Gate gate;
  gate.client_copies({listed("a.txt", 10), listed("b.txt", 10), listed("empty", 0), listed("c.txt", 4)});
  REQUIRE(gate.passed.size() == 1);
  CHECK((gate.passed[0].what == What::files && gate.passed[0].to_target && gate.passed[0].count == 4 && gate.passed[0].bytes == 24 && gate.passed[0].name == "a.txt, b.txt, empty, c.txt"));
  gate.passed.clear();
  CHECK(gate.reads(0, 0, 6, bytes_of("012345")) == bytes_of("012345"));
  CHECK(gate.passed.empty());
  CHECK(gate.reads(0, 6, 100, bytes_of("6789")) == bytes_of("6789"));  // no more than there is
  REQUIRE(gate.passed.size() == 1);
  CHECK((gate.passed[0].what == What::file && gate.passed[0].name == "a.txt" && gate.passed[0].bytes == 10 && gate.passed[0].sha256 == digest("0123456789")));
  CHECK(gate.reads(0, 10, 100, std::nullopt) == Bytes());  // its end: nobody is asked
  CHECK(gate.reads(2, 0, 100, std::nullopt) == Bytes());
  REQUIRE(gate.passed.size() == 2);
  CHECK((gate.passed[1].name == "empty" && gate.passed[1].sha256 == digest("")));
  // Some programs look at a file's beginning first.
  CHECK(gate.reads(3, 0, 2, bytes_of("ab")));
  CHECK(gate.reads(3, 0, 4, bytes_of("abcd")));
  REQUIRE(gate.passed.size() == 3);
  CHECK(gate.passed[2].sha256 == digest("abcd"));
  CHECK(gate.reads(1, 5, 5, bytes_of("56789")));
  CHECK(gate.reads(1, 0, 5, bytes_of("01234")));
  CHECK(gate.passed.size() == 3);
  gate.by_client(copied::Offer{2, {}, true});
  REQUIRE(gate.passed.size() == 4);
  CHECK((gate.passed[3].what == What::pieces && gate.passed[3].name == "b.txt" && gate.passed[3].bytes == 10 && gate.passed[3].sha256.empty()));
}

TEST_CASE("nothing is read of a file that is not in the list, beyond its end, of a folder, or of an earlier copy, unless that was kept") {
  Gate gate;
  gate.client_copies({listed("a.txt", 10), {.name = "folder", .attributes = 0x10, .written = {}, .size = {}}});
  const auto asked = [&](copied::PieceWish wish) {
    wish.stream = 9;
    gate.by_target(wish);
    if (gate.client.empty()) {
      CHECK_FALSE(gate.last<copied::Piece>(gate.target).bytes);
      return false;
    }
    gate.by_client(copied::Piece{gate.last<copied::PieceWish>(gate.client).stream, std::nullopt});
    gate.target.clear();
    return true;
  };
  CHECK(asked({.copy = 1, .file = 0, .length = 5, .lock = {}}));
  CHECK_FALSE(asked({.copy = 1, .file = 2, .length = 5, .lock = {}}));
  CHECK_FALSE(asked({.copy = 1, .file = 0xFFFFFFFF, .length = 5, .lock = {}}));
  CHECK_FALSE(asked({.copy = 1, .file = 1, .length = 5, .lock = {}}));
  CHECK_FALSE(asked({.copy = 1, .file = 0, .from = 11, .length = 5, .lock = {}}));
  CHECK_FALSE(asked({.copy = 1, .file = 0, .from = ~std::uint64_t{0}, .length = 5, .lock = {}}));
  CHECK_FALSE(asked({.copy = 2, .file = 0, .length = 5, .lock = {}}));
  gate.by_target(copied::Lock{4, 1, true});
  CHECK(gate.last<copied::Lock>(gate.client).on);
  gate.by_client(copied::Offer{2, {}, true});
  CHECK_FALSE(asked({.copy = 1, .file = 0, .length = 5, .lock = {}}));
  CHECK(asked({.copy = 2, .file = 0, .length = 5, .lock = 4}));
  CHECK_FALSE(asked({.copy = 2, .file = 0, .length = 5, .lock = 5}));
  gate.by_target(copied::Lock{4, 1, false});
  gate.client.clear();
  CHECK_FALSE(asked({.copy = 2, .file = 0, .length = 5, .lock = 4}));
}

TEST_CASE("of a file's side no more is taken than was asked for, and of the other no more questions at a time than there is room for") {
  Gate gate;
  gate.client_copies({listed("large", std::uint64_t{1} << 40)});
  CHECK_FALSE(gate.reads(0, 0, 4, bytes_of("12345")));
  CHECK_FALSE(gate.reads(0, 0, 4, std::nullopt));
  CHECK(gate.reads(0, 0, 4, bytes_of("123")) == bytes_of("123"));
  gate.by_client(copied::Piece{12345, bytes_of("unasked")});
  CHECK(gate.target.empty());
  const auto ask = [&](std::uint32_t stream, std::uint32_t length) {
    gate.by_target(copied::PieceWish{.stream = stream, .copy = 1, .length = length, .lock = {}});
    const bool asked = !gate.client.empty();
    if (asked) CHECK(gate.last<copied::PieceWish>(gate.client).length <= copied::kLongestPiece);
    gate.target.clear();
    return asked;
  };
  // Sixteen megabytes at a time.
  std::uint32_t streams = 0;
  while (ask(100 + streams, 0xFFFFFFFF)) REQUIRE(++streams < 100);
  CHECK(streams == 16);
  CHECK_FALSE(ask(100, 1));
  // A size is eight bytes.
  Gate other;
  other.client_copies({listed("a", 5)});
  for (const std::size_t size : {7u, 8u, 9u}) {
    other.by_target(copied::PieceWish{.stream = 1, .copy = 1, .size = true, .length = 8, .lock = {}});
    other.by_client(copied::Piece{other.last<copied::PieceWish>(other.client).stream, Bytes(size)});
    CHECK(other.last<copied::Piece>(other.target).bytes.has_value() == (size == 8));
  }
}

TEST_CASE("what the client has copied is offered to a target that comes later or again, and what an earlier one had is gone") {
  Gate gate;
  gate.by_client(copied::Offer{3, kinds({Kind::dib}), false});
  gate.by_target(copied::Offer{8, kinds({Kind::files}), false});
  gate.target.clear();
  gate.by_client(copied::PieceWish{.stream = 2, .copy = 8, .length = 10, .lock = {}});
  gate.client.clear();
  gate.gate.open({true, true}, {true, true}, true);
  CHECK_FALSE(gate.last<copied::Offer>(gate.client).kinds.any());
  CHECK(gate.target.empty());
  gate.gate.offer_again();
  CHECK(gate.last<copied::Offer>(gate.target).kinds == kinds({Kind::dib}));
}

TEST_CASE("of a copy of very many files the first are noted, and then how many more there were") {
  Gate gate;
  gate.client_copies(std::vector(1000, listed("a", 1)));
  for (std::uint32_t file = 0; file < 1000; ++file) REQUIRE(gate.reads(file, 0, 1, bytes_of("x")));
  CHECK(gate.passed.size() == 200);
  gate.now += std::chrono::seconds(61);
  REQUIRE(gate.reads(0, 0, 1, bytes_of("x")));
  REQUIRE(gate.passed.size() == 202);
  CHECK((gate.passed[200].what == What::more && gate.passed[200].count == 801));
  gate.gate.close();
  CHECK(gate.passed.size() == 202);
}

TEST_CASE("both sides may speak at a time") {
  int passed = 0, refused = 0;
  std::atomic<int> sent = 0;
  PasteGate gate({.to_client = [&](const copied::Item&) { ++sent; },
                  .to_target = [&](const copied::Item&) { ++sent; },
                  .locked = [] { return false; },
                  .passed = [&](const PasteGate::Passed&) { ++passed; },
                  .refused = [&](bool, std::string_view, std::string_view) { ++refused; }});
  gate.open({true, true}, {true, true}, true);
  const auto speak = [&](bool client) {
    for (std::uint32_t copy = 1; copy < 500; ++copy) {
      const auto say = [&](copied::Item item) { client ? gate.from_client(std::move(item), {}) : gate.from_target(std::move(item), {}); };
      say(copied::Offer{copy, kinds({Kind::dib, Kind::files}), false});
      Bytes list = write_file_list(std::vector{listed("a", 1)});
      say(copied::Content{{copy, Kind::files}, list, list.size()});
      say(copied::Wish{copy, Kind::dib});
      say(copied::PieceWish{.stream = copy, .copy = copy, .length = 1, .lock = {}});
      say(copied::Piece{copy, Bytes(1)});
      say(copied::Lock{copy, copy, true});
      say(copied::Lock{copy, copy, false});
    }
  };
  std::thread client([&] { speak(true); }), target([&] { speak(false); });
  client.join();
  target.join();
  gate.close();
  CHECK(passed > 0);
  CHECK(sent > 2 * 499);
}
