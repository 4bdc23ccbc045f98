// The strict profile: no part of any random secret is seen, with or without a label, and plain text stays readable.
#include <catch2/catch.hpp>

#include <fstream>
#include <functional>
#include <iterator>
#include <sstream>

#include "redaction/detectors/fold.h"
#include "tests/unit/redaction/detectors/ocr_noise.h"
#include "tests/unit/redaction/detectors/screen_of_text.h"

using namespace frostgate;
using namespace frostgate::redaction;

namespace {

constexpr int kOfEachKind = 500;

std::string file(const char* path) {
  std::ifstream in(path);
  return {std::istreambuf_iterator<char>(in), {}};
}

// What a gateway with all five languages shows: the more words, the harder.
std::shared_ptr<const Vocabulary> all_languages() {
  static const auto vocabulary = [] {
    auto made = std::make_shared<Vocabulary>();
    for (const char* name : {"american-english", "british-english", "ngerman", "french", "spanish"}) {
      const std::string list = file(("/usr/share/dict/" + std::string(name)).c_str());
      REQUIRE(list.size() > 100000);
      made->add_list(list);
    }
    return made;
  }();
  return vocabulary;
}

Detectors strict(const std::vector<std::string>& harmless = {}) {
  DetectorSettings settings;
  settings.profile = Profile::strict;
  settings.vocabulary = all_languages();
  settings.harmless = harmless;
  auto made = Detectors::make(settings);
  return std::move(made).value();
}

const std::vector<std::string>& english() {
  static const std::vector<std::string> words = [] {
    std::vector<std::string> all;
    std::istringstream in(file("/usr/share/dict/american-english"));
    for (std::string word; std::getline(in, word);)
      if (word.size() >= 3 && std::all_of(word.begin(), word.end(), is_lower)) all.push_back(word);
    return all;
  }();
  return words;
}

std::string word(Random& random) { return english()[random() % english().size()]; }

std::string capitalised(std::string text) {
  text[0] = static_cast<char>(text[0] - 'a' + 'A');
  return text;
}

std::string glued(Random& random, std::string_view glue, bool capitals) {
  std::string text;
  for (std::size_t i = 0, count = 3 + random() % 4; i < count; ++i) text += (i ? std::string(glue) : "") + (capitals ? capitalised(word(random)) : word(random));
  return text;
}

std::string uuid(Random& random) {
  std::string text = draw(random, kHex, 32);
  for (const std::size_t at : {8U, 13U, 18U, 23U}) text.insert(at, "-");
  return text;
}

std::string leet(std::string text) {
  for (char& c : text) c = c == 'a' ? '4' : c == 'e' ? '3' : c == 'o' ? '0' : c == 's' ? '$' : c;
  return text;
}

constexpr std::string_view kDigits = "0123456789";
constexpr std::string_view kLower = "abcdefghijklmnopqrstuvwxyz";
constexpr std::string_view kLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
constexpr std::string_view kBase64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view kGlue = "-_.+:/,=#!&*@~";

struct StrictKind {
  const char* name;
  std::function<std::string(Random&)> secret;
};

const StrictKind kStrictKinds[] = {
    {"alphanumeric", [](Random& r) { return draw(r, kAlnum, 8 + r() % 32); }},
    {"any symbols", [](Random& r) { return draw(r, kAny, 8 + r() % 16); }},
    {"hexadecimal", [](Random& r) { return draw(r, kHex, 8 + r() % 57); }},
    {"lower case", [](Random& r) { return draw(r, kLower, 8 + r() % 13); }},
    {"letters", [](Random& r) { return draw(r, kLetters, 8 + r() % 13); }},
    {"base32", [](Random& r) { return draw(r, kUpperDigits, 16 + r() % 17); }},
    {"base64", [](Random& r) { return draw(r, kBase64, 20 + r() % 40) + "=="; }},
    {"UUID", uuid},
    {"PIN", [](Random& r) { return draw(r, kDigits, 6 + r() % 7); }},
    {"backup code", [](Random& r) { return draw(r, kDigits, 4) + "-" + draw(r, kDigits, 4) + "-" + draw(r, kDigits, 4); }},
    {"words glued by a symbol", [](Random& r) { return glued(r, kGlue.substr(r() % kGlue.size(), 1), false); }},
    {"Words glued by a symbol", [](Random& r) { return glued(r, kGlue.substr(r() % kGlue.size(), 1), true) + draw(r, kDigits, 1); }},
    {"words glued by nothing", [](Random& r) { return glued(r, "", false); }},
    {"WordsGluedByNothing", [](Random& r) { return glued(r, "", true); }},
    {"Word and number and mark", [](Random& r) { return capitalised(word(r)) + draw(r, kDigits, 2 + r() % 3) + draw(r, "!?#$%&*.", 1); }},
    {"word and number", [](Random& r) { return word(r) + draw(r, kDigits, 2 + r() % 3); }},
    {"leet", [](Random& r) { return capitalised(leet("a" + word(r) + "e")) + draw(r, "!?#$%&*", 1); }},
};

const char* const kBefore[] = {"", "value ", "the session was opened with ", "Password: ", "| alice | ", "$ echo "};
const char* const kAfter[] = {"", " for alice", " was used", "  12:30"};

}  // namespace

TEST_CASE("strict covers every character of any random secret, with or without a label") {
  const Detectors detectors = strict();
  int secrets = 0;
  for (const StrictKind& kind : kStrictKinds) {
    Random random(20251125);
    for (int i = 0; i < kOfEachKind; ++i) {
      const char* before = kBefore[random() % std::size(kBefore)];
      Noised line = noise(random, before, kind.secret(random));
      line.text += kAfter[random() % std::size(kAfter)];
      const auto found = detectors.find(screen_of({line.text}));
      INFO(kind.name << ": " << line.text << " [" << line.first << "," << line.end << ") " << described(found));
      CHECK(covered(found, 0, line.first, line.end));
      ++secrets;
    }
  }
  CHECK(secrets >= 5000);
}

namespace {

// The parts of the text that stay visible, a space where something is covered.
std::string seen(const Detectors& detectors, const std::string& text) {
  const auto found = detectors.find(screen_of({text}));
  std::string shown = text;
  for (const Finding& f : found)
    for (std::size_t i = f.first; i < (f.to_line_end ? text.size() : f.end); ++i) shown[i] = '#';
  return shown;
}

}  // namespace

TEST_CASE("strict shows words, numbers, dates, flags and paths") {
  const Detectors detectors = strict();
  for (const char* text : {"The quick brown fox jumps over the lazy dog.", "total 48", "-rw-r--r--  1 root root 4096 Jan  2 12:30 readme.txt",
                           "sudo systemctl restart nginx", "2024-11-25T10:00:00Z error: connection refused", "cd /var/log && tail -f syslog",
                           "Datei  Bearbeiten  Ansicht  Hilfe", "Mot de passe oubli\xe9 ?", "up 3 days, load average: 0.52, 0.58, 0.59", "192.168.1.10/24 via 10.0.0.1",
                           "ls --color -la /usr/share/doc", "Save changes? [Yes] [No] [Cancel]", "10:24:05 up 12 min, 1 user", "don't", "F5  Ctrl  Alt  Del"})
    CHECK(seen(detectors, text) == text);
}

TEST_CASE("strict covers what may be torn off a doubtful token, and stops at what cannot be") {
  const Detectors detectors = strict();
  CHECK(seen(detectors, "somebody went and chose Summer 2024! there then") == "somebody went and ######################## then");
  CHECK(seen(detectors, "they took code 48 1934 today again") == "they took ################## again");
  CHECK(seen(detectors, "summer 2024") == "###########");
  CHECK(seen(detectors, "line 2024") == "line 2024");
  // The label, the command before a path and what follows a prompt or stands in another column are not more of it.
  CHECK(seen(detectors, "Password: Xy7qP2") == "Password:#######");
  CHECK(seen(detectors, "cat /etc/x9f2k/hosts") == "cat ################");
  CHECK(seen(detectors, "alice@db1:~$ cat notes.txt") == "############ cat notes.txt");
  CHECK(seen(detectors, "status    a8Kq2x    running") == "status    ######    running");
  CHECK(seen(detectors, "DB_PASSWORD=correct.horse").substr(0, 12) == "DB_PASSWORD=");
}

TEST_CASE("the policy's words are shown by strict, misread or not, and nothing that only holds them") {
  const Detectors detectors = strict({"web-01", "alice@db1:~$"});
  CHECK(seen(detectors, "alice@db1:~$ ping web-01") == "alice@db1:~$ ping web-01");
  CHECK(seen(detectors, "ping web-O1, done") == "ping web-O1, done");
  CHECK(seen(detectors, "web-01x9") == "########");
}

TEST_CASE("strict cannot be switched off, and without word lists it covers more") {
  DetectorSettings settings;
  settings.profile = Profile::strict;
  settings.enabled = {"number"};
  settings.disabled = {"label", "entropy"};
  const auto made = Detectors::make(settings);
  REQUIRE(made);
  CHECK(seen(made.value(), "Xy7qP2aa9") == "#########");
  CHECK(seen(made.value(), "hexagon sudo") == "############");
  settings.enabled = {"strict.token"};
  CHECK_FALSE(Detectors::make(settings));
}

TEST_CASE("strict covers characters that nobody could tell") {
  const Detectors detectors = strict();
  const auto found = detectors.find(std::vector{line_of(U"horse st\xFFFDple \x043F\x0440")});
  CHECK(covered(found, 0, 6, 12));
  CHECK(covered(found, 0, 13, 15));
}
