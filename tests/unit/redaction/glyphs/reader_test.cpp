#include <catch2/catch.hpp>

#include <algorithm>
#include <string>
#include <vector>

#include "redaction/glyphs/glyph_line.h"
#include "redaction/glyphs/glyph_reader.h"
#include "redaction/lines/line_image.h"
#include "redaction/tesseract/tesseract_reader.h"
#include "tests/unit/redaction/canvas.h"

namespace frostgate::redaction {
namespace {

constexpr int kLeft = 20;
constexpr int kBaseline = 40;
constexpr int kPitch = 8;  // of DejaVu Sans Mono in 13 pixels

// Says what is written, as an engine that is always right would, and counts how much it was asked for.
class Oracle final : public LineReader {
 public:
  std::string written;
  bool parts_marks = false;  // puts a space before and behind each
  int calls = 0;
  int columns = 0;

  Result<TextLine> read(const LineImage& image, Glance) override {
    ++calls;
    columns += image.box.width;
    TextLine line{image.box, {}};
    for (std::size_t i = 0; i < written.size(); ++i) {
      const int left = kLeft + static_cast<int>(i) * kPitch;
      if (left + kPitch / 2 < image.box.x || left + kPitch / 2 >= image.box.right()) continue;
      if (line.characters.empty() && written[i] == ' ') continue;
      const bool parted = parts_marks && written[i] == ':';
      if (parted) line.characters.push_back({U' ', {left - 1, image.box.y, 2, image.box.height}, 1});
      line.characters.push_back({static_cast<char32_t>(written[i]), {left, image.box.y, kPitch, image.box.height}, 0.9F});
      if (parted) line.characters.push_back({U' ', {left + kPitch - 1, image.box.y, 2, image.box.height}, 1});
    }
    return line;
  }
};

struct Desk {
  Oracle* oracle = new Oracle;
  GlyphReader reader{ReaderPtr(oracle), GlyphAtlas()};

  static LineImage image(const std::string& text) {
    Canvas canvas({1000, 80});
    for (std::size_t i = 0; i < text.size(); ++i) canvas.text(kLeft + static_cast<int>(i) * kPitch, kBaseline, text.substr(i, 1), 13);
    LineBox whole;
    for (const LineBox& line : find_lines(canvas.view(), Rect::of({1000, 80}))) whole = {whole.box.united(line.box), line.background};
    return normalised(canvas.view(), whole);
  }
  GlyphReading read(const std::string& text) {
    oracle->written = text;
    oracle->calls = oracle->columns = 0;
    return reader.read(image(text)).value();
  }
  void teach(const std::vector<std::string>& texts) {
    for (const std::string& text : texts) REQUIRE(reader.learn(*read(text).lesson));
  }
};

std::string text_of(const GlyphReading& reading) {
  std::string out;
  for (const Character& character : reading.text.characters) out += character.code < 128 ? static_cast<char>(character.code) : '?';
  return out;
}

const std::vector<std::string> kPangrams = {
    "the quick brown fox jumps over a lazy dog", "a lazy dog jumps over the quick brown fox", "how vexingly quick daft zebras jump",
    "quick zephyrs blow, vexing daft jim", "the five boxing wizards jump quickly", "sphinx of black quartz judge my vow",
    "pack my box with five dozen liquor jugs"};

}  // namespace

TEST_CASE("what an engine read a few times is read by the atlas alone") {
  Desk desk;
  desk.teach(kPangrams);
  const GlyphReading reading = desk.read("my fox judges five lazy zebras");
  CHECK(text_of(reading) == "my fox judges five lazy zebras");
  CHECK(desk.oracle->calls == 0);
  CHECK_FALSE(reading.lesson->by_engine);
  for (std::size_t i = 0; i < reading.text.characters.size(); ++i) {
    INFO(i);
    const Rect& box = reading.text.characters[i].box;
    CHECK(box.x >= kLeft + static_cast<int>(i) * kPitch - 2);
    CHECK(box.right() <= kLeft + static_cast<int>(i + 1) * kPitch + 2);
  }
}

TEST_CASE("other colours are read with the same glyphs") {
  Desk desk;
  desk.teach(kPangrams);
  Canvas canvas({1000, 80}, {0.1, 0.1, 0.3});
  const std::string text = "boxing wizards";
  for (std::size_t i = 0; i < text.size(); ++i) canvas.text(kLeft + static_cast<int>(i) * kPitch, kBaseline, text.substr(i, 1), 13, {0.9, 0.9, 0.6});
  const std::vector<LineBox> lines = find_lines(canvas.view(), Rect::of({1000, 80}));
  REQUIRE(lines.size() == 1);
  const auto reading = desk.reader.read_without_engine(normalised(canvas.view(), lines.front()));
  REQUIRE(reading);
  CHECK(text_of(*reading) == text);
}

TEST_CASE("only the words with unknown glyphs go to the engine, and the known glyphs stay") {
  Desk desk;
  desk.teach(kPangrams);
  const GlyphReading reading = desk.read("the quick brown Q27 over the dog");
  CHECK(text_of(reading) == "the quick brown Q27 over the dog");
  CHECK(desk.oracle->calls == 1);
  CHECK(desk.oracle->columns < 5 * kPitch);
  CHECK(reading.lesson->by_engine);
}

TEST_CASE("on a grid, a space is a cell without ink, whatever the engine says") {
  Desk desk;
  desk.oracle->parts_marks = true;
  CHECK(text_of(desk.read("db1.example.org:5432:shop:app:quiet is here")) == "db1.example.org:5432:shop:app:quiet is here");
}

TEST_CASE("in proportional type a space is wider than what letters have around them, and no grid takes it away") {
  // Says each letter where it stands, and a space wherever anything parts two of them.
  class Parting final : public LineReader {
   public:
    std::string written;
    Result<TextLine> read(const LineImage& image, Glance) override {
      TextLine line{image.box, {}};
      std::size_t at = 0;
      int left = -1, end = 0;
      for (int x = 0; x <= image.box.width; ++x) {
        const bool ink = x < image.box.width && !blank_column(image, x);
        if (ink && left < 0) {
          if (!line.characters.empty() && x - end >= 2) line.characters.push_back({U' ', {image.box.x + end, image.box.y, x - end, image.box.height}, 1});
          left = x;
        } else if (!ink && left >= 0) {
          while (at < written.size() && written[at] == ' ') ++at;
          if (at < written.size()) line.characters.push_back({static_cast<char32_t>(written[at++]), {image.box.x + left, image.box.y, x - left, image.box.height}, 0.9F});
          left = -1;
          end = x;
        }
      }
      return line;
    }
  };
  for (const std::string text : {"kill Hill HILL dull", "in HIM hid nil Ill"}) {
    Canvas canvas({1000, 80});
    canvas.text(kLeft, kBaseline, text, 16, kBlack, "DejaVu Sans");
    const std::vector<LineBox> lines = find_lines(canvas.view(), Rect::of({1000, 80}));
    REQUIRE(lines.size() == 1);
    auto* engine = new Parting;
    engine->written = text;
    GlyphReader reader{ReaderPtr(engine), GlyphAtlas()};
    CHECK(text_of(reader.read(normalised(canvas.view(), lines.front())).value()) == text);
  }
}

TEST_CASE("the narrow spaces of proportional type part its words, and what letters and figures have around them parts none") {
  const auto spaces = [](const std::string& text, const char* font, double pixels) {
    Canvas canvas({1000, 80});
    canvas.text(kLeft, kBaseline, text, pixels, kBlack, font);
    LineBox whole;
    for (const LineBox& line : find_lines(canvas.view(), Rect::of({1000, 80}))) whole = {whole.box.united(line.box), line.background};
    const LineImage image = normalised(canvas.view(), whole);
    const GlyphLine cells = cut_by_gaps(image, strokes_of(image));
    return std::ranges::count(cells.cells, true, &Cell::space_before);
  };
  for (const std::string text : {"Enter passphrase for key: kill", "net user alice dull", "machine login deploy password", "HILL 2011-11-17 10.11.3.71"}) {
    const auto wanted = std::ranges::count(text, ' ');
    INFO(text);
    for (const double pixels : {11.0, 14.0, 18.0, 24.0, 28.0, 36.0}) {
      CHECK(spaces(text, "Liberation Sans", pixels) == wanted);
      CHECK(spaces(text, "DejaVu Sans", pixels) == wanted);
    }
    // Some of its spaces are no wider than what other faces have between figures.
    for (const double pixels : {28.0, 36.0}) {
      CHECK(spaces(text, "Carlito", pixels) <= wanted);
      CHECK(spaces(text, "Carlito", pixels) >= wanted - 1);
    }
  }
}

TEST_CASE("glyphs that touch on a grid are read one by one") {
  Desk desk;
  desk.teach(kPangrams);
  desk.teach({"see __init__ and __main__ there", "the __name__ of the __file__"});
  const GlyphReading reading = desk.read("a __fame__ of the wwwmmm kind");
  CHECK(text_of(reading) == "a __fame__ of the wwwmmm kind");
  CHECK(desk.oracle->calls == 0);
}

TEST_CASE("what an engine cannot tell apart is told by its height and its place") {
  Desk desk;
  const auto misheard = [](std::string text) {
    for (char& c : text) {
      if (std::string("WXVSZ").find(c) != std::string::npos) c = static_cast<char>(c - 'A' + 'a');
      if (c == '.') c = ',';
      if (c == ';') c = ':';
    }
    return text;
  };
  std::vector<std::string> texts = kPangrams;
  for (const char* text : {"Every Wizard Visits Xanadu. Zebras Sing; Vexed Wolves Speak.", "Waxy Xylophones; Various Sour Zithers. Some Very Wise Zeal.",
                           "The Xebec Was Sailed; Zoe Viewed Six Waves. Done."}) texts.push_back(text);
  for (const std::string& text : texts) {
    desk.oracle->written = misheard(text);
    REQUIRE(desk.reader.learn(*desk.reader.read(Desk::image(text)).value().lesson));
  }
  const GlyphReading reading = desk.read("very Wise Xebec; was Six Zithers. vexed");
  CHECK(text_of(reading) == "very Wise Xebec; was Six Zithers. vexed");
  CHECK(desk.oracle->calls == 0);
}

TEST_CASE("a doubtful character is what half of the votes say, with a low confidence") {
  Desk desk;
  desk.teach(kPangrams);
  for (int i = 0; i < 24; ++i) {
    const std::string before = std::string("the quick ") + static_cast<char>('a' + i), behind = " fox jumps over the lazy dog";
    desk.oracle->written = before + (i % 3 == 0 ? 'm' : '#') + behind;
    REQUIRE(desk.reader.learn(*desk.reader.read(Desk::image(before + '#' + behind)).value().lesson));
  }
  const GlyphReading reading = desk.read("a lazy dog # jumps over the quick brown fox");
  CHECK(text_of(reading) == "a lazy dog # jumps over the quick brown fox");
  CHECK(desk.oracle->calls == 0);
  CHECK(reading.text.characters[11].confidence < 0.5F);
  CHECK(reading.text.characters[12].confidence >= 0.75F);
}

TEST_CASE("a character that is cut at the end of a line is unknown, and the engine is not asked") {
  Desk desk;
  desk.teach(kPangrams);
  LineImage image = Desk::image("the quick brown fox jumps");
  const int left = kPitch / 2;  // half of the t is gone
  LineImage cut{{image.box.x + left, image.box.y, image.box.width - left, image.box.height}, {}};
  for (int y = 0; y < cut.box.height; ++y) {
    for (int x = 0; x < cut.box.width; ++x) cut.paper.push_back(image.at(x + left, y));
  }
  CHECK_FALSE(desk.reader.read_without_engine(cut));
  cut.cut_left = true;
  const auto reading = desk.reader.read_without_engine(cut);
  REQUIRE(reading);
  CHECK(reading->text.characters.front().code == 0xFFFD);
  CHECK(text_of(*reading).substr(1) == "he quick brown fox jumps");
}

TEST_CASE("of a long word on a grid the engine is asked for what is unknown and its neighbours alone") {
  Desk desk;
  desk.teach(kPangrams);
  const GlyphReading reading = desk.read("see thequickbrownfoxQumpsoverthelazydog there");
  CHECK(text_of(reading) == "see thequickbrownfoxQumpsoverthelazydog there");
  CHECK(desk.oracle->calls == 1);
  CHECK(desk.oracle->columns <= 5 * kPitch);
  // The same picture in another word.
  CHECK(text_of(desk.read("abrownfoxQumpsoverthe dog")) == "abrownfoxQumpsoverthe dog");
  CHECK(desk.oracle->calls == 0);
}

TEST_CASE("a word whose end is unknown is not torn") {
  Desk desk;
  desk.teach(kPangrams);
  for (const std::string end : {"QZW", "QZWVX"}) {
    CHECK(text_of(desk.read("see thequickbrownfoxover" + end)) == "see thequickbrownfoxover" + end);
    CHECK(text_of(desk.read("see thequick" + end + "over there")) == "see thequick" + end + "over there");
  }
}

TEST_CASE("a letter that the engine alone knows has the case that its height tells") {
  Desk desk;
  desk.teach(kPangrams);
  desk.oracle->written = "the quick brown foxxumps";
  const GlyphReading reading = desk.reader.read(Desk::image("the quick brown foxXumps")).value();
  CHECK(text_of(reading) == "the quick brown foxXumps");
}

TEST_CASE("what stands under a cursor is read, an empty one at the end says nothing, and one within a line may hide a letter") {
  Desk desk;
  desk.teach(kPangrams);
  const std::string text = "the quick brown fox jumps";
  const Rect cell{kLeft + 10 * kPitch, kBaseline - 12, kPitch, 16};
  const auto read = [&](bool block, const std::string& words) {
    Canvas canvas({1000, 80});
    for (std::size_t i = 0; i < words.size(); ++i) {
      const bool turned = block && i == 10;
      if (turned) canvas.rectangle(cell, kBlack);
      canvas.text(kLeft + static_cast<int>(i) * kPitch, kBaseline, words.substr(i, 1), 13, turned ? kPaper : kBlack);
    }
    if (!block) {
      canvas.rectangle({cell.x, cell.y, cell.width, 1}, kBlack);
      canvas.rectangle({cell.x, cell.bottom() - 1, cell.width, 1}, kBlack);
      canvas.rectangle({cell.x, cell.y, 1, cell.height}, kBlack);
      canvas.rectangle({cell.right() - 1, cell.y, 1, cell.height}, kBlack);
    }
    LineBox whole{Rect::between(kLeft, cell.y, kLeft + static_cast<int>(words.size()) * kPitch, cell.bottom()), 0xFFFFFF};
    const auto reading = desk.reader.read_without_engine(normalised(canvas.view(), whole));
    return reading ? text_of(*reading) : "?";
  };
  CHECK(read(true, text) == text);
  CHECK(read(true, "the quick  ") == "the quick");
  CHECK(read(false, "the quick  ") == "the quick");
  CHECK(read(true, "the quick  rown") == "?");
  CHECK(read(false, "the quick  rown") == "?");
  CHECK(read(true, "thequickbr wnfox") == "?");
}

TEST_CASE("reading alone teaches nothing") {
  Desk desk;
  for (const std::string& text : kPangrams) desk.read(text);
  CHECK(desk.reader.atlas().size() == 0);
  desk.read(kPangrams.front() + " again");
  CHECK(desk.oracle->calls == 1);
}

TEST_CASE("one in a hundred lines that the atlas read is checked, and a wrong label does not last") {
  Desk desk;
  const auto wrong = [](std::string text) {
    for (char& c : text) c = c == 'n' ? 'r' : c == 'r' ? 'n' : c;
    return text;
  };
  for (const std::string& text : kPangrams) {
    desk.oracle->written = wrong(text);
    REQUIRE(desk.reader.learn(*desk.reader.read(Desk::image(text)).value().lesson));
  }
  CHECK(text_of(desk.read("the quick brown fox")) == "the quick bnowr fox");
  int lines = 0;
  while (text_of(desk.read("the quick brown fox")) != "the quick brown fox" && lines < 4000) {
    desk.teach({"the quick brown fox"});
    ++lines;
  }
  CHECK(lines < 4000);
  CHECK(desk.reader.lines_checked() > 0);
  CHECK(desk.reader.lines_checked() * 99 <= static_cast<std::uint64_t>(lines) + 99);
  CHECK(desk.reader.disagreements() > 0);
}

TEST_CASE("a picture that the engine has read is not read again, wherever it stands") {
  Desk desk;
  LineImage image = Desk::image("word");
  desk.oracle->written = "word";
  const GlyphReading first = desk.reader.read(image).value();
  CHECK(desk.oracle->calls > 0);
  desk.oracle->calls = 0;
  image.box.x += 40;
  image.box.y += 7;
  const GlyphReading again = desk.reader.read(image).value();
  CHECK(desk.oracle->calls == 0);
  REQUIRE(again.text.characters.size() == first.text.characters.size());
  for (std::size_t i = 0; i < first.text.characters.size(); ++i) {
    CHECK(again.text.characters[i].code == first.text.characters[i].code);
    CHECK(again.text.characters[i].box.x == first.text.characters[i].box.x + 40);
    CHECK(again.text.characters[i].box.y == first.text.characters[i].box.y + 7);
  }
  // What was asked for lines that were never learned says nothing in the counts.
  CHECK_FALSE(desk.reader.asked_before(*first.lesson));
  CHECK(desk.reader.asked_before(*again.lesson));
  image.paper[0] = static_cast<std::uint8_t>(image.paper[0] ^ 1);
  REQUIRE(desk.reader.read(image));
  CHECK(desk.oracle->calls > 0);
}

// Secrets that differ between twins must not change what is read of the rest.
TEST_CASE("what the engine reads of a line does not depend on what it read before") {
  const std::vector<std::string> texts = {"the quick brown fox", "PASSWORD=hunter2Kq9x", "0O1lI5S8B2Z rn m", "id 4711 status ok", "the quick brovvn fox"};
  const auto said = [&](const ReaderPtr& engine, const std::string& text) { return engine->read(Desk::image(text), Glance::usual).value().characters; };
  const ReaderPtr used = make_tesseract_reader({}).value();
  for (int round = 0; round < 3; ++round) {
    for (const std::string& text : texts) CHECK(said(used, text) == said(make_tesseract_reader({}).value(), text));
  }
}

}  // namespace frostgate::redaction
