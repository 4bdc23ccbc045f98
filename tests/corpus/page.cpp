#include "tests/corpus/page.h"

#include <pango/pangocairo.h>

#include <cmath>
#include <cstdlib>
#include <memory>

namespace frostgate::corpus {
namespace {

struct Unref {
  void operator()(void* object) const { g_object_unref(object); }
};
using CairoPtr = std::unique_ptr<cairo_t, decltype(&cairo_destroy)>;
using LayoutPtr = std::unique_ptr<PangoLayout, Unref>;

void set_source(cairo_t* cairo, Rgb colour) {
  cairo_set_source_rgb(cairo, (colour >> 16 & 255) / 255.0, (colour >> 8 & 255) / 255.0, (colour & 255) / 255.0);
}

class Pen {
 public:
  Pen(Frame& frame, const Look& look) : look_(look), cairo_(nullptr, cairo_destroy) {
    cairo_surface_t* surface = cairo_image_surface_create_for_data(frame.row(0), CAIRO_FORMAT_RGB24, frame.size().width, frame.size().height,
                                                                  static_cast<int>(frame.stride()));
    cairo_.reset(cairo_create(surface));
    cairo_surface_destroy(surface);
    options_.reset(cairo_font_options_create());
    cairo_font_options_set_antialias(options_.get(), look.antialias == Antialias::none   ? CAIRO_ANTIALIAS_NONE
                                                     : look.antialias == Antialias::grey ? CAIRO_ANTIALIAS_GRAY
                                                                                         : CAIRO_ANTIALIAS_SUBPIXEL);
    cairo_font_options_set_hint_style(options_.get(), look.antialias == Antialias::none ? CAIRO_HINT_STYLE_FULL : CAIRO_HINT_STYLE_SLIGHT);
    cairo_set_antialias(cairo_.get(), CAIRO_ANTIALIAS_NONE);
  }

  int scaled(int pixels) const { return static_cast<int>(std::lround(pixels * look_.percent / 100.0)); }
  Rect scaled(const Rect& area) const { return Rect::between(scaled(area.x), scaled(area.y), scaled(area.right()), scaled(area.bottom())); }

  void panel(const Rect& area, Rgb colour) {
    set_source(cairo_.get(), colour);
    cairo_rectangle(cairo_.get(), area.x, area.y, area.width, area.height);
    cairo_fill(cairo_.get());
  }

  // Returns the box of the text's line.
  Rect label(const Label& label, bool with_secret) {
    const LayoutPtr layout(pango_cairo_create_layout(cairo_.get()));
    pango_cairo_context_set_font_options(pango_layout_get_context(layout.get()), options_.get());
    pango_layout_context_changed(layout.get());
    PangoFontDescription* font = pango_font_description_from_string(look_.font.c_str());
    pango_font_description_set_absolute_size(font, std::lround(label.points * 96 / 72 * look_.percent / 100.0) * PANGO_SCALE);
    pango_layout_set_font_description(layout.get(), font);
    pango_font_description_free(font);
    pango_layout_set_text(layout.get(), label.line.text.c_str(), -1);
    if (label.line.end > label.line.first) {
      // The attribute is always there, so that the letters stand in the same places either way.
      PangoAttrList* attributes = pango_attr_list_new();
      PangoAttribute* alpha = pango_attr_foreground_alpha_new(with_secret ? 65535 : 1);
      alpha->start_index = static_cast<guint>(label.line.first);
      alpha->end_index = static_cast<guint>(label.line.end);
      pango_attr_list_insert(attributes, alpha);
      pango_layout_set_attributes(layout.get(), attributes);
      pango_attr_list_unref(attributes);
    }
    set_source(cairo_.get(), label.ink);
    const Point at{scaled(label.at.x), scaled(label.at.y)};
    cairo_move_to(cairo_.get(), at.x, at.y);
    pango_cairo_show_layout(cairo_.get(), layout.get());
    int width = 0, height = 0;
    pango_layout_get_pixel_size(layout.get(), &width, &height);
    return {at.x, at.y, width, height};
  }

 private:
  struct FreeOptions {
    void operator()(cairo_font_options_t* options) const { cairo_font_options_destroy(options); }
  };
  const Look& look_;
  CairoPtr cairo_;
  std::unique_ptr<cairo_font_options_t, FreeOptions> options_;
};

Frame drawn(const Page& page, const Look& look, bool with_secrets, std::vector<Rect>& boxes) {
  Frame frame({page.size.width * look.percent / 100, page.size.height * look.percent / 100});
  Pen pen(frame, look);
  pen.panel(Rect::of(frame.size()), page.paper);
  for (const Panel& panel : page.panels) {
    const Rect area = pen.scaled(panel.area);
    if (panel.bordered) pen.panel(area.expanded(1, 1), panel.border);
    pen.panel(area, panel.paper);
  }
  boxes.clear();
  for (const Label& label : page.labels) boxes.push_back(pen.label(label, with_secrets));
  return frame;
}

// Fainter than this nobody sees.
bool differ(const std::uint8_t* a, const std::uint8_t* b) {
  return std::abs(a[0] - b[0]) > 8 || std::abs(a[1] - b[1]) > 8 || std::abs(a[2] - b[2]) > 8;
}

}  // namespace

const char* to_string(Antialias antialias) {
  return antialias == Antialias::none ? "none" : antialias == Antialias::grey ? "grey" : "subpixel";
}

Drawn draw(const Page& page, const Look& look) {
  Drawn out;
  std::vector<Rect> boxes;
  const Frame without = drawn(page, look, false, boxes);
  out.frame = drawn(page, look, true, boxes);
  for (std::size_t i = 0; i < page.labels.size(); ++i) {
    const Label& label = page.labels[i];
    if (label.line.first == label.line.end) {
      out.benign.push_back(boxes[i]);
      out.benign_texts.push_back(label.line.text);
      continue;
    }
    DrawnSecret secret{label.kind, label.line.text, boxes[i], label.line.end == label.line.text.size(), {}};
    const Rect area = boxes[i].expanded(4, 0).intersected(Rect::of(out.frame.size()));
    for (int y = area.y; y < area.bottom(); ++y) {
      for (int x = area.x; x < area.right(); ++x) {
        if (differ(out.frame.view().at(x, y), without.view().at(x, y))) secret.ink.push_back({x, y});
      }
    }
    out.secrets.push_back(std::move(secret));
  }
  return out;
}

}  // namespace frostgate::corpus
