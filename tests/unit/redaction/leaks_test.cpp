// How redaction leaked elsewhere: each case names its row of the project's list of leaks.
#include <catch2/catch.hpp>

#include <algorithm>
#include <string>
#include <vector>

#include "redaction/mask_box.h"
#include "tests/unit/redaction/canvas.h"
#include "tests/unit/redaction/film.h"

namespace frostgate::redaction {
namespace {

constexpr Size kLeakScreen{800, 240};
constexpr double kPixels = 13.3333;  // DejaVu Sans Mono of this size advances 8 pixels exactly
constexpr int kCell = 8, kLinePitch = 17, kLineLeft = 20;
const std::string kOne = "hunter2Kq9x", kOther = "wombat7Zr4m";

using States = std::vector<Frame>;

Frame lines(const std::vector<std::string>& texts, Size size = kLeakScreen, int top = 30) {
  Canvas canvas(size);
  for (std::size_t i = 0; i < texts.size(); ++i) canvas.text(kLineLeft, top + static_cast<int>(i) * kLinePitch, texts[i], kPixels);
  return canvas.frame();
}

// Two films of the same events with other secrets show the same in every state, so nothing of the secret is in them; and they
// show more than nothing.
void require_shown_alike(const States& first, const States& second, const Film& film, const Film& twin) {
  REQUIRE_FALSE(film.masks.empty());
  REQUIRE(first.size() == second.size());
  for (std::size_t i = 0; i < film.shown.size(); ++i) {
    INFO("state " << i);
    REQUIRE(same_pixels(film.shown[i].view(), twin.shown[i].view(), Rect::of(first[i].size())));
  }
}

// And their reports count the same.
template <class Make>
void require_twins_alike(const Make& states, std::string one = kOne, std::string other = kOther) {
  const States first = states(one), second = states(other);
  const Film film = redacted(first), twin = redacted(second);
  require_shown_alike(first, second, film, twin);
  REQUIRE(film.report.masks_by_rule == twin.report.masks_by_rule);
  REQUIRE(film.report.covered_area_time == twin.report.covered_area_time);
}

States typing(const std::string& before, const std::string& secret, std::size_t at_once) {
  States all{lines({"Last login was on Monday", before})};
  for (std::size_t i = at_once; i < secret.size() + at_once; i += at_once) {
    all.push_back(lines({"Last login was on Monday", before + secret.substr(0, i)}));
  }
  return all;
}

// A log with a password in its fifteenth row, from its beginning on.
States scrolled(const std::string& secret, int pixels_a_step) {
  States all;
  for (int offset = 0; offset <= 15 * kLinePitch; offset += pixels_a_step) {
    Canvas canvas(kLeakScreen);
    for (int row = 0; row < 40; ++row) {
      const int baseline = 30 + row * kLinePitch - offset;
      if (baseline < -10 || baseline > kLeakScreen.height + 20) continue;
      const std::string number = std::to_string(100 + row);
      canvas.text(kLineLeft, baseline, row == 14 ? number + " login failed password=" + secret : number + " GET /api/orders 200 ok", kPixels);
    }
    all.push_back(canvas.frame());
  }
  return all;
}

// A window that moves over a secret and its label, step by step.
States passed_over(const std::string& secret, int from) {
  const Frame below = lines({"$ connect", "database password: " + secret, "connected"});
  States all;
  for (int x = from; x < 420; x += 23) {
    Canvas canvas(kLeakScreen);
    canvas.frame() = below;
    canvas.rectangle({x, 20, 140, 120}, {0.2, 0.3, 0.4});
    canvas.text(x + 10, 90, "Notes", 12, kPaper, "DejaVu Sans");
    all.push_back(canvas.frame());
  }
  return all;
}

}  // namespace

TEST_CASE("L1: letters that are several bytes long in front of a secret do not move its box") {
  for (const char* before : {"Müllers Größe → password: ", "日本語 password: ", "😀 password: ", "Señal ¿qué? password: "}) {
    INFO(before);
    require_twins_alike([&](const std::string& secret) { return States{lines({before + secret + " "})}; });
  }
}

TEST_CASE("L3: a secret whose line arrives in two halves, cut at any column, is in neither") {
  require_twins_alike([](const std::string& secret) {
    const Frame before = lines({"$ connect"}), after = lines({"$ connect", "database password: " + secret});
    States all{before};
    for (int cut = kLineLeft + 150; cut < kLineLeft + 250; cut += 9) {
      Frame left = before, right = before;
      left.copy_from(after.view(), Rect::between(0, 0, cut, kLeakScreen.height));
      right.copy_from(after.view(), Rect::between(cut, 0, kLeakScreen.width, kLeakScreen.height));
      for (const Frame& half : {left, right}) {
        all.push_back(half);
        all.push_back(after);
        all.push_back(before);
      }
    }
    return all;
  });
}

TEST_CASE("L5: a change of a few rows of pixels is looked at") {
  const auto shown = [](const std::string& secret) {
    Canvas canvas(kLeakScreen);
    canvas.text(kLineLeft, 100, "nothing to see here", kPixels);
    const Frame before = canvas.frame();
    canvas.text(kLineLeft, 140, "password: " + secret, 8);
    auto redactor = Redactor::make({}, make_tesseract_reader({}).value(), Detectors::make({}).value(), {1, 2});
    const Rect changed{kLineLeft - 1, 133, 140, 9};
    REQUIRE(redactor->observe({SessionTime(0), before.view(), Region(Rect::of(kLeakScreen))}));
    REQUIRE(redactor->observe({kStep, canvas.view(), Region(changed)}));
    Renderer renderer(redactor->finish(2 * kStep).value());
    renderer.render(SessionTime(0), before.view(), Region(Rect::of(kLeakScreen)));
    return Frame::copy_of(renderer.render(kStep, canvas.view(), Region(changed)).view());
  };
  REQUIRE(same_pixels(shown(kOne).view(), shown(kOther).view(), Rect::of(kLeakScreen)));
}

TEST_CASE("L7: wide, tiny and huge screens are redacted like any other") {
  for (const Size size : {Size{1900, 20}, Size{3840, 2160}, Size{800, 600}, Size{240, 64}}) {
    INFO(size.width << "x" << size.height);
    require_twins_alike([&](const std::string& secret) { return States{lines({"password: " + secret}, size, std::min(size.height - 6, 30))}; });
  }
}

// A relay that compares tiles with the last recorded state, and one that passes on rectangles that were copied.
TEST_CASE("L8: a secret is hidden whichever rectangles its pixels come by") {
  const auto by_tiles = [](const Frame& before, const Frame& after) {
    Region damage;
    for (int y = 0; y < kLeakScreen.height; y += 64) {
      for (int x = 0; x < kLeakScreen.width; x += 64) {
        const Rect tile = Rect{x, y, 64, 64}.intersected(Rect::of(kLeakScreen));
        if (!same_pixels(before.view(), after.view(), tile)) damage.add(tile);
      }
    }
    return damage;
  };
  const auto by_copies = [](const Frame& before, const Frame& after) {
    Region damage;
    for (int y = 0; y < kLeakScreen.height; y += kLinePitch) {
      const Rect row = Rect{kLineLeft, y + 1, kLeakScreen.width - kLineLeft, kLinePitch}.intersected(Rect::of(kLeakScreen));
      if (!same_pixels(before.view(), after.view(), row)) damage.add(row);
    }
    return damage;
  };
  const auto film = [](const States& states, const auto& damage_between) {
    auto redactor = Redactor::make({}, std::make_unique<SharedEngine>(), Detectors::make({}).value(), {1, 2});
    std::vector<Region> damages;
    for (std::size_t i = 0; i < states.size(); ++i) {
      damages.push_back(i == 0 ? Region(Rect::of(kLeakScreen)) : damage_between(states[i - 1], states[i]));
      REQUIRE(redactor->observe({kStep * static_cast<int>(i), states[i].view(), damages.back()}));
    }
    Renderer renderer(redactor->finish(kStep * static_cast<int>(states.size())).value());
    REQUIRE_FALSE(renderer.plan().masks().empty());
    std::vector<Frame> shown;
    for (std::size_t i = 0; i < states.size(); ++i) shown.push_back(Frame::copy_of(renderer.render(kStep * static_cast<int>(i), states[i].view(), damages[i]).view()));
    return shown;
  };
  const auto alike = [&](const auto& states, const auto& damage_between) {
    const std::vector<Frame> one = film(states(kOne), damage_between), other = film(states(kOther), damage_between);
    for (std::size_t i = 0; i < one.size(); ++i) {
      INFO("state " << i);
      REQUIRE(same_pixels(one[i].view(), other[i].view(), Rect::of(kLeakScreen)));
    }
  };
  const auto typed = [](const std::string& secret) { return typing("password: ", secret, 2); };
  const auto log = [](const std::string& secret) { return scrolled(secret, kLinePitch); };
  alike(typed, by_tiles);
  alike(typed, by_copies);
  alike(log, by_tiles);
  alike(log, by_copies);
}

TEST_CASE("L10: what the index does not say is covered in the film, and what it says is shown") {
  const std::vector<std::string> rows = {"naïve → prüfung", "database password: " + kOne, "uptime is twelve days", "export API_KEY=a7Dk2mQ9xW4rT6yU1pL3sD8f",
                                         "systemctl restart nginx", "clé secrète: " + kOther};
  const States states(3, lines(rows));
  const Film film = redacted(states);
  for (std::size_t row = 0; row < rows.size(); ++row) {
    INFO(rows[row]);
    const Rect place{kLineLeft, 30 + static_cast<int>(row) * kLinePitch - 12, kCell * static_cast<int>(rows[row].size()), kLinePitch - 1};
    const bool said = std::any_of(film.text.begin(), film.text.end(), [&](const VisibleLine& line) { return line.box.intersects(place); });
    const bool shown = same_pixels(film.shown[1].view(), states[1].view(), place);
    const bool covered = std::any_of(film.masks.begin(), film.masks.end(), [&](const Mask& mask) { return mask.box.intersects(place); }) ||
                         std::any_of(film.unread.begin(), film.unread.end(), [&](const UnreadArea& area) { return area.box.intersects(place); });
    CHECK(said == shown);
    CHECK(said != covered);
    if (row % 2 == 1) CHECK(covered);
  }
}

TEST_CASE("L13, L14: secrets of other lengths in one size class are shown alike") {
  for (const char* other : {"w7Zr4m1q", "wombat7Zr4mK", "Qjgy_p,;9kWm"}) {
    INFO(other);
    for (const char* before : {"database password: ", "DB_PASSWORD=", "\"password\": \""}) {
      INFO(before);
      const char* after = std::string(before).ends_with('"') ? "\"," : "";
      require_twins_alike([&](const std::string& secret) { return States{lines({"$ cat settings", before + secret + after, "$ "})}; }, kOne, other);
    }
  }
}

TEST_CASE("L13: letters with other ascenders and descenders leave a box as it is") {
  for (const char* before : {"password: ", "mysql -u root -p"}) {
    INFO(before);
    require_twins_alike([&](const std::string& secret) {
      return States{lines({"$ tail notes", std::string(before) + secret + (*before == 'm' ? " shop" : ""), "$ "})};
    }, "aceimnorsuv", "bdgpqyjfkl_");
  }
}

TEST_CASE("L13: a box begins behind the last public letter, whether or not a blank is read between the marks and the secret") {
  const std::u32string said = U"shop:app:Kunter2Kq9xE";
  constexpr std::size_t kSecret = 9;
  for (const int shift : {0, kCell}) {  // in one of them an edge of the boxes' grid is between letter and mark
    INFO("shift " << shift);
    Canvas canvas(kLeakScreen);
    canvas.text(kLineLeft + shift, 30, "shop:app:Kunter2Kq9xE", kPixels);
    const LineBox line{{kLineLeft + shift, 19, static_cast<int>(said.size()) * kCell, 15}, colour_of(canvas.view().at(0, 0))};
    const auto box_of = [&](bool parted) {
      TextLine text{line.box, {}, 760};
      for (const char32_t& code : said) {
        const int x = line.box.x + static_cast<int>(&code - said.data()) * kCell;
        if (parted && text.characters.size() == kSecret) text.characters.push_back({U' ', {x - 3, line.box.y, 4, line.box.height}, 1});
        text.characters.push_back({code, {x, line.box.y, kCell, line.box.height}, 1});
      }
      const Finding finding{"file.pgpass", 0, kSecret + parted, text.characters.size(), true};
      return mask_boxes(canvas.view(), {&line, 1}, {&text, 1}, {&finding, 1}, {}).front();
    };
    CHECK(box_of(true) == box_of(false));
  }
}

TEST_CASE("L13: a blank that an engine saw in front of a token's point does not leave what stands before it") {
  constexpr std::u32string_view kSaid = U"SG.oyo4KoEHoRpMNE";
  Canvas canvas(kLeakScreen);
  canvas.text(kLineLeft, 30, "SG.oyo4KoEHoRpMNE", kPixels);
  const LineBox line{{kLineLeft, 19, static_cast<int>(kSaid.size()) * kCell, 15}, colour_of(canvas.view().at(0, 0))};
  const auto box_of = [&](bool parted) {
    TextLine text{line.box, {}, 760};
    for (std::size_t i = 0; i < kSaid.size(); ++i) {
      const int x = line.box.x + static_cast<int>(i) * kCell;
      if (parted && kSaid[i] == U'.') text.characters.push_back({U' ', {x - 2, line.box.y, 3, line.box.height}, 1});
      text.characters.push_back({kSaid[i], {x, line.box.y, kCell, line.box.height}, 1});
    }
    const Finding finding{parted ? "entropy.run" : "token.sendgrid", 0, parted ? 4U : 3U, text.characters.size(), false};
    return mask_boxes(canvas.view(), {&line, 1}, {&text, 1}, {&finding, 1}, {}).front();
  };
  CHECK(box_of(true) == box_of(false));
}

TEST_CASE("L13: a bearer's token is hidden from its scheme on, whether or not a blank is read behind that") {
  constexpr std::u32string_view kSaid = U"Authorization: Bearer 0pvluM7JVXEYfB";
  constexpr std::size_t kSecret = 22;
  Canvas canvas(kLeakScreen);
  canvas.text(kLineLeft, 30, "Authorization: Bearer 0pvluM7JVXEYfB", kPixels);
  const LineBox line{{kLineLeft, 19, static_cast<int>(kSaid.size()) * kCell, 15}, colour_of(canvas.view().at(0, 0))};
  const auto box_of = [&](bool glued) {
    TextLine text{line.box, {}, 760};
    for (std::size_t i = 0; i < kSaid.size(); ++i) {
      if (glued && i + 1 == kSecret) continue;
      text.characters.push_back({kSaid[i], {line.box.x + static_cast<int>(i) * kCell, line.box.y, kCell, line.box.height}, 1});
    }
    const std::size_t first = glued ? kSecret - 1 : kSecret, end = text.characters.size();
    const std::vector<Finding> findings = {{"label.authorization", 0, first, end, false}, {"entropy.run", 0, glued ? 15U : first, end, false}};
    Rect all;
    for (const Rect& box : mask_boxes(canvas.view(), {&line, 1}, {&text, 1}, findings, secret_starts({&text, 1}, findings))) all = all.united(box);
    return all;
  };
  CHECK(box_of(true) == box_of(false));
}

TEST_CASE("L15: a secret that scrolls by a line or a page at a time is hidden") {
  for (const int step : {kLinePitch, 10 * kLinePitch}) {
    INFO("pixels a step: " << step);
    require_twins_alike([&](const std::string& secret) { return scrolled(secret, step); });
  }
}

TEST_CASE("L15: a secret that is dragged into the screen by a few pixels at a time is hidden") {
  require_twins_alike([&](const std::string& secret) { return scrolled(secret, 5); });
}

TEST_CASE("L16: a secret that a window passes over is hidden in each piece that shows") {
  require_twins_alike([](const std::string& secret) { return passed_over(secret, 43); });
}

TEST_CASE("L16: a secret beside a window that hides all of its label at first is hidden") {
  require_twins_alike([](const std::string& secret) { return passed_over(secret, 20); });
}

TEST_CASE("L17: a secret that is typed shows in no state, slowly or fast") {
  struct Typed {
    const char* before;
    const char* one;
    const char* other;
  };
  const Typed kinds[] = {
      {"password: ", "hunter2Kq9x", "wombat7Zr4m"},
      {"export API_KEY=", "a7Dk2mQ9xW4rT6yU1pL3sD8f", "Zq1wE5rT9yU3iO7pA2sD6fG4"},
      {"mysql -u root -p", "hunter2Kq9x", "wombat7Zr4m"},
      {"git clone https://deploy:", "hunter2Kq9x@git.example.org", "wombat7Zr4m@git.example.org"},
      {"ghp_", "A7dK2mQ9xW4rT6yU1pL3sD8fG5hJ0zXcVbNm", "Zq1wE5rT9yU3iO7pA2sD6fG4hJ8kL0xCvBnM"},
      {"AKIA", "IOSFODNN7EXAMPLQ", "QWERTZUIOP234567"},
      {"sk_live_", "4eC39HqLyjWDarjtT1zdp7dc", "9Xk2mPq7RtYw5ZbNc8VfGh3J"},
  };
  for (const Typed& kind : kinds) {
    // Five states a second: three characters a second are one in most states, twelve are two or three.
    for (const std::size_t at_once : {1U, 3U}) {
      if (at_once == 1 && std::string(kind.one).size() > 12) continue;
      INFO(kind.before << ", " << at_once << " at once");
      require_twins_alike([&](const std::string& secret) { return typing(kind.before, secret, at_once); }, kind.one, kind.other);
    }
  }
}

TEST_CASE("L18: a secret that wraps at the edge of a terminal is hidden on both rows") {
  for (int column = 60; column <= 78; column += 3) {
    INFO("column " << column);
    const auto states = [&](const std::string& secret) {
      const std::string label = " token=", whole = std::string(static_cast<std::size_t>(column) - label.size(), '.') + label + secret;
      Canvas canvas({760, 120}, {0.2, 0.3, 0.4});
      canvas.rectangle({10, 10, 80 * kCell + 4, 100}, kPaper);
      canvas.text(12, 30, "$ tail -n 1 log", kPixels);
      canvas.text(12, 30 + kLinePitch, whole.substr(0, 80), kPixels);
      if (whole.size() > 80) canvas.text(12, 30 + 2 * kLinePitch, whole.substr(80), kPixels);
      return States{canvas.frame()};
    };
    const States first = states("A7dK2mQ9xW4rT6yU1pL3sD8f"), second = states("Zq1wE5rT9yU3iO7pA2sD6fG4");
    const Film film = redacted(first), twin = redacted(second);
    require_shown_alike(first, second, film, twin);
    // How many and how large, not by which rule: the engine may read the label otherwise beside another secret.
    CHECK(film.masks.size() == twin.masks.size());
    CHECK(film.report.masked_area_time == twin.report.masked_area_time);
  }
}

TEST_CASE("L19: selected, inverted, coloured and small text is read like any other") {
  struct Style {
    const char* name;
    Ink paper, ink;
    double pixels;
  };
  const Style styles[] = {{"inverse", kBlack, kPaper, kPixels},
                          {"selection", {0, 0.47, 0.84}, kPaper, kPixels},
                          {"coloured prompt", {0.12, 0.12, 0.12}, {0.54, 0.89, 0.2}, kPixels},
                          {"8 pixels", kPaper, kBlack, 8},
                          {"9 pixels", kPaper, kBlack, 9},
                          {"red on black", kBlack, {1, 0.2, 0.2}, kPixels}};
  for (const Style& style : styles) {
    INFO(style.name);
    require_twins_alike([&](const std::string& secret) {
      Canvas canvas(kLeakScreen);
      canvas.rectangle({0, 80, 800, 40}, style.paper);
      canvas.text(kLineLeft, 106, "password: " + secret, style.pixels, style.ink);
      return States{canvas.frame()};
    });
  }
}

TEST_CASE("L19: part of a row that is selected with the mouse does not show its secret") {
  require_twins_alike([](const std::string& secret) {
    States all;
    for (int to = 0; to <= 30; to += 6) {
      Canvas canvas(kLeakScreen);
      const std::string text = "database password: " + secret;
      canvas.text(kLineLeft, 100, text, kPixels);
      const auto selected = std::min<std::size_t>(static_cast<std::size_t>(to), text.size());
      canvas.rectangle({kLineLeft, 87, static_cast<int>(selected) * kCell, kLinePitch}, {0.2, 0.4, 0.8});
      canvas.text(kLineLeft, 100, text.substr(0, selected), kPixels, kPaper);
      all.push_back(canvas.frame());
    }
    return all;
  });
}

TEST_CASE("L21: an engine that dies on one line leaves no plan, whatever is asked afterwards") {
  class Dying final : public LineReader {
   public:
    Result<TextLine> read(const LineImage&, Glance) override {
      if (++calls_ == 2) return Error{ErrorKind::unavailable, "the engine died"};
      return TextLine{};
    }

   private:
    int calls_ = 0;
  };
  auto redactor = Redactor::make({}, std::make_unique<Dying>(), Detectors::make({}).value(), {1, 2});
  const Frame first = lines({"one line"}), second = lines({"one line", "another line"});
  REQUIRE(redactor->observe({SessionTime(0), first.view(), Region(Rect::of(kLeakScreen))}));
  REQUIRE_FALSE(redactor->observe({kStep, second.view(), Region(Rect::of(kLeakScreen))}));
  REQUIRE_FALSE(redactor->observe({2 * kStep, first.view(), Region(Rect::of(kLeakScreen))}));
  REQUIRE_FALSE(redactor->finish(3 * kStep));
}

TEST_CASE("L23: a value in a field below or right of its label, or in a column under it, is hidden") {
  const auto field = [](Canvas& canvas, int x, int y, const std::string& value) {
    canvas.rectangle({x - 8, y - 18, 260, 26}, {0.5, 0.5, 0.5});
    canvas.rectangle({x - 7, y - 17, 258, 24}, kPaper);
    canvas.text(x, y, value, 13, kBlack, "DejaVu Sans");
  };
  const Ink ground{0.94, 0.94, 0.94};
  const auto below = [&](const std::string& secret) {
    Canvas canvas({600, 300}, ground);
    canvas.text(40, 60, "User name", 13, kBlack, "DejaVu Sans");
    field(canvas, 48, 90, "administrator");
    canvas.text(40, 130, "Password", 13, kBlack, "DejaVu Sans");
    field(canvas, 48, 160, secret);
    return States{canvas.frame()};
  };
  const auto right = [&](const std::string& secret) {
    Canvas canvas({600, 300}, ground);
    canvas.text(40, 60, "User name:", 13, kBlack, "DejaVu Sans");
    field(canvas, 160, 60, "administrator");
    canvas.text(40, 100, "Password:", 13, kBlack, "DejaVu Sans");
    field(canvas, 160, 100, secret);
    return States{canvas.frame()};
  };
  const auto column = [](const std::string& secret) {
    return States{lines({"id    login     password          last seen", "101   anna      " + secret + "       2024-06-01", "102   bert      " + secret + "       2024-06-02"})};
  };
  require_twins_alike(below);
  require_twins_alike(right);
  require_twins_alike(column);
}

}  // namespace frostgate::redaction
