// Runs both passes over a handful of states, as a worker does with a recording.
#pragma once

#include <catch2/catch.hpp>

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "redaction/redactor.h"
#include "redaction/renderer.h"
#include "redaction/tesseract/tesseract_reader.h"
#include "redaction/visible_text.h"

namespace frostgate::redaction {

struct Film {
  std::vector<Frame> shown;
  std::vector<Region> changed;
  std::vector<Mask> masks;
  std::vector<UnreadArea> unread;
  std::vector<RegionArea> regions;
  RedactionReport report;
  std::vector<std::byte> atlas;  // what was learned
  std::vector<VisibleLine> text;
};

inline constexpr SessionTime kStep{200'000};

// One engine for all films of a program: the same image always gives the same line, whatever was read before.
class SharedEngine final : public LineReader {
 public:
  Result<TextLine> read(const LineImage& image, Glance glance) override {
    static const ReaderPtr engine = make_tesseract_reader({}).value();
    return engine->read(image, glance);
  }
};

// One state every 0.2 s; the damage is the whole screen, so that nothing is taken for granted.
inline Film redacted(const std::vector<Frame>& states, RedactionPolicy policy = {}, ReaderPtr reader = nullptr, GlyphAtlas atlas = {}) {
  if (!reader) reader = std::make_unique<SharedEngine>();
  auto redactor = Redactor::make(std::move(policy), std::move(reader), Detectors::make({}).value(), {1, 2}, std::move(atlas));
  REQUIRE(redactor);
  SessionTime at{0};
  for (const Frame& state : states) {
    REQUIRE(redactor->observe({at, state.view(), Region(Rect::of(state.size()))}));
    at += kStep;
  }
  auto plan = redactor->finish(at);
  REQUIRE(plan);
  Film film{{}, {}, plan->masks(), plan->unread(), plan->regions(), plan->report(), redactor->atlas().save(),
            redactor->visible_text(plan.value(), at)};
  Renderer renderer(std::move(plan).value());
  at = SessionTime{0};
  for (const Frame& state : states) {
    const ClearedFrame cleared = renderer.render(at, state.view(), Region(Rect::of(state.size())));
    film.shown.push_back(Frame::copy_of(cleared.view()));
    film.changed.push_back(cleared.changed());
    at += kStep;
  }
  // FROSTGATE_PICTURES=folder keeps what was shown, for looking at.
  if (const char* folder = std::getenv("FROSTGATE_PICTURES")) {
    static int film_number = 0;
    ++film_number;
    for (std::size_t i = 0; i < film.shown.size(); ++i) {
      const Frame& frame = film.shown[i];
      const std::string name = std::string(folder) + "/film" + std::to_string(film_number) + "-" + std::to_string(i) + ".ppm";
      std::FILE* file = std::fopen(name.c_str(), "wb");
      REQUIRE(file);
      std::fprintf(file, "P6\n%d %d\n255\n", frame.size().width, frame.size().height);
      for (int y = 0; y < frame.size().height; ++y) {
        for (int x = 0; x < frame.size().width; ++x) {
          const std::uint8_t* pixel = frame.view().at(x, y);
          for (const int c : {2, 1, 0}) std::fputc(pixel[c], file);
        }
      }
      std::fclose(file);
    }
  }
  return film;
}

}  // namespace frostgate::redaction
