// Draws screens full of known secrets, redacts them, and counts the secrets of which any ink is left uncovered.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include <CLI/CLI.hpp>

#include "codec/ffmpeg_messages.h"
#include "redaction/lines/coding_noise.h"
#include "tests/corpus/captured.h"
#include "tests/corpus/desktop.h"
#include "tests/corpus/recall.h"
#include "tests/corpus/screens.h"

namespace {

using namespace frostgate;
using namespace frostgate::corpus;
namespace fs = std::filesystem;

struct Part {
  std::size_t number = 0;
  std::size_t of = 1;
};
constexpr Part kSample{5, 53}, kWhole{};

struct Options {
  Part part = kSample;       // every so manieth cell of the matrix, from this one
  bool lossy = false;
  bool strict = false;
  bool harmless = false;
  bool twins = false;
  bool taught = false;
  std::uint64_t seed = 1;
  std::string kind;          // only names with this in it
  fs::path misses;           // folder for a list and pictures
  fs::path captured;         // folder that capture.sh made
  int desktops = 0;          // so many
  double require = 0;        // per cent
  double at_most = 100;      // per cent
};

std::string to_string(const Rect& rect) {
  return std::to_string(rect.width) + 'x' + std::to_string(rect.height) + '+' + std::to_string(rect.x) + '+' + std::to_string(rect.y);
}

struct Cell {
  Look look;
  Theme theme;
  double points;
};

const std::vector<Look>& fonts() {
  static const std::vector<Look> all = {{"DejaVu Sans Mono"}, {"Liberation Mono"}, {"Inconsolata"}, {"JetBrains Mono"}, {"Hack"}, {"Terminus"},
                                        {"DejaVu Sans", true}, {"Liberation Sans", true}, {"Carlito", true}};
  return all;
}

// Every font with every antialiasing at every scale; themes and sizes take turns.
std::vector<Cell> cells() {
  std::vector<Cell> all;
  const double points[] = {9, 10, 11, 10.5};
  for (const Look& font : fonts()) {
    for (const Antialias antialias : {Antialias::none, Antialias::grey, Antialias::subpixel}) {
      for (const int percent : {100, 125, 150, 200}) {
        Cell cell{font, themes()[all.size() % themes().size()], points[all.size() % 4]};
        cell.look.antialias = antialias;
        cell.look.percent = percent;
        all.push_back(cell);
      }
    }
  }
  return all;
}

// Bare tokens that only the strict profile can know for secrets.
const std::vector<SecretKind>& bare_kinds() {
  static const std::vector<SecretKind> all = {{"bare: password", "{p}"}, {"bare: 12 letters and digits", "{a12}"}, {"bare: 20 letters and digits", "{a20}"},
                                              {"bare: 32 hex", "{h32}"}, {"bare: 16 capitals", "{u16}"}, {"bare: base64", "{b40}"},
                                              {"bare: in a sentence", "it is {p} since today"}, {"bare: first of a line", "{a16} was chosen"}};
  return all;
}

class Corpus {
 public:
  explicit Corpus(Options options) : options_(std::move(options)) {
    if (!options_.misses.empty()) {
      fs::create_directories(options_.misses);
      list_.open(options_.misses / "misses.txt");
    }
  }

  void run() {
    if (!options_.captured.empty()) {
      captured();
      return;
    }
    for (int i = 0; i < options_.desktops; ++i) harmless_desktop(options_.seed + static_cast<std::uint64_t>(i));
    if (options_.desktops > 0) return;
    std::size_t index = 0;
    for (const Cell& cell : cells()) {
      ++index;
      if (index % options_.part.of != options_.part.number) continue;
      // A cell's texts are its own, whatever other cells are drawn: parts add up to the whole, and one that failed can be drawn again.
      const std::uint64_t seed = options_.seed + (std::uint64_t{index} << 32);
      Chance chance(seed), twin(seed, 1);
      std::vector<SecretKind> kinds;
      for (const SecretKind& kind : options_.strict ? bare_kinds() : secret_kinds()) {
        if (!options_.harmless && std::string(kind.name).find(options_.kind) != std::string::npos) kinds.push_back(kind);
      }
      if (options_.strict) {
        for (int copies = 0; copies < 5; ++copies) kinds.insert(kinds.end(), bare_kinds().begin(), bare_kinds().end());
      }
      const std::vector<Page> pages = terminal_pages(cell.theme, kinds, cell.points, chance);
      const redaction::GlyphAtlas atlas = options_.taught ? taught(cell, seed) : redaction::GlyphAtlas();
      if (options_.twins) {
        const std::vector<Page> others = terminal_pages(cell.theme, kinds, cell.points, twin);
        for (std::size_t i = 0; i < pages.size(); ++i) compare(pages[i], others[i], cell, atlas);
        continue;
      }
      for (const Page& page : pages) add(page, cell, atlas);
      if (!options_.kind.empty()) continue;
      for (const bool hard : {false, true}) {
        if (!options_.strict) add(benign_page(cell.theme, hard, cell.points, chance), cell, atlas, hard ? &hard_ : &ordinary_);
      }
      if (!cell.look.proportional || options_.strict || options_.harmless) continue;
      for (const Page& page : window_pages(chance)) add(page, cell, atlas);
    }
  }

  bool print() const {
    Tally total;
    if (options_.desktops > 0) {
      const double share = 100.0 * static_cast<double>(desktop_covered_) / static_cast<double>(desktop_pixels_);
      std::printf("desktops with wallpaper, icons and a chart: %.2f %% of their area is covered\n# covered %.3f\n", share, share);
      return needless(share);
    }
    const auto table = [](const char* title, const std::map<std::string, Tally>& rows) {
      std::printf("\n%s\n", title);
      for (const auto& [name, tally] : rows) line(name.c_str(), tally);
    };
    for (const auto& [name, tally] : kinds_) {
      total.all += tally.all;
      total.covered += tally.covered;
    }
    table("by kind", kinds_);
    table("by font", fonts_);
    table("by antialiasing", antialiases_);
    table("by scale", scales_);
    std::printf("\n");
    if (total.all > 0) line(options_.twins ? "secret rows that twins show alike" : options_.strict ? "secrets covered, strict" : options_.lossy ? "secrets covered, after a video" : "secrets covered, balanced", total);
    if (ordinary_.all > 0) line("ordinary harmless lines covered in part", ordinary_);
    if (hard_.all > 0) line("hard harmless lines covered in part", hard_);
    const auto percent = [](const Tally& tally) { return tally.all > 0 ? 100.0 * static_cast<double>(tally.covered) / static_cast<double>(tally.all) : 0; };
    // For redact_bench --report.
    std::printf("# recall %.3f of %llu ordinary %.3f hard %.3f\n", percent(total), static_cast<unsigned long long>(total.all), percent(ordinary_), percent(hard_));
    const double recall = percent(total);
    if (recall < options_.require) std::printf("FAILED: fewer than %.2f %% are covered\n", options_.require);
    const bool few = needless(percent(ordinary_)) && needless(percent(hard_));
    return few && (options_.harmless ? ordinary_.all > 0 : total.all > 0 && recall >= options_.require);
  }

 private:
  // Whether what is covered without need is little enough.
  bool needless(double percent) const {
    if (percent > options_.at_most) std::printf("FAILED: more than %.2f %% are covered without need\n", options_.at_most);
    return percent <= options_.at_most;
  }

  static void line(const char* name, const Tally& tally) {
    std::printf("  %-44s %6llu of %6llu  %7.2f %%\n", name, static_cast<unsigned long long>(tally.covered), static_cast<unsigned long long>(tally.all),
                100.0 * static_cast<double>(tally.covered) / static_cast<double>(tally.all));
  }

  redaction::Profile profile() const { return options_.strict ? redaction::Profile::strict : redaction::Profile::balanced; }

  void add(const Page& page, const Cell& cell, const redaction::GlyphAtlas& atlas, Tally* benign = nullptr) {
    const Drawn drawn = draw(page, cell.look);
    const Frame shown = options_.lossy ? after_video(drawn.frame.view()) : drawn.frame;
    const Redacted result = redacted(options_.lossy ? redaction::without_coding_noise(shown.view()).view() : shown.view(), profile(), atlas);
    const std::vector<Rect>& boxes = result.boxes;
    const Outcome outcome = judge(drawn, boxes);
    std::string picture;
    const auto miss = [&](const char* what, const std::string& kind, const std::string& text, const Rect& line) {
      if (list_.is_open() && picture.empty()) picture = kept(shown.view(), boxes);
      note(what, kind, cell, picture, text + '\t' + read_on(line, result.read) + '\t' + causes_on(line, result));
    };
    for (std::size_t i = 0; i < drawn.secrets.size(); ++i) {
      const DrawnSecret& secret = drawn.secrets[i];
      count(secret, cell, outcome.covered[i]);
      if (!outcome.covered[i]) miss("SHOWN", secret.kind, secret.text + '\t' + to_string(bare(secret.ink, boxes)), secret.box);
    }
    if (!benign) return;
    for (std::size_t i = 0; i < drawn.benign.size(); ++i) {
      ++benign->all;
      benign->covered += outcome.benign_covered[i];
      if (outcome.benign_covered[i]) miss("COVERED", "harmless", drawn.benign_texts[i], drawn.benign[i]);
    }
  }

  // What pages without a secret teach of a look: some hundred lines.
  static redaction::GlyphAtlas taught(const Cell& cell, std::uint64_t seed) {
    constexpr int kPages = 20;
    Chance chance(seed, 2);
    std::vector<Frame> screens;
    for (int i = 0; i < kPages; ++i) screens.push_back(draw(benign_page(cell.theme, i % 2 == 1, cell.points, chance), cell.look).frame);
    return taught_by(screens);
  }

  void count(const DrawnSecret& secret, const Cell& cell, bool good) {
    for (Tally* tally : {&kinds_[secret.kind], &fonts_[cell.look.font], &antialiases_[to_string(cell.look.antialias)],
                         &scales_[std::to_string(cell.look.percent) + " %"]}) {
      ++tally->all;
      tally->covered += good;
    }
  }

  std::string kept(FrameView frame, const std::vector<Rect>& boxes) {
    const std::string picture = (options_.misses / ("page" + std::to_string(pictures_++) + ".ppm")).string();
    write_picture(frame, boxes, picture);
    return picture;
  }

  void note(const char* what, const std::string& kind, const Cell& cell, const std::string& picture, const std::string& text) {
    if (!list_.is_open()) return;
    list_ << what << '\t' << kind << '\t' << cell.look.font << '\t' << to_string(cell.look.antialias) << '\t' << cell.look.percent << " %\t"
          << cell.theme.name << '\t' << cell.points << " pt\t" << picture << '\t' << text << std::endl;
  }

  // Pages that differ in their secrets alone are shown alike. In proportional type what stands behind a secret moves with its width, so
  // only secrets at the end of their line count there.
  void compare(const Page& page, const Page& other, const Cell& cell, const redaction::GlyphAtlas& atlas) {
    const Drawn one = draw(page, cell.look), two = draw(other, cell.look);
    const Redacted first = redacted(one.frame.view(), profile(), atlas), second = redacted(two.frame.view(), profile(), atlas);
    std::string picture;
    for (std::size_t i = 0; i < one.secrets.size(); ++i) {
      const DrawnSecret& secret = one.secrets[i];
      if (cell.look.proportional && !secret.last) continue;
      const Rect row = Rect::between(0, secret.box.y, one.frame.size().width, secret.box.bottom());
      const bool alike = same_pixels(first.cleared->view(), second.cleared->view(), row);
      count(secret, cell, alike);
      if (alike) continue;
      if (list_.is_open() && picture.empty()) {
        picture = kept(one.frame.view(), first.boxes);
        kept(two.frame.view(), second.boxes);
      }
      const auto said = [&](const Drawn& drawn, const Redacted& result) { return drawn.secrets[i].text + '\t' + read_on(row, result.read) + '\t' + causes_on(row, result); };
      note("TWINS", secret.kind, cell, picture, said(one, first) + '\t' + said(two, second));
    }
  }

  void harmless_desktop(std::uint64_t seed) {
    const Frame frame = desktop(seed);
    const std::vector<Rect> boxes = redacted(frame.view(), profile()).boxes;
    for (int y = 0; y < frame.size().height; ++y) {
      for (int x = 0; x < frame.size().width; ++x) desktop_covered_ += hidden({{x, y}}, boxes);
    }
    desktop_pixels_ += static_cast<std::uint64_t>(frame.size().area());
    if (list_.is_open()) kept(frame.view(), boxes);
  }

  // Two pictures of one program that differ in their secrets alone.
  void captured() {
    for (const CapturedPair& pair : captured_pairs(options_.captured)) {
      const std::vector<Row> rows = differing_rows(pair.first.view(), pair.second.view());
      const std::vector<Rect> first = redacted(pair.first.view(), profile()).boxes, second = redacted(pair.second.view(), profile()).boxes;
      std::size_t shown = 0;
      for (const Row& row : rows) {
        const bool covered = hidden(row.ink, first) && hidden(row.ink, second);
        Tally& tally = kinds_[pair.name];
        ++tally.all;
        tally.covered += covered;
        shown += !covered;
        if (!covered && list_.is_open()) list_ << "SHOWN\t" << pair.name << "\trows " << row.top << " to " << row.bottom << std::endl;
      }
      if (shown > 0 && !options_.misses.empty()) {
        write_picture(pair.first.view(), first, (options_.misses / (pair.name + "-a.ppm")).string());
        write_picture(pair.second.view(), second, (options_.misses / (pair.name + "-b.ppm")).string());
      }
    }
  }

  Options options_;
  std::map<std::string, Tally> kinds_, fonts_, antialiases_, scales_;
  Tally ordinary_, hard_;
  std::ofstream list_;
  std::size_t pictures_ = 0;
  std::uint64_t desktop_pixels_ = 0, desktop_covered_ = 0;
};

}  // namespace

int main(int argc, char** argv) {
  Options options;
  CLI::App app{"Draws screens full of known secrets and counts those that the redactor covers."};
  app.add_flag_callback("--all", [&] { options.part = kWhole; }, "the whole matrix instead of a sample");
  app.add_option_function<std::pair<std::size_t, std::size_t>>(
      "--part", [&](const auto& part) { options.part = {part.first % std::max<std::size_t>(part.second, 1), std::max<std::size_t>(part.second, 1)}; },
      "every Nth cell of the matrix from the Kth on: K N; with a prime N of 5 or more all fonts, scales and antialiasings get their share");
  app.add_flag("--lossy", options.lossy, "after H.264 at CRF 23");
  app.add_flag("--strict", options.strict, "bare secrets, strict profile");
  app.add_flag("--harmless", options.harmless, "only pages without a secret");
  app.add_flag("--twins", options.twins, "compare what is shown of pages that differ in their secrets alone");
  app.add_flag("--taught", options.taught, "the target's earlier recordings have taught the glyphs; else nothing was recorded of it");
  app.add_option("--seed", options.seed, "of all secrets and texts");
  app.add_option("--kind", options.kind, "only kinds with this in their name");
  app.add_option("--misses", options.misses, "folder for a list of misses and their pictures");
  app.add_option("--captured", options.captured, "judge the pictures that capture.sh took");
  app.add_option("--desktops", options.desktops, "how much of so many desktops without secrets is covered");
  app.add_option("--at-most", options.at_most, "fail above this share of harmless lines, or of the desktops, in per cent");
  app.add_option("--require", options.require, "fail below this recall in per cent");
  CLI11_PARSE(app, argc, argv);
  if (!std::getenv("OMP_THREAD_LIMIT")) {
    std::fprintf(stderr, "start with OMP_THREAD_LIMIT=1 in the environment\n");
    return 2;
  }
  codec::silence_ffmpeg();
  Corpus corpus(options);
  corpus.run();
  return corpus.print() ? 0 : 1;
}
