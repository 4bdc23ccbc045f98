#include "redaction/typing/typed_line.h"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

#include "tests/unit/redaction/typing/keyboard.h"

namespace frostgate::redaction {
namespace {

std::string latin(const SecretVector<char32_t>& characters) {
  std::string out;
  for (const char32_t character : characters) out.push_back(static_cast<char>(character));
  return out;
}

std::vector<std::string> lines_of(const Typist& typist) {
  TypedLine line;
  std::vector<std::string> lines;
  for (const Keystroke& keystroke : typist.keystrokes()) {
    if (const auto ended = line.key(keystroke)) lines.push_back(latin(ended->characters));
  }
  return lines;
}

using Lines = std::vector<std::string>;

}  // namespace

TEST_CASE("a line is what stands in the field when Enter comes") {
  CHECK(lines_of(Typist().text("hunter2").press(kEnter)) == Lines{"hunter2"});
  CHECK(lines_of(Typist().text("hunter3").press(kBackSpaceKey).text("2").press(kEnter)) == Lines{"hunter2"});
  CHECK(lines_of(Typist().text("unter2").press(kHomeKey).text("h").press(kEndKey).text("!").press(kEnter)) == Lines{"hunter2!"});
  CHECK(lines_of(Typist().text("hunteR2").press(kLeftKey).press(kLeftKey).press(kDeleteKey).text("r").press(kEnter)) == Lines{"hunter2"});
  CHECK(lines_of(Typist().press(kBackSpaceKey).press(kLeftKey).press(kDeleteKey).text("ab").press(kEnter)) == Lines{"ab"});
  CHECK(lines_of(Typist().press(kEnter)).empty());
}

TEST_CASE("Tab, and a control that gives up or throws away the line, end it") {
  CHECK(lines_of(Typist().text("anna").press(kTabKey).text("hunter2").press(kEnter)) == Lines{"anna", "hunter2"});
  CHECK(lines_of(Typist().text("wrong").control('u').text("right").press(kEnter)) == Lines{"wrong", "right"});
  CHECK(lines_of(Typist().text("hunter2").control('c')) == Lines{"hunter2"});
  CHECK(lines_of(Typist().text("hunter2").control('j')) == Lines{"hunter2"});
}

TEST_CASE("controls edit the line, and other chords make no text") {
  CHECK(lines_of(Typist().text("bc").control('a').text("a").control('e').text("d").press(kEnter)) == Lines{"abcd"});
  CHECK(lines_of(Typist().text("one two").control('w').text("2").press(kEnter)) == Lines{"one 2"});
  CHECK(lines_of(Typist().text("abcd").press(kLeftKey).press(kLeftKey).control('k').press(kEnter)) == Lines{"ab"});
  CHECK(lines_of(Typist().text("ab").control('v').control('l').press(kEnter)) == Lines{"ab"});
}

TEST_CASE("a Control key whose release was lost does not silence what follows") {
  TypedLine line;
  line.key({SessionTime(0), kControlKey, true});
  Typist typist(std::chrono::seconds(6));
  typist.text("hunter2");
  for (const Keystroke& keystroke : typist.keystrokes()) line.key(keystroke);
  CHECK(latin(line.text().characters) == "hunter2");
}

TEST_CASE("a line knows when it was begun and ended, and a click ends it") {
  TypedLine line;
  line.key({SessionTime(500), 'a', true});
  line.key({SessionTime(700), 'b', true});
  const auto ended = line.end(SessionTime(900));
  REQUIRE(ended);
  CHECK(ended->from == SessionTime(500));
  CHECK(ended->to == SessionTime(900));
  CHECK_FALSE(line.end(SessionTime(950)));
}

TEST_CASE("a line without end is taken in pieces") {
  Typist typist;
  typist.text(std::string(3000, 'x'));
  CHECK(lines_of(typist).size() == 2);
}

TEST_CASE("keypad digits and characters beyond Latin-1 are text") {
  TypedLine line;
  for (const std::uint32_t keysym : {0xffb1U, 0xffaeU, 0x20acU, 0x0101f600U, 0xffe1U, 0xff67U}) line.key({SessionTime(0), keysym, true});
  CHECK(line.text().characters == SecretVector<char32_t>{U'1', U'.', U'€', U'\U0001f600'});
}

}  // namespace frostgate::redaction
