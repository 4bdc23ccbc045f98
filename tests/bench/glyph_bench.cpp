// How well, and at what cost, the glyph atlas reads lines in one font after the other, from cold. Prints the table of
// redaction/glyphs/README.md. Times are of this process's CPU.
//   glyph_bench [PART OF A FONT'S NAME [x]]   x lists the lines that were read wrongly
//   glyph_bench --session VIDEO               lists the lines of a recording that needed the engine
#include <cairo/cairo-ft.h>
#include <cairo/cairo.h>
#include <time.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "codec/base/frame.h"
#include "codec/ffmpeg_messages.h"
#include "codec/video_reader.h"
#include "redaction/detectors/fold.h"
#include "redaction/glyphs/glyph_reader.h"
#include "redaction/lines/line_hash.h"
#include "redaction/lines/line_image.h"
#include "redaction/lines/segmentation.h"
#include "redaction/tesseract/tesseract_reader.h"

namespace frostgate::redaction {
namespace {

constexpr int kLines = 260;

double cpu_seconds() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

struct Type {
  const char* name;
  const char* font;  // a family, or the path of a bitmap font
  double pixels;
  cairo_antialias_t antialias;
  bool whole_advances;  // hinted to whole pixels; else glyphs stand at fractions of them
  double paper = 1;     // grey levels
  double ink = 0;
};

const Type kTypes[] = {
    {"DejaVu Sans Mono 13, dark", "DejaVu Sans Mono", 13, CAIRO_ANTIALIAS_GRAY, true, 0.1, 0.9},
    {"DejaVu Sans Mono 13 none", "DejaVu Sans Mono", 13, CAIRO_ANTIALIAS_NONE, true},
    {"DejaVu Sans Mono 14 fractional", "DejaVu Sans Mono", 14, CAIRO_ANTIALIAS_GRAY, false},
    {"Liberation Mono 12", "Liberation Mono", 12, CAIRO_ANTIALIAS_GRAY, true},
    {"Inconsolata 14 grey", "Inconsolata", 14, CAIRO_ANTIALIAS_GRAY, true},
    {"Inconsolata 14 subpixel", "Inconsolata", 14, CAIRO_ANTIALIAS_SUBPIXEL, true},
    {"JetBrains Mono 14 subpixel", "JetBrains Mono", 14, CAIRO_ANTIALIAS_SUBPIXEL, true, 0.12, 0.85},
    {"Hack 13", "Hack", 13, CAIRO_ANTIALIAS_GRAY, true},
    {"Terminus 12 bitmap", "Terminus", 12, CAIRO_ANTIALIAS_NONE, true, 0, 0.7},
    {"6x13 bitmap", "/usr/share/fonts/X11/misc/6x13-ISO8859-1.pcf.gz", 13, CAIRO_ANTIALIAS_NONE, true},
    {"DejaVu Sans 12", "DejaVu Sans", 12, CAIRO_ANTIALIAS_GRAY, true},
    {"Liberation Sans 13", "Liberation Sans", 13, CAIRO_ANTIALIAS_GRAY, true},
    {"Liberation Sans 13 subpixel, fractional", "Liberation Sans", 13, CAIRO_ANTIALIAS_SUBPIXEL, false},
    {"Carlito 14 subpixel", "Carlito", 14, CAIRO_ANTIALIAS_SUBPIXEL, true},
    {"DejaVu Sans Mono 26 (200 %)", "DejaVu Sans Mono", 26, CAIRO_ANTIALIAS_GRAY, true},
};

struct Written {
  std::string text;
  bool secret = false;
};

// What an administrator sees: commands, logs, listings, and secrets in every fourth line.
std::vector<Written> written_lines() {
  std::mt19937 random(7);
  const auto below = [&](std::uint32_t limit) { return static_cast<std::size_t>(random() % limit); };
  const std::string alphanumeric = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
  const auto token = [&](std::size_t length) {
    std::string out;
    for (std::size_t i = 0; i < length; ++i) out += alphanumeric[below(62)];
    return out;
  };
  const auto hex = [&](std::size_t length) {
    std::string out;
    for (std::size_t i = 0; i < length; ++i) out += "0123456789abcdef"[below(16)];
    return out;
  };
  const std::vector<std::string> words = {"server", "gateway", "replica", "backup", "volume", "Started", "Failed", "session", "for", "user",
                                          "root", "admin", "kernel", "Network", "Manager", "service", "reached", "target", "Queue", "Zone",
                                          "index", "just", "box", "exit", "Xorg", "QEMU", "Yes", "Python3", "KVM", "VLAN", "JSON", "Ubuntu", "Wayland", "Vault", "query", "proxy", "quota", "BIOS", "UEFI", "LDAP", "Zabbix", "x509", "Warning", "ERROR", "INFO", "DEBUG", "Key", "Job", "HTTP", "GET"};
  const auto word = [&] { return words[below(static_cast<std::uint32_t>(words.size()))]; };
  const auto digits = [&](std::size_t count) {
    std::string out;
    for (std::size_t i = 0; i < count; ++i) out += static_cast<char>('0' + below(10));
    return out;
  };
  const auto mark = [&] { return std::string(1, "^#$*+?~!%&@=_"[below(13)]); };
  std::vector<Written> lines;
  for (int i = 0; i < kLines; ++i) {
    std::string text;
    const auto kind = i % 4 == 3 ? 9 : below(8);
    switch (kind) {
      case 0: text = "2026-0" + digits(1) + "-1" + digits(1) + " 1" + digits(1) + ":" + digits(2) + ":" + digits(2) + " " + word() + "[" + digits(4) + "]: " + word() + " " + word() + " " + word(); break;
      case 1: text = "-rw-r--r-- 1 " + word() + " " + word() + " " + digits(5) + " Oct 2" + digits(1) + " 0" + digits(1) + ":" + digits(2) + " " + word() + "." + word() + ".conf"; break;
      case 2: text = "$ sudo systemctl status " + word() + "-" + word() + " | grep -v '" + mark() + word() + mark() + "' > /tmp/" + word() + digits(2) + ".log"; break;
      case 3: text = "10." + digits(2) + "." + digits(1) + ".1" + digits(2) + "  srv" + digits(2) + "  " + word() + "/" + word() + "  " + digits(3) + " MB (" + digits(2) + "%)"; break;
      case 4: text = "if [ -f /etc/" + word() + "/" + word() + ".yaml ]; then echo \"" + word() + " " + word() + "\" && exit " + digits(1) + "; fi"; break;
      case 5: text = word() + " " + word() + " is " + word() + ", " + word() + " " + word() + " * " + digits(2) + "; {" + word() + "=" + digits(3) + "} <" + word() + "@example.com>"; break;
      case 6: text = "commit " + hex(40) + " (" + word() + "/" + word() + "-" + digits(1) + ")"; break;
      case 7: text = word() + "-" + token(10) + "-" + token(5) + "   1/1   Running   " + digits(1) + "   " + digits(2) + "d"; break;
      default: text = below(2) == 0 ? "export " + word() + "_TOKEN=" + token(32 + below(10)) : "password: " + token(12 + below(8)); break;
    }
    lines.push_back({text, kind == 9});
  }
  return lines;
}

class Face {
 public:
  explicit Face(const Type& type) : type_(type) {
    if (type.font[0] == '/') {
      FT_Init_FreeType(&library_);
      if (FT_New_Face(library_, type.font, 0, &face_) != 0) std::exit(2);
    }
  }
  ~Face() {
    if (face_) FT_Done_Face(face_);
    if (library_) FT_Done_FreeType(library_);
  }
  Face(const Face&) = delete;
  Face& operator=(const Face&) = delete;

  void draw(Frame& frame, double x, double y, const std::string& text) const {
    cairo_surface_t* surface = cairo_image_surface_create_for_data(frame.row(0), CAIRO_FORMAT_RGB24, frame.size().width, frame.size().height,
                                                                   static_cast<int>(frame.stride()));
    cairo_t* cairo = cairo_create(surface);
    cairo_set_source_rgb(cairo, type_.paper, type_.paper, type_.paper);
    cairo_paint(cairo);
    cairo_font_options_t* options = cairo_font_options_create();
    cairo_font_options_set_antialias(options, type_.antialias);
    cairo_font_options_set_hint_metrics(options, type_.whole_advances ? CAIRO_HINT_METRICS_ON : CAIRO_HINT_METRICS_OFF);
    cairo_font_options_set_hint_style(options, type_.whole_advances ? CAIRO_HINT_STYLE_FULL : CAIRO_HINT_STYLE_NONE);
    if (face_) {
      cairo_font_face_t* font = cairo_ft_font_face_create_for_ft_face(face_, 0);
      cairo_set_font_face(cairo, font);
      cairo_font_face_destroy(font);
    } else {
      cairo_select_font_face(cairo, type_.font, CAIRO_FONT_SLANT_NORMAL, CAIRO_FONT_WEIGHT_NORMAL);
    }
    cairo_set_font_options(cairo, options);
    cairo_set_font_size(cairo, type_.pixels);
    cairo_set_source_rgb(cairo, type_.ink, type_.ink, type_.ink);
    cairo_move_to(cairo, x, y);
    cairo_show_text(cairo, text.c_str());
    cairo_font_options_destroy(options);
    cairo_destroy(cairo);
    cairo_surface_destroy(surface);
  }

 private:
  const Type& type_;
  FT_Library library_ = nullptr;
  FT_Face face_ = nullptr;
};

std::string utf8(const std::vector<Character>& characters) {
  std::string out;
  for (const Character& character : characters) out += plain(character.code);
  return out;
}

std::string single_spaced(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c != ' ' || (!out.empty() && out.back() != ' ')) out += c;
  }
  return out;
}

std::size_t edits(const std::string& a, const std::string& b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t above = row[j];
      row[j] = std::min({above + 1, row[j - 1] + 1, diagonal + (a[i - 1] != b[j - 1])});
      diagonal = above;
    }
  }
  return row[b.size()];
}

struct Tally {
  int lines = 0;
  int exact = 0;
  std::size_t characters = 0;
  std::size_t wrong = 0;
  double seconds = 0;

  void add(const std::string& truth, const std::string& read, double spent) {
    ++lines;
    exact += truth == read;
    characters += truth.size();
    wrong += edits(truth, read);
    seconds += spent;
  }
  double exact_percent() const { return lines ? 100.0 * exact / lines : 0; }
  double error_percent() const { return characters ? 100.0 * static_cast<double>(wrong) / static_cast<double>(characters) : 0; }
};

void run(const Type& type, const std::vector<Written>& lines, bool explain) {
  auto engine = make_tesseract_reader({});
  if (!engine) std::exit(2);
  GlyphReader reader(std::move(engine).value(), GlyphAtlas());
  const Face face(type);
  Tally atlas, teacher, secrets, second_half;
  std::map<std::string, int> confusions;
  int engine_calls = 0, second = 0;
  std::mt19937 random(11);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    Frame frame({1600, 80});
    face.draw(frame, 10 + (type.whole_advances ? 0 : static_cast<double>(random() % 4) / 4), 45, lines[i].text);
    const std::string truth = single_spaced(lines[i].text);
    std::string text;
    bool by_engine = false;
    std::vector<LineBox> boxes = find_lines(frame.view(), Rect::of(frame.size()));
    std::ranges::sort(boxes, {}, [](const LineBox& line) { return line.box.x; });
    double spent = 0;
    for (const LineBox& line : boxes) {
      const LineImage image = normalised(frame.view(), line);
      const double before = cpu_seconds();
      auto reading = reader.read(image);
      spent += cpu_seconds() - before;
      if (!reading) std::exit(2);
      if (!text.empty()) text += ' ';
      text += utf8(reading.value().text.characters);
      by_engine = by_engine || reading.value().lesson->by_engine;
      if (!lines[i].secret && !reader.learn(*reading.value().lesson)) std::exit(2);
    }
    (by_engine ? teacher : atlas).add(truth, text, spent);
    if (explain && truth != text) std::printf("%s %s\n       %s\n", by_engine ? "engine" : "atlas ", truth.c_str(), text.c_str());
    if (i < lines.size() / 2) continue;
    ++second;
    engine_calls += by_engine;
    second_half.add(truth, text, spent);
    if (lines[i].secret) secrets.add(truth, text, spent);
  }
  std::printf("| %s | %.0f %% | %.1f %% / %.2f %% (%d) | %.1f / %.2f %% | %.1f %% | %.0f %% | %.2f | %.1f | %zu |\n", type.name, 100.0 * engine_calls / second, atlas.exact_percent(),
              atlas.error_percent(), atlas.lines, second_half.exact_percent(), second_half.error_percent(), teacher.error_percent(), secrets.exact_percent(), 1000 * atlas.seconds / std::max(1, atlas.lines),
              1000 * teacher.seconds / std::max(1, teacher.lines), reader.atlas().size());
  std::fflush(stdout);
}

// Every new line of a recorded video that needs the engine, twice over: cold, then warm.
void list_session(const char* file) {
  codec::silence_ffmpeg();
  auto engine = make_tesseract_reader({});
  if (!engine) std::exit(2);
  GlyphReader reader(std::move(engine).value(), GlyphAtlas());
  for (const char* pass : {"cold", "warm"}) {
    auto video = codec::VideoReader::open(file);
    if (!video) std::exit(2);
    std::set<LineHash> seen;
    std::size_t engine_lines = 0;
    double atlas_seconds = 0;
    Frame last;
    while (auto frame = video.value().next().value()) {
      if (last.size() == frame->frame.size() && same_pixels(last.view(), frame->frame.view(), Rect::of(last.size()))) continue;
      const FrameView view = frame->frame.view();
      for (const LineBox& line : find_lines(view, Rect::of(view.size))) {
        if (!seen.insert(hash_line(view, line.box, {1, 2})).second) continue;
        const LineImage image = normalised(view, line);
        if (shape_of(image) != Shape::text) continue;
        const double before = cpu_seconds();
        const auto reading = reader.read(image);
        if (!reading || !reader.learn(*reading.value().lesson)) std::exit(2);
        if (!reading.value().lesson->by_engine) {
          atlas_seconds += cpu_seconds() - before;
          continue;
        }
        ++engine_lines;
        std::printf("%s %7.1f s  %d,%d %dx%d  %s\n", pass, static_cast<double>(frame->at.count()) / 1e6, line.box.x, line.box.y, line.box.width,
                    line.box.height, utf8(reading.value().text.characters).c_str());
      }
      last = std::move(frame->frame);
    }
    std::printf("%s: %zu of %zu new lines needed the engine; the others took %.2f ms each\n", pass, engine_lines, seen.size(),
                1000 * atlas_seconds / static_cast<double>(std::max<std::size_t>(1, seen.size() - engine_lines)));
  }
}

}  // namespace
}  // namespace frostgate::redaction

int main(int argc, char** argv) {
  using namespace frostgate::redaction;
  if (argc == 3 && std::string(argv[1]) == "--session") {
    list_session(argv[2]);
    return 0;
  }
  const std::string only = argc > 1 ? argv[1] : "";
  const std::vector<Written> lines = written_lines();
  std::puts("| font | engine lines, 2nd half | atlas: exact / CER (lines) | 2nd half: exact / CER | engine CER | secret lines exact, 2nd half | ms a line, atlas | engine | glyphs |");
  std::puts("|---|---|---|---|---|---|---|---|---|");
  for (const Type& type : kTypes) {
    if (std::string(type.name).find(only) != std::string::npos) run(type, lines, argc > 2);
  }
  return 0;
}
