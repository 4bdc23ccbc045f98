#include "tests/corpus/recall.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <utility>

#include "codec/video_reader.h"
#include "redaction/redactor.h"
#include "redaction/renderer.h"
#include "redaction/tesseract/tesseract_reader.h"

namespace frostgate::corpus {
namespace {

// The corpus is ours: what fails is a bug, and the program ends.
template <class T>
T must(Result<T> result) {
  if (result) return std::move(result).value();
  std::fprintf(stderr, "%s\n", result.error().message.c_str());
  std::exit(2);
}

// As a worker has it: Debian's word list.
std::shared_ptr<const redaction::Vocabulary> vocabulary() {
  static const std::shared_ptr<const redaction::Vocabulary> words = [] {
    auto list = std::make_shared<redaction::Vocabulary>();
    std::ifstream file("/usr/share/dict/american-english", std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    list->add_list(text);
    return list;
  }();
  return words;
}

// Keeps what the engine says of each line.
class NotingReader final : public redaction::LineReader {
 public:
  explicit NotingReader(std::vector<redaction::TextLine>& notes) : engine_(must(redaction::make_tesseract_reader({}))), notes_(notes) {}
  Result<redaction::TextLine> read(const redaction::LineImage& image, redaction::Glance glance) override {
    redaction::TextLine line = TRY(engine_->read(image, glance));
    if (glance == redaction::Glance::usual) notes_.push_back(line);
    return line;
  }

 private:
  redaction::ReaderPtr engine_;
  std::vector<redaction::TextLine>& notes_;
};

std::string utf8(char32_t code) {
  if (code < 0x80) return {static_cast<char>(code)};
  if (code < 0x800) return {static_cast<char>(0xC0 | code >> 6), static_cast<char>(0x80 | (code & 0x3F))};
  return {static_cast<char>(0xE0 | code >> 12), static_cast<char>(0x80 | (code >> 6 & 0x3F)), static_cast<char>(0x80 | (code & 0x3F))};
}

bool in(const Point& pixel, const std::vector<Rect>& boxes) {
  return std::any_of(boxes.begin(), boxes.end(), [&](const Rect& box) { return box.contains({pixel.x, pixel.y, 1, 1}); });
}

}  // namespace

redaction::GlyphAtlas taught_by(const std::vector<Frame>& screens) {
  std::vector<redaction::TextLine> read;
  redaction::Redactor redactor = must(redaction::Redactor::make({}, std::make_unique<NotingReader>(read), must(redaction::Detectors::make({})), {1, 2}));
  SessionTime at(0);
  for (const Frame& screen : screens) {
    const Result<void> seen = redactor.observe({at, screen.view(), Region(Rect::of(screen.size()))});
    if (!seen) std::fprintf(stderr, "%s\n", seen.error().message.c_str());
    at += std::chrono::seconds(1);
  }
  must(redactor.finish(at));
  return redactor.atlas();
}

Redacted redacted(FrameView frame, redaction::Profile profile, redaction::GlyphAtlas atlas) {
  redaction::DetectorSettings settings;
  settings.profile = profile;
  if (profile == redaction::Profile::strict) settings.vocabulary = vocabulary();
  Redacted out;
  redaction::Redactor redactor = must(redaction::Redactor::make(
      {}, std::make_unique<NotingReader>(out.read), must(redaction::Detectors::make(settings)), {1, 2}, std::move(atlas)));
  const Result<void> seen = redactor.observe({SessionTime(0), frame, Region(Rect::of(frame.size))});
  if (!seen) std::fprintf(stderr, "%s\n", seen.error().message.c_str());
  redaction::Renderer renderer(must(redactor.finish(std::chrono::seconds(1))));
  for (const redaction::Mask& mask : renderer.plan().masks()) {
    out.boxes.push_back(mask.box);
    out.causes.push_back(mask.rule);
  }
  for (const redaction::UnreadArea& area : renderer.plan().unread()) {
    out.boxes.push_back(area.box);
    out.causes.push_back("unread");
  }
  out.cleared = renderer.render(SessionTime(0), frame, Region(Rect::of(frame.size)));
  return out;
}

Rect bare(const std::vector<Point>& ink, const std::vector<Rect>& boxes) {
  Rect around;
  for (const Point& pixel : ink) {
    if (!in(pixel, boxes)) around = around.united({pixel.x, pixel.y, 1, 1});
  }
  return around;
}

std::string read_on(const Rect& line, const std::vector<redaction::TextLine>& read) {
  std::vector<const redaction::TextLine*> on;
  for (const redaction::TextLine& other : read) {
    const int middle = other.box.y + other.box.height / 2;
    if (middle >= line.y && middle < line.bottom() && other.box.x < line.right() && other.box.right() > line.x) on.push_back(&other);
  }
  std::sort(on.begin(), on.end(), [](const auto* a, const auto* b) { return a->box.x < b->box.x; });
  std::string text;
  for (const redaction::TextLine* other : on) {
    text += '[';
    for (const redaction::Character& character : other->characters) text += utf8(character.code);
    text += ']';
  }
  return text;
}

std::string causes_on(const Rect& line, const Redacted& result) {
  std::string text;
  for (std::size_t i = 0; i < result.boxes.size(); ++i) {
    const Rect& box = result.boxes[i];
    if (!box.intersects(line)) continue;
    text += '[' + result.causes[i] + ' ' + std::to_string(box.width) + 'x' + std::to_string(box.height) + '+' + std::to_string(box.x) + '+' + std::to_string(box.y) + ']';
  }
  return text;
}

bool hidden(const std::vector<Point>& ink, const std::vector<Rect>& boxes) {
  return std::all_of(ink.begin(), ink.end(), [&](const Point& pixel) { return in(pixel, boxes); });
}

Outcome judge(const Drawn& drawn, const std::vector<Rect>& boxes) {
  Outcome outcome;
  for (const DrawnSecret& secret : drawn.secrets) outcome.covered.push_back(hidden(secret.ink, boxes));
  for (const Rect& line : drawn.benign) {
    // The leading between rows belongs to no line: a box next to it may reach into it.
    const Rect core = line.expanded(0, -line.height / 4);
    outcome.benign_covered.push_back(std::any_of(boxes.begin(), boxes.end(), [&](const Rect& box) { return box.intersects(core); }));
  }
  return outcome;
}

Frame after_video(FrameView frame) {
  std::string folder = (std::filesystem::temp_directory_path() / "frostgate-corpus-XXXXXX").string();
  if (!mkdtemp(folder.data())) std::exit(2);
  write_picture(frame, {}, folder + "/in.ppm");
  const std::string command = "ffmpeg -v error -y -i '" + folder + "/in.ppm' -vf 'pad=ceil(iw/2)*2:ceil(ih/2)*2' -c:v libx264 -preset veryfast -crf 23 " +
                              "-pix_fmt yuv420p '" + folder + "/out.mp4'";
  if (std::system(command.c_str()) != 0) std::exit(2);
  codec::VideoReader video = must(codec::VideoReader::open(folder + "/out.mp4"));
  auto first = must(video.next());
  std::filesystem::remove_all(folder);
  if (!first) std::exit(2);
  return std::move(first->frame);
}

void write_picture(FrameView frame, const std::vector<Rect>& boxes, const std::string& path) {
  Frame copy = Frame::copy_of(frame);
  for (const Rect& box : boxes) {
    for (int y = std::max(0, box.y); y < std::min(frame.size.height, box.bottom()); ++y) {
      const bool edge_row = y == box.y || y == box.bottom() - 1;
      for (int x = std::max(0, box.x); x < std::min(frame.size.width, box.right()); ++x) {
        if (!edge_row && x != box.x && x != box.right() - 1) continue;
        std::uint8_t* pixel = copy.row(y) + std::ptrdiff_t{x} * kBytesPerPixel;
        pixel[0] = pixel[1] = 0;
        pixel[2] = 255;
      }
    }
  }
  std::ofstream out(path, std::ios::binary);
  out << "P6\n" << frame.size.width << ' ' << frame.size.height << "\n255\n";
  std::string row(static_cast<std::size_t>(frame.size.width) * 3, '\0');
  for (int y = 0; y < frame.size.height; ++y) {
    const std::uint8_t* pixel = copy.row(y);
    for (std::size_t x = 0; x < row.size(); x += 3, pixel += kBytesPerPixel) {
      row[x] = static_cast<char>(pixel[2]);
      row[x + 1] = static_cast<char>(pixel[1]);
      row[x + 2] = static_cast<char>(pixel[0]);
    }
    out.write(row.data(), static_cast<std::streamsize>(row.size()));
  }
}

}  // namespace frostgate::corpus
