// A screen that tests write on with real fonts.
#pragma once

#include <cairo/cairo.h>

#include <memory>
#include <string>

#include "codec/base/frame.h"

namespace frostgate::redaction {

struct Ink {
  double red = 0;
  double green = 0;
  double blue = 0;
};

inline constexpr Ink kPaper{1, 1, 1};
inline constexpr Ink kBlack{0, 0, 0};

class Canvas {
 public:
  explicit Canvas(Size size, Ink paper = kPaper) : frame_(size) { rectangle(Rect::of(size), paper); }

  Frame& frame() { return frame_; }
  FrameView view() const { return frame_.view(); }

  void rectangle(const Rect& rect, Ink ink) {
    const auto byte = [](double value) { return static_cast<std::uint8_t>(value * 255); };
    const Rect area = rect.intersected(Rect::of(frame_.size()));
    for (int y = area.y; y < area.bottom(); ++y) {
      std::uint8_t* pixel = frame_.row(y) + std::ptrdiff_t{area.x} * kBytesPerPixel;
      for (int x = 0; x < area.width; ++x, pixel += kBytesPerPixel) {
        pixel[0] = byte(ink.blue);
        pixel[1] = byte(ink.green);
        pixel[2] = byte(ink.red);
      }
    }
  }

  // `y` is the baseline; `degrees` turn it clockwise about its beginning.
  void text(int x, int y, const std::string& words, double pixels = 14, Ink ink = kBlack,
            const char* font = "DejaVu Sans Mono", double degrees = 0, cairo_antialias_t smoothing = CAIRO_ANTIALIAS_DEFAULT) {
    const std::unique_ptr<cairo_surface_t, decltype(&cairo_surface_destroy)> surface(
        cairo_image_surface_create_for_data(frame_.row(0), CAIRO_FORMAT_RGB24, frame_.size().width, frame_.size().height,
                                            static_cast<int>(frame_.stride())),
        cairo_surface_destroy);
    const std::unique_ptr<cairo_t, decltype(&cairo_destroy)> cairo(cairo_create(surface.get()), cairo_destroy);
    cairo_select_font_face(cairo.get(), font, CAIRO_FONT_SLANT_NORMAL, CAIRO_FONT_WEIGHT_NORMAL);
    cairo_set_font_size(cairo.get(), pixels);
    const std::unique_ptr<cairo_font_options_t, decltype(&cairo_font_options_destroy)> options(cairo_font_options_create(),
                                                                                            cairo_font_options_destroy);
    cairo_font_options_set_antialias(options.get(), smoothing);
    cairo_set_font_options(cairo.get(), options.get());
    cairo_set_source_rgb(cairo.get(), ink.red, ink.green, ink.blue);
    cairo_move_to(cairo.get(), x, y);
    cairo_rotate(cairo.get(), degrees * 3.14159265358979 / 180);
    cairo_show_text(cairo.get(), words.c_str());
    cairo_surface_flush(surface.get());
  }

 private:
  Frame frame_;
};

}  // namespace frostgate::redaction
