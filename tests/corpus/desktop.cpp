#include "tests/corpus/desktop.h"

#include <pango/pangocairo.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <random>
#include <string>

namespace frostgate::corpus {
namespace {

constexpr Size kScreen{1920, 1080};

double lattice(std::uint64_t seed, int x, int y, int octave) {
  std::uint64_t h = seed + static_cast<std::uint64_t>(x) * 0x9E3779B97F4A7C15U + static_cast<std::uint64_t>(y) * 0xC2B2AE3D27D4EB4FU + static_cast<std::uint64_t>(octave) * 0x165667B19E3779F9U;
  h ^= h >> 31;
  h *= 0xD6E8FEB86659FD93U;
  h ^= h >> 29;
  return static_cast<double>(h & 0xFFFF) / 65535;
}

// Finer and fainter octave by octave, as light in a landscape is; the last is the grain of a sensor.
double landscape(std::uint64_t seed, int x, int y) {
  double sum = 0, weight = 0.5;
  int octave = 0;
  for (int cell = 384; cell >= 1; cell /= 3, ++octave, weight *= 0.55) {
    const int cx = x / cell, cy = y / cell;
    const double fx = static_cast<double>(x % cell) / cell, fy = static_cast<double>(y % cell) / cell;
    const double upper = lattice(seed, cx, cy, octave) * (1 - fx) + lattice(seed, cx + 1, cy, octave) * fx;
    const double lower = lattice(seed, cx, cy + 1, octave) * (1 - fx) + lattice(seed, cx + 1, cy + 1, octave) * fx;
    sum += weight * (upper * (1 - fy) + lower * fy);
  }
  return sum;
}

void paint_landscape(Frame& frame, std::uint64_t seed) {
  for (int y = 0; y < kScreen.height; ++y) {
    std::uint8_t* pixel = frame.row(y);
    for (int x = 0; x < kScreen.width; ++x, pixel += kBytesPerPixel) {
      // A ridge: sky above it, woods below.
      const bool woods = y > 420 + 260 * landscape(seed + 7, x, 3);
      const double light = landscape(seed, x, y);
      const auto byte = [](double value) { return static_cast<std::uint8_t>(std::clamp(value, 0.0, 255.0)); };
      pixel[0] = byte(woods ? 20 + 90 * light : 150 + 110 * light - y / 12.0);
      pixel[1] = byte(woods ? 40 + 150 * light : 110 + 110 * light);
      pixel[2] = byte(woods ? 25 + 110 * light : 70 + 130 * light + y / 9.0);
    }
  }
}

class Brush {
 public:
  explicit Brush(Frame& frame) : cairo_(nullptr, cairo_destroy) {
    cairo_surface_t* surface = cairo_image_surface_create_for_data(frame.row(0), CAIRO_FORMAT_RGB24, kScreen.width, kScreen.height, static_cast<int>(frame.stride()));
    cairo_.reset(cairo_create(surface));
    cairo_surface_destroy(surface);
  }
  cairo_t* get() const { return cairo_.get(); }

  void text(double x, double y, const std::string& words, const char* font, double red, double green, double blue) {
    PangoLayout* layout = pango_cairo_create_layout(get());
    PangoFontDescription* description = pango_font_description_from_string(font);
    pango_layout_set_font_description(layout, description);
    pango_font_description_free(description);
    pango_layout_set_text(layout, words.c_str(), -1);
    cairo_set_source_rgb(get(), red, green, blue);
    cairo_move_to(get(), x, y);
    pango_cairo_show_layout(get(), layout);
    g_object_unref(layout);
  }

  void icon(double x, double y, std::mt19937_64& chance, const char* caption) {
    cairo_pattern_t* shade = cairo_pattern_create_linear(x, y, x + 48, y + 48);
    const auto share = [&] { return static_cast<double>(chance() % 256) / 255; };
    cairo_pattern_add_color_stop_rgb(shade, 0, share(), share(), share());
    cairo_pattern_add_color_stop_rgb(shade, 1, share(), share(), share());
    cairo_set_source(get(), shade);
    cairo_rectangle(get(), x, y, 48, 48);
    cairo_fill(get());
    cairo_pattern_destroy(shade);
    cairo_set_source_rgb(get(), 1, 1, 1);
    cairo_arc(get(), x + 24, y + 22, 12, 0, 5);
    cairo_stroke(get());
    cairo_rectangle(get(), x + 10, y + 36, 28, 5);
    cairo_fill(get());
    text(x - 7, y + 53, caption, "Liberation Sans 9", 0, 0, 0);
    text(x - 8, y + 52, caption, "Liberation Sans 9", 1, 1, 1);
  }

 private:
  std::unique_ptr<cairo_t, decltype(&cairo_destroy)> cairo_;
};

void paint_chart(Brush& brush, std::mt19937_64& chance) {
  cairo_t* cairo = brush.get();
  cairo_set_source_rgb(cairo, 1, 1, 1);
  cairo_rectangle(cairo, 900, 160, 820, 560);
  cairo_fill(cairo);
  brush.text(920, 172, "Requests per second", "Liberation Sans 12", 0.1, 0.1, 0.1);
  cairo_set_line_width(cairo, 1);
  for (int line = 0; line <= 8; ++line) {
    const int y = 660 - line * 54;
    cairo_set_source_rgb(cairo, 0.85, 0.85, 0.85);
    cairo_move_to(cairo, 960, y + 0.5);
    cairo_line_to(cairo, 1700, y + 0.5);
    cairo_stroke(cairo);
    brush.text(918, y - 9, std::to_string(line * 50), "Liberation Sans 9", 0.2, 0.2, 0.2);
  }
  for (int tick = 0; tick < 12; ++tick) brush.text(962 + tick * 61, 668, std::to_string(8 + tick) + ":00", "Liberation Sans 9", 0.2, 0.2, 0.2);
  const double colours[3][3] = {{0.12, 0.47, 0.71}, {1, 0.5, 0.05}, {0.17, 0.63, 0.17}};
  for (const auto& colour : colours) {
    cairo_set_source_rgb(cairo, colour[0], colour[1], colour[2]);
    cairo_set_line_width(cairo, 2);
    double y = 300 + static_cast<double>(chance() % 300);
    for (int x = 960; x <= 1700; x += 4) {
      y = std::clamp(y + static_cast<double>(chance() % 41) - 20, 230.0, 655.0);
      cairo_line_to(cairo, x, y);
    }
    cairo_stroke(cairo);
  }
}

}  // namespace

Frame desktop(std::uint64_t seed) {
  Frame frame(kScreen);
  std::mt19937_64 chance(seed);
  paint_landscape(frame, seed);
  Brush brush(frame);
  const char* captions[] = {"This PC", "Network", "Recycle Bin", "Documents", "Firefox", "PuTTY", "Reports", "backup.log", "Photos", "Server"};
  int place = 0;
  for (const char* caption : captions) {
    brush.icon(40 + place / 8 * 100, 40 + place % 8 * 110, chance, caption);
    ++place;
  }
  paint_chart(brush, chance);
  return frame;
}

}  // namespace frostgate::corpus
