#include "redaction/tesseract/tesseract_reader.h"

#include <tesseract/baseapi.h>
#include <tesseract/resultiterator.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <opencv2/imgproc.hpp>
#include <utility>

#include "redaction/lines/line_image.h"
#include "redaction/tesseract/heaps.h"

namespace frostgate::redaction {
namespace {

constexpr int kPadding = 10;

struct EngineDeleter {
  void operator()(tesseract::TessBaseAPI* engine) const {
    engine->End();
    delete engine;
  }
};
using EnginePtr = std::unique_ptr<tesseract::TessBaseAPI, EngineDeleter>;

// Screen type is read best at twice its size; large type gains nothing and only costs.
double scale_for(int height, Glance glance) {
  const double usual = height <= 24 ? 2 : height <= 48 ? 1 : 48.0 / height;
  return glance == Glance::usual ? usual : glance == Glance::coarse ? usual * 0.75 : usual * 1.5;
}

std::vector<char32_t> code_points(const char* text) {
  std::vector<char32_t> codes;
  for (const auto* p = reinterpret_cast<const unsigned char*>(text); *p != 0;) {
    const int more = *p >= 0xF0 ? 3 : *p >= 0xE0 ? 2 : *p >= 0xC0 ? 1 : 0;
    char32_t code = more == 0 ? *p : *p & (0x3F >> more);
    ++p;
    for (int i = 0; i < more && *p != 0; ++i) code = code << 6 | (*p++ & 0x3F);
    codes.push_back(code);
  }
  return codes;
}

// The widest gap without ink between two columns of the image.
std::pair<int, int> widest_gap(const LineImage& image, int left, int right) {
  std::pair<int, int> best{left, left};
  int start = -1;
  for (int x = left; x <= right; ++x) {
    if (x < right && blank_column(image, x)) {
      if (start < 0) start = x;
      continue;
    }
    if (start >= 0 && x - start > best.second - best.first) best = {start, x};
    start = -1;
  }
  return best;
}

class TesseractReader final : public LineReader {
 public:
  explicit TesseractReader(EnginePtr engine) : engine_(std::move(engine)) {}

  Result<TextLine> read(const LineImage& image, Glance glance) override {
    const double scale = scale_for(image.box.height, glance);
    const cv::Mat line(image.box.height, image.box.width, CV_8UC1, const_cast<std::uint8_t*>(image.paper.data()));
    cv::Mat scaled;
    cv::resize(line, scaled, {}, scale, scale, scale > 1 ? cv::INTER_CUBIC : cv::INTER_AREA);
    cv::Mat page(scaled.rows + 2 * kPadding, scaled.cols + 2 * kPadding, CV_8UC1, cv::Scalar(255));
    scaled.copyTo(page(cv::Rect(kPadding, kPadding, scaled.cols, scaled.rows)));
    engine_->SetImage(page.data, page.cols, page.rows, 1, static_cast<int>(page.step));
    engine_->SetSourceResolution(150);
    if (engine_->Recognize(nullptr) != 0) return Error{ErrorKind::io, "the OCR engine could not process a line"};
    TextLine text = collect(image, scale);
    engine_->Clear();
    return text;
  }

 private:
  struct Symbol {
    std::vector<char32_t> codes;
    bool begins_word = false;
    float confidence = 0;
  };

  TextLine collect(const LineImage& image, double scale) {
    TextLine text{image.box, {}, false};
    const std::unique_ptr<tesseract::ResultIterator> found(engine_->GetIterator());
    if (!found) return text;
    std::vector<Symbol> symbols;
    std::vector<Stretch> columns;
    do {
      const std::unique_ptr<char[]> utf8(found->GetUTF8Text(tesseract::RIL_SYMBOL));
      int left = 0, top = 0, right = 0, bottom = 0;
      if (!utf8 || !found->BoundingBox(tesseract::RIL_SYMBOL, &left, &top, &right, &bottom)) continue;
      const auto on_line = [&](int x) {
        return std::clamp(static_cast<int>((x - kPadding) / scale + 0.5), 0, image.box.width);
      };
      const int from = std::min(on_line(left), image.box.width - 1);
      columns.push_back({from, std::max(on_line(right), from + 1)});
      symbols.push_back({code_points(utf8.get()), found->IsAtBeginningOf(tesseract::RIL_WORD),
                         std::clamp(found->Confidence(tesseract::RIL_SYMBOL) / 100.0F, 0.0F, 1.0F)});
    } while (found->Next(tesseract::RIL_SYMBOL));
    spread_heaps(image, columns);
    for (std::size_t k = 0; k < symbols.size(); ++k) {
      const auto [from, to] = columns[k];
      if (symbols[k].begins_word) add_space(image, from, to, text);
      const Rect box{image.box.x + from, image.box.y, to - from, image.box.height};
      for (const char32_t code : symbols[k].codes) text.characters.push_back({code, box, symbols[k].confidence});
    }
    return text;
  }

  // A space that the engine saw is taken only where the pixels have a gap: inside random strings it invents them.
  static void add_space(const LineImage& image, int from, int to, TextLine& text) {
    if (text.characters.empty()) return;
    const Rect& before = text.characters.back().box;
    const int left = before.x - image.box.x + before.width / 2, right = (from + to) / 2;
    const auto [start, end] = widest_gap(image, std::min(left, right), std::max(left, right));
    if (end - start < std::max(2, image.box.height / 5)) return;
    text.characters.push_back({U' ', {image.box.x + start, image.box.y, end - start, image.box.height}, 1});
  }

  EnginePtr engine_;
};

}  // namespace

Result<ReaderPtr> make_tesseract_reader(const TesseractSettings& settings) {
  if (settings.languages.empty()) return Error{ErrorKind::invalid, "no OCR language is set"};
  std::string languages;
  for (const std::string& language : settings.languages) languages += (languages.empty() ? "" : "+") + language;
  EnginePtr engine(new tesseract::TessBaseAPI);
  const char* folder = settings.tessdata.empty() ? nullptr : settings.tessdata.c_str();
  if (engine->Init(folder, languages.c_str(), tesseract::OEM_LSTM_ONLY) != 0) {
    return Error{ErrorKind::not_found, "no OCR model for the languages " + languages};
  }
  engine->SetPageSegMode(tesseract::PSM_SINGLE_LINE);
  const std::pair<const char*, const char*> variables[] = {
      {"tessedit_do_invert", "0"}, {"classify_enable_learning", "0"}, {"debug_file", "/dev/null"}};
  for (const auto& [name, value] : variables) {
    if (!engine->SetVariable(name, value)) return Error{ErrorKind::unsupported, std::string("OCR engine without ") + name};
  }
  return ReaderPtr(std::make_unique<TesseractReader>(std::move(engine)));
}

std::string tesseract_version() { return tesseract::TessBaseAPI::Version(); }

}  // namespace frostgate::redaction
