// Secrets of every kind of the corpus, with what stands around them, read through the errors that were measured of OCR.
#include <catch2/catch.hpp>

#include <sstream>

#include "tests/corpus/secret_kinds.h"
#include "tests/unit/redaction/detectors/ocr_noise.h"
#include "tests/unit/redaction/detectors/screen_of_text.h"

namespace frostgate::redaction {
namespace {

constexpr int kOfCorpusKind = 50;

// An ñ is the only letter of the corpus that is no ASCII.
std::string latin1(std::string text) {
  for (std::size_t at; (at = text.find("\xc3\xb1")) != std::string::npos;) text.replace(at, 2, "\xf1");
  return text;
}

Noised through_ocr(Random& random, const corpus::Line& line) {
  Noised read = noise(random, latin1(line.text.substr(0, line.first)), line.text.substr(line.first, line.end - line.first));
  read.text += noise(random, line.text.substr(line.end), " ").text;
  return read;
}

}  // namespace

TEST_CASE("every kind of secret that the corpus has is covered through OCR noise") {
  const Detectors detectors = default_detectors();
  std::ostringstream table;
  int all = 0, hits = 0;
  for (const corpus::SecretKind& kind : corpus::secret_kinds()) {
    Random random(4711);
    corpus::Chance chance(4711);
    int rows = 0, covered_rows = 0;
    for (int i = 0; i < kOfCorpusKind; ++i) {
      std::vector<std::string> texts;
      std::vector<Noised> read;
      for (const corpus::Line& line : corpus::lines_of(kind, chance)) {
        read.push_back(line.first == line.end ? Noised{latin1(line.text)} : through_ocr(random, line));
        texts.push_back(read.back().text);
      }
      const std::vector<Finding> findings = detectors.find(screen_of(texts));
      for (std::size_t row = 0; row < read.size(); ++row) {
        if (read[row].first == read[row].end) continue;
        const bool hit = covered(findings, row, read[row].first, read[row].end);
        ++rows, covered_rows += hit;
        if (!hit) table << "\n    missed: " << read[row].text;
      }
    }
    if (covered_rows < rows) table << "\n  " << kind.name << ": " << covered_rows << " of " << rows;
    INFO(kind.name);
    CHECK(covered_rows >= 0.9 * rows);
    all += rows, hits += covered_rows;
  }
  WARN("kinds of the corpus through noise: " << hits << " of " << all << table.str());
  CHECK(hits >= 0.99 * all);
}

}  // namespace frostgate::redaction
