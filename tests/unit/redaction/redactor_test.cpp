#include <catch2/catch.hpp>

#include <algorithm>
#include <string>
#include <vector>

#include "redaction/lines/colour.h"
#include "tests/unit/redaction/canvas.h"
#include "tests/unit/redaction/film.h"

namespace frostgate::redaction {
namespace {

constexpr Size kRedactorScreen{800, 240};
constexpr int kFirstBaseline = 100;
const std::string kLabel = "database password: ";

Frame typed(const std::string& line, int baseline = kFirstBaseline, Size screen = kRedactorScreen) {
  Canvas canvas(screen);
  canvas.text(20, baseline - 40, "Last login was on Monday from the office");
  canvas.text(20, baseline, line);
  return canvas.frame();
}

// Where the secret stands, behind the label, on its row: 14 pixels of DejaVu Sans Mono advance 8.43 pixels.
Rect secret_area(int baseline = kFirstBaseline, int characters = 12) {
  return Rect::between(20 + 160 + 3, baseline - 11, 20 + 160 + characters * 9, baseline + 4);
}

// Two films of the same events with other secrets show the same, so nothing of the secret is in them.
void require_hidden(const Film& film, const Film& twin, std::size_t state, const Rect& area) {
  INFO("state " << state);
  REQUIRE(same_pixels(film.shown[state].view(), twin.shown[state].view(), area));
}

std::vector<Frame> typing(const std::string& secret) {
  std::vector<Frame> states;
  const std::string whole = kLabel + secret;
  for (std::size_t i = 1; i <= whole.size(); ++i) states.push_back(typed(whole.substr(0, i)));
  return states;
}

}  // namespace

TEST_CASE("a secret typed at a label is covered from its first character in every state") {
  const Film film = redacted(typing("hunter2Kq9x"));
  const Film twin = redacted(typing("wombat7Zr4m"));
  REQUIRE_FALSE(film.masks.empty());
  for (std::size_t i = 0; i < film.shown.size(); ++i) require_hidden(film, twin, i, Rect::of(kRedactorScreen));
}

TEST_CASE("a secret is covered alike, however random it looks") {
  const char* kTwins[][2] = {
      {"Authorization: Basic aNA4Qz78BWlZticja6CdfFvJlkY76uV3=", "Authorization: Basic IFGHEaALg/JyAjjkqPtyYf+BIwM7dwiz="},
      {"mongodb+srv://app:gZ7*nS2QTcji6w@cluster0.example.net/shop", "mongodb+srv://app:er8xCOY#oCibQ2@cluster0.example.net/shop"},
      {"redis://:B95Umf8hGwR3BIQRIa8w@cache1:6379/0", "redis://:6ocZzwfQLjkfCpmUDtAe@cache1:6379/0"},
      {"glpat-mJ3PmJK8zfVW0kSpLGoI", "glpat-UfDfJwO0u_mngRWRBs02"},
      {"sk_live_SFkmDMYLXZoQYlvSdZA5LdCg", "sk_live_dOYvWXmG42cRe9ECEDxAplwj"},
      {"AGE-SECRET-KEY-1M4OY6BL2JZMQDKVYHNGQAFEYRP3LICDJW5QLMDMTNPBYNSFSTSPNXNT7EM", "AGE-SECRET-KEY-1CUU36QAUAP2BFHXBTSN5YCZEMF3ZQI43U7MBESTCD37JQZCVFR4JDRS3MI"},
      {"dapi77f39a5928cdf22f8b775fb83696ae66", "dapi6c22da4fda1821d3584f36e5e832a5fc"},
  };
  for (const auto& [one, other] : kTwins) {
    INFO(one << " and " << other);
    const Film film = redacted({typed(one)}), twin = redacted({typed(other)});
    REQUIRE_FALSE(film.masks.empty());
    require_hidden(film, twin, 0, Rect::of(kRedactorScreen));
  }
}

TEST_CASE("a form that a token's own letters look like does not say where the token begins") {
  const std::string token = "hvs.00zZj02SMIJNEzZ8_SYEOirjDVO";  // `hvs:00zZ:02SM...:`, as a line of .pgpass
  const Film film = redacted({typed(token)});
  const Rect body = Rect::between(20 + 5 * 8, kFirstBaseline - 11, 20 + 30 * 8, kFirstBaseline + 3);
  CHECK(std::any_of(film.masks.begin(), film.masks.end(), [&](const Mask& mask) { return mask.box.contains(body); }));
}

TEST_CASE("a token typed without a label is covered from the birth of its line") {
  const auto states = [](const std::string& token) {
    std::vector<Frame> all;
    for (std::size_t i = 4; i <= token.size(); i += 4) all.push_back(typed("  " + token.substr(0, i)));
    return all;
  };
  const Film film = redacted(states("ghp_A7dK2mQ9xW4rT6yU1pL3sD8fG5hJ0zXcVbNm"));
  REQUIRE_FALSE(film.masks.empty());
  const Rect body = Rect::between(20 + 8 * 8, kFirstBaseline - 11, 20 + 13 * 8, kFirstBaseline + 3);
  const auto covered = [&](std::size_t state) {
    const SessionTime at = kStep * static_cast<std::int64_t>(state);
    for (const Mask& mask : film.masks) {
      if (mask.from <= at && at < mask.to && mask.box.contains(body)) return true;
    }
    return false;
  };
  for (std::size_t i = 0; i < film.shown.size(); ++i) {
    INFO("state " << i);
    CHECK(covered(i));
  }
}

TEST_CASE("a secret whose mark the engine does not see at its first glance is found by another") {
  // Reads no per cent signs, at the first glance or at all.
  class Squinting final : public LineReader {
   public:
    explicit Squinting(bool always) : always_(always) {}
    Result<TextLine> read(const LineImage& image, Glance glance) override {
      TextLine line = TRY(engine_.read(image, glance));
      if (always_ || glance == Glance::usual) std::erase_if(line.characters, [](const Character& character) { return character.code == U'%'; });
      return line;
    }

   private:
    SharedEngine engine_;
    bool always_;
  };
  const auto states = [](const std::string& secret) { return std::vector{typed("smbclient -U admin%" + secret + " //files/team")}; };
  const Rect area = Rect::between(20 + 19 * 8 + 16, kFirstBaseline - 11, 20 + 30 * 8, kFirstBaseline + 4);
  const auto covered = [&](bool always) {
    const Film film = redacted(states("nUxQubWqFyR#3"), {}, std::make_unique<Squinting>(always));
    return std::any_of(film.masks.begin(), film.masks.end(), [&](const Mask& mask) { return mask.box.contains(area); });
  };
  CHECK_FALSE(covered(true));
  CHECK(covered(false));
}

TEST_CASE("colons that an engine takes for blanks or letters are judged as what the pixels have") {
  // Says `said` for each colon.
  class Colourless final : public LineReader {
   public:
    explicit Colourless(char32_t said) : said_(said) {}
    Result<TextLine> read(const LineImage& image, Glance glance) override {
      TextLine line = TRY(engine_.read(image, glance));
      if (said_ == 0) std::erase_if(line.characters, [](const Character& character) { return character.code == U':'; });
      for (Character& character : line.characters) {
        if (character.code == U':') character.code = said_;
      }
      return line;
    }

   private:
    char32_t said_;
    SharedEngine engine_;
  };
  const std::pair<std::string, std::string> kLines[] = {{"db1.example.org:5432:shop:app:", "hu1*N7svWq"}, {"Kennwort: ", "correcthorse"}, {"curl -u admin:", "nUxQubWqFyR"},
                                                        {"root:", "$6$Wq8xL2nB4kT0pYvR$5fiKIIFIWLgCoDF5Vdfg3i5ANNdAF1tqv:19700:0:99999:7:::"}};
  for (const char32_t said : {U' ', U'c', char32_t{0}}) {
    for (const auto& [public_part, secret] : kLines) {
      INFO(public_part << " with " << static_cast<unsigned>(said));
      const Film film = redacted({typed(public_part + secret)}, {}, std::make_unique<Colourless>(said));
      const int first = 20 + static_cast<int>(public_part.size() * 843 / 100) + 2, end = 20 + static_cast<int>((public_part.size() + secret.size()) * 843 / 100);
      const Rect area = Rect::between(first, kFirstBaseline - 11, std::min(end, kRedactorScreen.width), kFirstBaseline + 3);
      CHECK(std::any_of(film.masks.begin(), film.masks.end(), [&](const Mask& mask) { return mask.box.contains(area); }));
    }
  }
}

TEST_CASE("a long run that looks random at another look only is covered, unless the first one has a digest") {
  constexpr const char* kRandom = "QUdEINPK2VSmFHyYj9GTSKAMGIY/ZEOFQSBEBSENSYSR=";
  // Says `first` at the first glance and the run at the others.
  class Telling final : public LineReader {
   public:
    explicit Telling(std::string first) : first_(std::move(first)) {}
    Result<TextLine> read(const LineImage& image, Glance glance) override {
      TextLine line{image.box, {}};
      int x = image.box.x;
      for (const char c : glance == Glance::usual ? first_ : kRandom) line.characters.push_back({static_cast<unsigned char>(c), {x, image.box.y, 8, image.box.height}, 1}), x += 8;
      return line;
    }

   private:
    std::string first_;
  };
  const Frame state = typed("QDdE3WPK2VSmFHvYj9oTgKXM63Y/ZBOfQSBEB9Eh5Y9R=");
  const auto covered = [&](const std::string& first) {
    const Film film = redacted({state}, {}, std::make_unique<Telling>(first));
    return std::any_of(film.masks.begin(), film.masks.end(), [&](const Mask& mask) { return mask.box.contains(Rect::between(20, kFirstBaseline - 9, 20 + 45 * 8, kFirstBaseline + 2)); });
  };
  CHECK(covered("QUdEIWPK2X SMF Hy {IGTBKAMGIY/ ZBOFOSBEBSENSYSR="));
  CHECK_FALSE(covered("8S5a3e0cd-Sfde-440f-abcc-d5dd9183d48e"));
}

TEST_CASE("L4: a secret that is on screen for one state only is covered") {
  const auto states = [](const std::string& secret) {
    return std::vector<Frame>{typed("$ clear"), typed(kLabel + secret), typed("$ clear")};
  };
  const Film film = redacted(states("hunter2Kq9x")), twin = redacted(states("wombat7Zr4m"));
  for (std::size_t i = 0; i < 3; ++i) require_hidden(film, twin, i, Rect::of(kRedactorScreen));
}

TEST_CASE("L2: an identical repaint of a masked area stays masked and is read once") {
  const Frame state = typed(kLabel + "hunter2Kq9x"), other = typed(kLabel + "wombat7Zr4m");
  const Film film = redacted({state, state, state}), twin = redacted({other, other, other});
  for (std::size_t i = 0; i < 3; ++i) require_hidden(film, twin, i, Rect::of(kRedactorScreen));
  REQUIRE(film.report.lines_from_reader == 1);
  REQUIRE(film.report.lines_hidden == 1);
  REQUIRE(film.report.lines_from_cache == 4);
}

TEST_CASE("L3: a line drawn in two halves is covered in the first half too") {
  const auto states = [](const std::string& secret) {
    const Frame before = typed(""), after = typed(kLabel + secret);
    std::vector<Frame> all{before};
    for (int cut = kFirstBaseline - 9; cut < kFirstBaseline + 3; cut += 2) {
      Frame half = before;
      half.copy_from(after.view(), Rect::between(0, 0, kRedactorScreen.width, cut));
      all.push_back(half);
      all.push_back(after);
      all.push_back(before);
    }
    return all;
  };
  const Film film = redacted(states("hunter2Kq9x")), twin = redacted(states("wombat7Zr4m"));
  for (std::size_t i = 0; i < film.shown.size(); ++i) require_hidden(film, twin, i, secret_area());
}

TEST_CASE("a secret that scrolls is covered wherever it is") {
  const auto states = [](const std::string& secret) {
    std::vector<Frame> all;
    for (int baseline = 200; baseline >= 72; baseline -= 16) all.push_back(typed(kLabel + secret, baseline));
    return all;
  };
  const Film film = redacted(states("hunter2Kq9x")), twin = redacted(states("wombat7Zr4m"));
  for (std::size_t i = 0; i < film.shown.size(); ++i) require_hidden(film, twin, i, Rect::of(kRedactorScreen));
}

TEST_CASE("other text in the same cells does not inherit a mask, but for one state, since it may have come in part") {
  const Frame after = typed("branch = main, workers = 4, all of it harmless");
  const Film film = redacted({typed("export TOKEN=ghp_A7dK2mQ9xW4rT6yU1pL3sD8fG5hJ0zXcVbNm"), after, after});
  REQUIRE_FALSE(film.masks.empty());
  REQUIRE(same_pixels(film.shown[2].view(), after.view(), Rect::of(kRedactorScreen)));
}

TEST_CASE("a mask leaves the rows above and below as they were, and every secret is counted once") {
  Canvas canvas({800, 160});
  constexpr int kPitch = 17;
  canvas.text(20, 60 - kPitch, "SMTP_USER=mailer (pqgjy)", 13.3333);
  canvas.text(20, 60, "SMTP_PASSWORD=Kq9x/j_hunter2", 13.3333);
  canvas.text(20, 60 + kPitch, "[LOG] fields: {debug|all}", 13.3333);
  const Film film = redacted({canvas.frame(), canvas.frame()});
  REQUIRE(film.masks.size() == 1);
  const Rect above = Rect::between(0, 0, 800, 60 - kPitch + 4), below = Rect::between(0, 60 + kPitch - 11, 800, 160);
  REQUIRE(same_pixels(film.shown[0].view(), canvas.view(), above));
  REQUIRE(same_pixels(film.shown[0].view(), canvas.view(), below));
}

TEST_CASE("the cursor behind a typed secret is covered to the last row of its cell") {
  const auto state = [](int cursor) {
    Canvas canvas({800, 160});
    canvas.text(24, 60, "Password for app@db1.example.org: ", 13.3333);
    canvas.rectangle({24 + 34 * 8 + cursor * 8, 60 - 13, 8, 17}, {0.13, 0.13, 0.13});
    return canvas.frame();
  };
  const Film film = redacted({state(0), state(3), state(9)});
  REQUIRE_FALSE(film.masks.empty());
  for (const std::size_t i : {1U, 2U}) {
    INFO("state " << i);
    CHECK(same_pixels(film.shown[0].view(), film.shown[i].view(), Rect::of({800, 160})));
  }
}

TEST_CASE("a box up to a window's edge stays in the window and has its colour") {
  const Ink desktop{0.23, 0.33, 0.44};
  Canvas canvas({800, 160}, desktop);
  const Rect window{21, 20, 700, 120};
  canvas.rectangle(window, kPaper);
  canvas.text(24, 60, "-----BEGIN PRIVATE KEY-----", 13.3333);
  canvas.text(24, 77, "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj", 13.3333);
  canvas.text(24, 94, "MzEfYyjiWA4R4/M2bS1GB4t7NXp98C3SC6dVMvDuictGeurT8jNbvJZHtCSuYEvu", 13.3333);
  const Film film = redacted({canvas.frame()});
  REQUIRE_FALSE(film.masks.empty());
  for (const Mask& mask : film.masks) CHECK(window.contains(mask.box));
  const FrameView shown = film.shown[0].view();
  for (const int x : {24, 300, 700}) {
    for (const int y : {72, 90}) CHECK(distance(colour_of(shown.at(x, y)), 0xFFFFFF) < 80);
  }
}

TEST_CASE("L22: a resize with a secret on screen leaves it covered") {
  const auto states = [](const std::string& secret) {
    return std::vector<Frame>{typed(kLabel + secret), typed(kLabel + secret, 140, {640, 300})};
  };
  const Film film = redacted(states("hunter2Kq9x")), twin = redacted(states("wombat7Zr4m"));
  require_hidden(film, twin, 0, Rect::of(kRedactorScreen));
  require_hidden(film, twin, 1, Rect::of({640, 300}));
}

TEST_CASE("harmless text is shown as it was") {
  const Frame state = typed("the build finished without errors");
  const Film film = redacted({state});
  REQUIRE(film.masks.empty());
  REQUIRE(film.unread.empty());
  REQUIRE(same_pixels(film.shown[0].view(), state.view(), Rect::of(kRedactorScreen)));
  REQUIRE(film.report.status == RedactionStatus::clean);
}

TEST_CASE("text too small to be read is covered, unless the region says that it may be shown") {
  Canvas canvas(kRedactorScreen);
  canvas.text(40, 80, "hunter2Kq9x wombat7Zr4m zebra5Lp", 4.5);
  const Film film = redacted({canvas.frame()});
  REQUIRE_FALSE(film.unread.empty());
  RedactionPolicy policy;
  policy.regions.push_back({.name = "status bar", .unit = RegionUnit::percent, .width = 100, .height = 100, .redact = false, .unreadable = Unreadable::show});
  REQUIRE(same_pixels(redacted({canvas.frame()}, policy).shown[0].view(), canvas.view(), Rect::of(kRedactorScreen)));
}

TEST_CASE("a region that the policy redacts never shows what is in it") {
  RedactionPolicy policy;
  policy.regions.push_back({.name = "notes", .x = 10, .y = 80, .width = 400, .height = 40});
  const Film film = redacted({typed("the build finished without errors")}, policy);
  const Film twin = redacted({typed("the tests passed on the old branch")}, policy);
  REQUIRE(same_pixels(film.shown[0].view(), twin.shown[0].view(), {10, 80, 400, 40}));
}

TEST_CASE("a frame that comes with an impossible time fails the recording") {
  auto redactor = Redactor::make({}, make_tesseract_reader({}).value(), Detectors::make({}).value(), {});
  const Frame state = typed("hello");
  REQUIRE(redactor->observe({kStep, state.view(), {}}));
  REQUIRE_FALSE(redactor->observe({SessionTime(0), state.view(), {}}));
  REQUIRE_FALSE(redactor->finish(kStep));
}

}  // namespace frostgate::redaction
