#include "gateway/export/drawing.h"

#include <cairo-pdf.h>
#include <pango/pangocairo.h>

#include <algorithm>
#include <memory>

#include "storage/manifest/times.h"

namespace frostgate::exporting {
namespace {

constexpr double kPageWidth = 595.28, kPageHeight = 841.89;  // A4 in points
constexpr double kMargin = 42;
constexpr double kLabelWidth = 96;
constexpr int kColumns = 4;
constexpr double kGap = 8;
constexpr int kThumbnailPixels = 480;

struct Destroy {
  void operator()(cairo_t* context) const { cairo_destroy(context); }
  void operator()(cairo_surface_t* surface) const { cairo_surface_destroy(surface); }
  void operator()(PangoLayout* layout) const { g_object_unref(layout); }
};
using Context = std::unique_ptr<cairo_t, Destroy>;
using Surface = std::unique_ptr<cairo_surface_t, Destroy>;
using Layout = std::unique_ptr<PangoLayout, Destroy>;

struct Text {
  std::string text;
  const char* font;
  double width;
};

// Draws it with its upper left corner there; how high it is.
double draw_text(cairo_t* context, double x, double y, const Text& text) {
  const Layout layout(pango_cairo_create_layout(context));
  PangoFontDescription* font = pango_font_description_from_string(text.font);
  pango_layout_set_font_description(layout.get(), font);
  pango_font_description_free(font);
  pango_layout_set_width(layout.get(), static_cast<int>(text.width * PANGO_SCALE));
  pango_layout_set_wrap(layout.get(), PANGO_WRAP_WORD_CHAR);
  pango_layout_set_text(layout.get(), text.text.c_str(), static_cast<int>(text.text.size()));
  cairo_move_to(context, x, y);
  pango_cairo_show_layout(context, layout.get());
  int width = 0, height = 0;
  pango_layout_get_size(layout.get(), &width, &height);
  return static_cast<double>(height) / PANGO_SCALE;
}

// Smaller, so that the PDF does not carry whole screens.
Surface thumbnail_of(const Frame& picture) {
  const Size size = picture.size();
  const double scale = std::min(1.0, kThumbnailPixels / static_cast<double>(size.width));
  const Surface whole(cairo_image_surface_create(CAIRO_FORMAT_RGB24, size.width, size.height));
  unsigned char* pixels = cairo_image_surface_get_data(whole.get());
  const int stride = cairo_image_surface_get_stride(whole.get());
  for (int y = 0; y < size.height; ++y) {
    std::copy_n(picture.row(y), static_cast<std::size_t>(size.width) * kBytesPerPixel, pixels + std::ptrdiff_t{y} * stride);
  }
  cairo_surface_mark_dirty(whole.get());
  Surface small(cairo_image_surface_create(CAIRO_FORMAT_RGB24, std::max(1, static_cast<int>(size.width * scale)), std::max(1, static_cast<int>(size.height * scale))));
  const Context context(cairo_create(small.get()));
  cairo_scale(context.get(), scale, scale);
  cairo_set_source_surface(context.get(), whole.get(), 0, 0);
  cairo_pattern_set_filter(cairo_get_source(context.get()), CAIRO_FILTER_BEST);
  cairo_paint(context.get());
  return small;
}

// Draws it `width` wide; how high it is.
double draw_picture(cairo_t* context, double x, double y, double width, const Frame& picture) {
  const Surface small = thumbnail_of(picture);
  const double scale = width / cairo_image_surface_get_width(small.get());
  const double height = cairo_image_surface_get_height(small.get()) * scale;
  cairo_save(context);
  cairo_translate(context, x, y);
  cairo_scale(context, scale, scale);
  cairo_set_source_surface(context, small.get(), 0, 0);
  cairo_paint(context);
  cairo_restore(context);
  cairo_set_source_rgb(context, 0.4, 0.4, 0.4);
  cairo_set_line_width(context, 0.5);
  cairo_rectangle(context, x, y, width, height);
  cairo_stroke(context);
  cairo_set_source_rgb(context, 0, 0, 0);
  return height;
}

void draw_pictures(cairo_t* context, double y, const std::vector<ContactPicture>& pictures) {
  constexpr double kWidth = (kPageWidth - 2 * kMargin - (kColumns - 1) * kGap) / kColumns;
  for (std::size_t first = 0; first < pictures.size(); first += kColumns) {
    double tallest = 0;
    for (std::size_t i = first; i < std::min(pictures.size(), first + kColumns); ++i) {
      const Size size = pictures[i].picture.size();
      tallest = std::max(tallest, kWidth * size.height / std::max(size.width, 1) + 22);
    }
    if (y + tallest > kPageHeight - kMargin - 30) return;  // the page is full
    for (std::size_t i = first; i < std::min(pictures.size(), first + kColumns); ++i) {
      const double x = kMargin + static_cast<double>(i - first) * (kWidth + kGap);
      const double height = draw_picture(context, x, y, kWidth, pictures[i].picture);
      draw_text(context, x, y + height + 2, {pictures[i].caption, "DejaVu Sans 7", kWidth});
    }
    y += tallest;
  }
}

cairo_status_t append(void* to, const unsigned char* data, unsigned size) {
  auto& out = *static_cast<std::vector<std::byte>*>(to);
  const auto* bytes = reinterpret_cast<const std::byte*>(data);
  out.insert(out.end(), bytes, bytes + size);
  return CAIRO_STATUS_SUCCESS;
}

}  // namespace

Result<std::vector<std::byte>> draw_cover_sheet(const CoverSheet& sheet, UtcTime created) {
  std::vector<std::byte> out;
  {
    const Surface pdf(cairo_pdf_surface_create_for_stream(append, &out, kPageWidth, kPageHeight));
    // Else Cairo would state the time of the clock.
    cairo_pdf_surface_set_metadata(pdf.get(), CAIRO_PDF_METADATA_CREATE_DATE, (storage::utc_text(created).substr(0, 19) + "Z").c_str());
    cairo_pdf_surface_set_metadata(pdf.get(), CAIRO_PDF_METADATA_TITLE, sheet.title.c_str());
    const Context context(cairo_create(pdf.get()));
    constexpr double kWidth = kPageWidth - 2 * kMargin;
    double y = kMargin;
    y += draw_text(context.get(), kMargin, y, {sheet.title, "DejaVu Sans Bold 15", kWidth}) + 10;
    for (const auto& [label, text] : sheet.facts) {
      const double left = draw_text(context.get(), kMargin, y, {label, "DejaVu Sans Bold 8", kLabelWidth});
      const double right = draw_text(context.get(), kMargin + kLabelWidth, y, {text, "DejaVu Sans 8", kWidth - kLabelWidth});
      y += std::max(left, right) + 3;
    }
    draw_pictures(context.get(), y + 10, sheet.pictures);
    draw_text(context.get(), kMargin, kPageHeight - kMargin - 22, {sheet.footer, "DejaVu Sans 7", kWidth});
    cairo_show_page(context.get());
    cairo_surface_finish(pdf.get());
    if (cairo_surface_status(pdf.get()) != CAIRO_STATUS_SUCCESS) return Error{ErrorKind::io, "the cover sheet could not be drawn"};
  }
  return out;
}

namespace {

codec::ClipStamp stamp_of(cairo_surface_t* image, Size size) {
  cairo_surface_flush(image);
  codec::ClipStamp stamp{size, std::vector<std::uint8_t>(static_cast<std::size_t>(size.area()))};
  const int stride = cairo_image_surface_get_stride(image);
  for (int y = 0; y < size.height; ++y) {
    std::copy_n(cairo_image_surface_get_data(image) + std::ptrdiff_t{y} * stride, size.width, stamp.grey.data() + std::ptrdiff_t{y} * size.width);
  }
  return stamp;
}

}  // namespace

codec::ClipStamp draw_clock(UtcTime time, const std::string& recording) {
  constexpr int kWidth = 640, kHeight = 24;
  const Surface image(cairo_image_surface_create(CAIRO_FORMAT_A8, kWidth, kHeight));
  {
    const Context context(cairo_create(image.get()));
    std::string text = storage::utc_text(time).substr(0, 23) + " UTC   " + recording;
    text[10] = ' ';
    draw_text(context.get(), 6, 3, {text, "DejaVu Sans Mono 10", kWidth - 12});
  }
  return stamp_of(image.get(), {kWidth, kHeight});
}

codec::ClipStamp draw_notice(const std::string& text, int width) {
  constexpr int kBorder = 6;
  const Text notice{text, "DejaVu Sans Bold 10", static_cast<double>(width - 2 * kBorder)};
  double height = 0;
  {
    const Surface nothing(cairo_image_surface_create(CAIRO_FORMAT_A8, 1, 1));
    const Context context(cairo_create(nothing.get()));
    height = draw_text(context.get(), 0, 0, notice);
  }
  const Size size{width, static_cast<int>(height) + 2 * kBorder};
  const Surface image(cairo_image_surface_create(CAIRO_FORMAT_A8, size.width, size.height));
  draw_text(Context(cairo_create(image.get())).get(), kBorder, kBorder, notice);
  return stamp_of(image.get(), size);
}

codec::ClipStamp draw_watermark(const std::string& text, Size size) {
  constexpr double kSlope = -0.35, kBetweenLines = 130, kBetweenWords = 90, kCharacter = 11;
  const Surface image(cairo_image_surface_create(CAIRO_FORMAT_A8, size.width, size.height));
  {
    const Context context(cairo_create(image.get()));
    cairo_rotate(context.get(), kSlope);
    const Text mark{text, "DejaVu Sans Bold 13", kCharacter * static_cast<double>(text.size()) + kCharacter};
    const double reach = size.width + size.height;
    bool shifted = false;
    for (double y = 0; y < reach; y += kBetweenLines) {
      shifted = !shifted;
      for (double x = shifted ? -reach : -reach - mark.width / 2; x < reach; x += mark.width + kBetweenWords) draw_text(context.get(), x, y, mark);
    }
  }
  return stamp_of(image.get(), size);
}

}  // namespace frostgate::exporting
