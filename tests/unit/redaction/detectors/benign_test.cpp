// Lines without a secret: how many of them are covered. tests/corpus/benign holds generated ones; the hidden test
// [real] reads what is installed on this machine.
#include <catch2/catch.hpp>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <set>
#include <sstream>

#include "tests/unit/redaction/detectors/screen_of_text.h"

using namespace frostgate;
using namespace frostgate::redaction;

namespace {

constexpr std::size_t kRows = 40;

struct Count {
  std::size_t lines = 0, covered = 0, characters = 0, covered_characters = 0;
  std::ostringstream examples;

  double line_share() const { return 100.0 * static_cast<double>(covered) / static_cast<double>(std::max<std::size_t>(lines, 1)); }
  double character_share() const {
    return 100.0 * static_cast<double>(covered_characters) / static_cast<double>(std::max<std::size_t>(characters, 1));
  }
};

// As screens of forty rows. Empty lines do not count.
void count(const Detectors& detectors, std::istream& in, Count& out) {
  std::vector<std::string> rows;
  const auto judge = [&] {
    const auto findings = detectors.find(screen_of(rows));
    for (std::size_t i = 0; i < rows.size(); ++i) {
      if (rows[i].find_first_not_of(' ') == std::string::npos) continue;
      std::size_t hidden = 0, ink = 0;
      for (std::size_t c = 0; c < rows[i].size(); ++c) {
        const bool under = std::any_of(findings.begin(), findings.end(), [&](const Finding& f) { return f.line == i && c >= f.first && (c < f.end || f.to_line_end); });
        ink += rows[i][c] != ' ';
        hidden += rows[i][c] != ' ' && under;
      }
      ++out.lines;
      out.characters += ink;
      out.covered_characters += hidden;
      if (!hidden) continue;
      if (++out.covered <= 40) {
        for (const Finding& f : findings)
          if (f.line == i) out.examples << "\n  " << f.rule << ": " << rows[i].substr(0, 120);
      }
    }
    rows.clear();
  };
  for (std::string line; std::getline(in, line);) {
    rows.push_back(line.substr(0, 200));
    if (rows.size() == kRows) judge();
  }
  judge();
}

Count of_file(const Detectors& detectors, const char* name) {
  std::ifstream in(std::string(FROSTGATE_BENIGN) + "/" + name);
  REQUIRE(in);
  Count counted;
  count(detectors, in, counted);
  return counted;
}

Detectors strict_in_english() {
  auto vocabulary = std::make_shared<Vocabulary>();
  for (const char* name : {"american-english", "british-english"}) {
    std::ifstream in(std::string("/usr/share/dict/") + name);
    REQUIRE(in);
    vocabulary->add_list(std::string{std::istreambuf_iterator<char>(in), {}});
  }
  DetectorSettings settings;
  settings.profile = Profile::strict;
  settings.vocabulary = vocabulary;
  settings.harmless = {"alice@db1:~$", "db1"};
  return std::move(Detectors::make(settings)).value();
}

}  // namespace

TEST_CASE("balanced leaves digests, identifiers and code about passwords alone") {
  const Count hard = of_file(default_detectors(), "hard.txt");
  REQUIRE(hard.lines > 500);
  INFO(hard.covered << " of " << hard.lines << hard.examples.str());
  CHECK(hard.line_share() <= 0.5);
}

TEST_CASE("balanced leaves ordinary screens alone") {
  const Count ordinary = of_file(default_detectors(), "ordinary.txt");
  REQUIRE(ordinary.lines > 2000);
  INFO(ordinary.covered << " of " << ordinary.lines << ordinary.examples.str());
  CHECK(ordinary.line_share() <= 0.05);
}

TEST_CASE("strict leaves most of ordinary screens to be read") {
  const Detectors detectors = strict_in_english();
  const Count ordinary = of_file(detectors, "ordinary.txt"), hard = of_file(detectors, "hard.txt");
  WARN("strict covers " << ordinary.character_share() << " % of the characters of ordinary screens, " << hard.character_share() << " % of hard ones");
  CHECK(ordinary.character_share() < 55);
}

// Not run by default: its figures depend on the machine.
TEST_CASE("lines of what is installed here that are covered", "[.][real]") {
  const auto measure = [](const char* what, const std::vector<std::string>& folders, const std::vector<std::string>& endings) {
    const Detectors balanced = default_detectors(), narrow = strict_in_english();
    Count all, words;
    std::size_t files = 0;
    for (const std::string& folder : folders) {
      std::error_code failure;
      std::set<std::filesystem::path> sorted;
      for (const auto& entry : std::filesystem::recursive_directory_iterator(folder, failure))
        if (entry.is_regular_file(failure) && std::find(endings.begin(), endings.end(), entry.path().extension().string()) != endings.end()) sorted.insert(entry.path());
      for (const auto& path : sorted) {
        if (++files % 7 != 0 || all.lines > 100000) continue;
        std::ifstream in(path), again(path);
        count(balanced, in, all);
        if (files % 70 == 0) count(narrow, again, words);
      }
    }
    WARN(what << ": " << all.covered << " of " << all.lines << " lines (" << all.line_share() << " %); strict covers " << words.character_share() << " % of the characters" << all.examples.str());
  };
  measure("headers", {"/usr/include"}, {".h", ".hpp"});
  measure("Python", {"/usr/lib/python3.11"}, {".py"});
  measure("documents", {"/usr/share/doc"}, {"", ".txt", ".md", ".html"});
  if (const char* more = std::getenv("FROSTGATE_TEXTS")) measure("given", {more}, {".txt"});
}
