#include "gateway/relay/screens/painter.h"

#include <fontconfig/fontconfig.h>
#include <pango/pangocairo.h>
#include <pango/pangofc-fontmap.h>

#include <array>
#include <cmath>
#include <filesystem>
#include <memory>

#include "codec/base/free_with.h"

namespace frostgate::relay::screens {
namespace {

// In the order of preference; the second has the letters that the first lacks.
constexpr const char* kFontFiles[] = {
    "/usr/share/fonts/opentype/inter/Inter-Regular.otf", "/usr/share/fonts/opentype/inter/Inter-SemiBold.otf",
    "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf", "/usr/share/fonts/truetype/dejavu/DejaVuSans-Bold.ttf"};
constexpr std::size_t kMostText = 16384;  // bytes; wrapping longer ones would take its time
constexpr Size kSmallestPainted{200, 150};       // no panel fits a smaller screen
constexpr const char* kFamilies = "Inter, DejaVu Sans";

using Pen = std::unique_ptr<cairo_t, FreeWith<cairo_destroy>>;
using Canvas = std::unique_ptr<cairo_surface_t, FreeWith<cairo_surface_destroy>>;
using Gradient = std::unique_ptr<cairo_pattern_t, FreeWith<cairo_pattern_destroy>>;
using Text = std::unique_ptr<PangoLayout, FreeWith<g_object_unref>>;
using Words = std::unique_ptr<PangoContext, FreeWith<g_object_unref>>;
using Font = std::unique_ptr<PangoFontDescription, FreeWith<pango_font_description_free>>;

struct Colour {
  double red, green, blue;
};
constexpr Colour rgb(unsigned hex) { return {(hex >> 16) / 255.0, (hex >> 8 & 255) / 255.0, (hex & 255) / 255.0}; }
constexpr Colour kPanel = rgb(0xfbfcfd), kTitle = rgb(0x17232f), kBody = rgb(0x3a4856), kQuiet = rgb(0x6b7987),
                 kEdge = rgb(0xc9d2da), kField = rgb(0xffffff), kGroundTop = rgb(0x24333f), kGroundBottom = rgb(0x16202a);

Colour accent(Mood mood) {
  switch (mood) {
    case Mood::warning: return rgb(0xb26a00);
    case Mood::refused: return rgb(0xb3372d);
    case Mood::calm:
    case Mood::waiting: break;
  }
  return rgb(0x1f6f8b);
}

PangoFontMap*& fonts() {
  static PangoFontMap* map = nullptr;  // lives as long as the process
  return map;
}

void use(cairo_t* pen, Colour colour, double alpha = 1) { cairo_set_source_rgba(pen, colour.red, colour.green, colour.blue, alpha); }

void rounded(cairo_t* pen, const Rect& box, double radius) {
  const double left = box.x, top = box.y, right = box.right(), bottom = box.bottom();
  cairo_new_sub_path(pen);
  cairo_arc(pen, right - radius, top + radius, radius, -M_PI / 2, 0);
  cairo_arc(pen, right - radius, bottom - radius, radius, 0, M_PI / 2);
  cairo_arc(pen, left + radius, bottom - radius, radius, M_PI / 2, M_PI);
  cairo_arc(pen, left + radius, top + radius, radius, M_PI, 3 * M_PI / 2);
  cairo_close_path(pen);
}

// Measures first and paints afterwards, with one scale: 1 on a screen of 1280 by 800.
class Painter {
 public:
  Painter(const DialogState& state, Frame& picture)
      : state_(state), dialog_(state.dialog), screen_(picture.size()),
        unit_(std::clamp(std::min(screen_.width / 1280.0, screen_.height / 800.0), 0.8, 4.0)),
        canvas_(cairo_image_surface_create_for_data(picture.row(0), CAIRO_FORMAT_RGB24, screen_.width, screen_.height,
                                                    static_cast<int>(picture.stride()))),
        pen_(cairo_create(canvas_.get())) {
    if (fonts()) words_.reset(pango_font_map_create_context(fonts()));
  }

  Layout run(bool on_ground) {
    if (on_ground) paint_ground();
    if (screen_.width < kSmallestPainted.width || screen_.height < kSmallestPainted.height) return std::move(layout_);
    measure();
    paint_panel();
    paint_head();
    paint_text();
    paint_fields();
    paint_choices();
    paint_buttons();
    paint_footnote();
    cairo_surface_flush(canvas_.get());
    return std::move(layout_);
  }

 private:
  int px(double units) const { return static_cast<int>(std::lround(units * unit_)); }

  Text text(const std::string& what, double size, bool bold, int width) {
    if (!words_) return nullptr;
    Text out(pango_layout_new(words_.get()));
    const Font font(pango_font_description_new());
    pango_font_description_set_family_static(font.get(), kFamilies);
    pango_font_description_set_absolute_size(font.get(), std::round(size * unit_) * PANGO_SCALE);
    pango_font_description_set_weight(font.get(), bold ? PANGO_WEIGHT_SEMIBOLD : PANGO_WEIGHT_NORMAL);
    pango_layout_set_font_description(out.get(), font.get());
    const std::unique_ptr<char, FreeWith<g_free>> valid(
        g_utf8_make_valid(what.data(), static_cast<gssize>(std::min(what.size(), kMostText))));
    pango_layout_set_text(out.get(), valid.get(), -1);
    pango_layout_set_width(out.get(), width * PANGO_SCALE);
    pango_layout_set_wrap(out.get(), PANGO_WRAP_WORD_CHAR);
    return out;
  }

  static int height_of(const Text& text) {
    int height = 0;
    if (text) pango_layout_get_pixel_size(text.get(), nullptr, &height);
    return height;
  }
  static int width_of(const Text& text) {
    int width = 0;
    if (text) pango_layout_get_pixel_size(text.get(), &width, nullptr);
    return width;
  }

  void put(const Text& text, double x, double y, Colour colour) {
    if (!text) return;
    use(pen_.get(), colour);
    cairo_move_to(pen_.get(), x, y);
    pango_cairo_show_layout(pen_.get(), text.get());
  }
  // One line, cut with dots, in the middle of the box's height.
  void put_line(const std::string& what, const Rect& box, double size, bool bold, Colour colour, PangoAlignment where) {
    const Text line = text(what, size, bold, std::max(box.width, 1));
    if (!line) return;
    pango_layout_set_single_paragraph_mode(line.get(), TRUE);
    pango_layout_set_ellipsize(line.get(), PANGO_ELLIPSIZE_END);
    pango_layout_set_alignment(line.get(), where);
    put(line, box.x, box.y + (box.height - height_of(line)) / 2.0, colour);
  }

  void measure() {
    const int margin = px(32), gap = px(20);
    panel_.width = std::min(px(580), screen_.width - 2 * px(12));
    inner_ = panel_.width - 2 * margin;
    title_ = text(dialog_.title, 22, true, std::max(inner_ - px(54), 1));
    body_ = text(dialog_.text, 15, false, std::max(inner_, 1));
    if (body_) pango_layout_set_line_spacing(body_.get(), 1.25F);
    layout_.line_height = px(22);
    head_height_ = std::max(height_of(title_), px(40));
    const int body_wanted = dialog_.text.empty() ? 0 : height_of(body_);
    fields_height_ = static_cast<int>(dialog_.fields.size()) * px(70);
    const int buttons_height = dialog_.buttons.empty() ? 0 : px(40) + gap;
    const int foot_height = dialog_.footnote.empty() ? 0 : px(18) + gap;
    const int fixed = 2 * margin + head_height_ + fields_height_ + buttons_height + foot_height;
    const int left = std::max(screen_.height - 2 * px(12) - fixed - 2 * gap, px(22));
    const int row = px(40);
    layout_.choices_shown = std::min<std::size_t>({dialog_.choices.size(), 8, static_cast<std::size_t>(std::max(left / 2 / row, 1))});
    const int choices_height = static_cast<int>(layout_.choices_shown) * row;
    body_height_ = std::min(body_wanted, std::max(left - choices_height, px(22)));
    layout_.text_overflow = body_wanted - body_height_;
    panel_.height = fixed + (body_height_ > 0 ? body_height_ + gap : 0) + (choices_height > 0 ? choices_height + gap : 0);
    panel_.x = (screen_.width - panel_.width) / 2;
    panel_.y = std::max((screen_.height - panel_.height) * 2 / 5, 0);
    x_ = panel_.x + margin;
    y_ = panel_.y + margin;
    gap_ = gap;
  }

  void paint_ground() {
    const Gradient ground(cairo_pattern_create_linear(0, 0, 0, screen_.height));
    cairo_pattern_add_color_stop_rgb(ground.get(), 0, kGroundTop.red, kGroundTop.green, kGroundTop.blue);
    cairo_pattern_add_color_stop_rgb(ground.get(), 1, kGroundBottom.red, kGroundBottom.green, kGroundBottom.blue);
    cairo_set_source(pen_.get(), ground.get());
    cairo_paint(pen_.get());
  }

  void paint_panel() {
    for (int i = 8; i > 0; --i) {
      const Rect shade = panel_.expanded(px(i), px(i));
      rounded(pen_.get(), {shade.x, shade.y + px(4), shade.width, shade.height}, px(14 + i));
      cairo_set_source_rgba(pen_.get(), 0, 0, 0, 0.025);
      cairo_fill(pen_.get());
    }
    rounded(pen_.get(), panel_, px(14));
    use(pen_.get(), kPanel);
    cairo_fill(pen_.get());
  }

  void paint_head() {
    const double radius = px(18), x = x_ + radius, y = y_ + radius + 1;
    const Colour colour = accent(dialog_.mood);
    cairo_arc(pen_.get(), x, y, radius, 0, 2 * M_PI);
    use(pen_.get(), colour, 0.14);
    cairo_fill(pen_.get());
    use(pen_.get(), colour);
    cairo_set_line_width(pen_.get(), px(2.6));
    cairo_set_line_cap(pen_.get(), CAIRO_LINE_CAP_ROUND);
    const double r = radius * 0.45;
    const auto line = [&](double x1, double y1, double x2, double y2) {
      cairo_move_to(pen_.get(), x + x1 * r, y + y1 * r);
      cairo_line_to(pen_.get(), x + x2 * r, y + y2 * r);
      cairo_stroke(pen_.get());
    };
    switch (dialog_.mood) {
      case Mood::calm: line(0, -1, 0, -1), line(0, -0.2, 0, 1); break;
      case Mood::warning: line(0, -1, 0, 0.25), line(0, 1, 0, 1); break;
      case Mood::refused: line(-0.75, -0.75, 0.75, 0.75), line(-0.75, 0.75, 0.75, -0.75); break;
      case Mood::waiting: line(0, -0.9, 0, 0), line(0, 0, 0.7, 0.4); break;
    }
    put(title_, x_ + px(54), y_ + (head_height_ - height_of(title_)) / 2.0, kTitle);
    y_ += head_height_ + gap_;
  }

  void paint_text() {
    if (body_height_ <= 0) return;
    cairo_save(pen_.get());
    cairo_rectangle(pen_.get(), x_, y_, inner_, body_height_);
    cairo_clip(pen_.get());
    const int scrolled = std::clamp(state_.scrolled, 0, std::max(layout_.text_overflow, 0));
    put(body_, x_, y_ - scrolled, kBody);
    cairo_restore(pen_.get());
    if (layout_.text_overflow > 0) {
      const double whole = body_height_ + layout_.text_overflow, thumb = body_height_ * body_height_ / whole;
      const Rect bar{panel_.right() - px(16), y_ + static_cast<int>(scrolled * body_height_ / whole), px(5), std::max(static_cast<int>(thumb), px(16))};
      rounded(pen_.get(), bar, px(2.5));
      use(pen_.get(), kEdge);
      cairo_fill(pen_.get());
    }
    y_ += body_height_ + gap_;
  }

  void box(const Rect& where, bool focused, Colour fill) {
    rounded(pen_.get(), where, px(7));
    use(pen_.get(), fill);
    cairo_fill_preserve(pen_.get());
    use(pen_.get(), focused ? accent(Mood::calm) : kEdge);
    cairo_set_line_width(pen_.get(), focused ? px(2) : std::max(px(1), 1));
    cairo_stroke(pen_.get());
  }

  void paint_fields() {
    for (std::size_t i = 0; i < dialog_.fields.size(); ++i, y_ += px(70)) {
      const Field& field = dialog_.fields[i];
      put_line(field.label, {x_, y_, inner_, px(20)}, 13, false, kQuiet, PANGO_ALIGN_LEFT);
      const Rect where{x_, y_ + px(22), inner_, px(38)};
      box(where, state_.focus == i, kField);
      std::string shown = field.text;
      if (field.hidden) {
        shown.clear();
        for (const char c : field.text)
          if ((c & 0xc0) != 0x80) shown += "\u2022";
      }
      if (state_.focus == i) shown += "\u258f";  // where the next letter goes
      put_line(shown, {where.x + px(12), where.y, where.width - 2 * px(12), where.height}, 15, false, kTitle, PANGO_ALIGN_LEFT);
      layout_.fields.push_back(where);
    }
  }

  void paint_choices() {
    layout_.choices.assign(dialog_.choices.size(), Rect{});
    for (std::size_t i = 0; i < layout_.choices_shown; ++i, y_ += px(40)) {
      const std::size_t which = state_.first_choice + i;
      if (which >= dialog_.choices.size()) break;
      const Rect where{x_, y_, inner_, px(36)};
      const bool chosen = which == state_.choice;
      if (chosen) {
        rounded(pen_.get(), where, px(7));
        use(pen_.get(), accent(Mood::calm), 0.13);
        cairo_fill(pen_.get());
      }
      put_line(dialog_.choices[which], {where.x + px(12), where.y, where.width - 2 * px(12), where.height}, 15, chosen,
               chosen ? accent(Mood::calm) : kBody, PANGO_ALIGN_LEFT);
      layout_.choices[which] = where;
    }
    if (!dialog_.choices.empty()) y_ += gap_;
  }

  void paint_buttons() {
    if (dialog_.buttons.empty()) return;
    int right = panel_.x + panel_.width - px(32);
    for (std::size_t i = 0; i < dialog_.buttons.size(); ++i) {
      const bool first = i == 0, focused = state_.focus == state_.button_focus(i);
      const int width = std::max(width_of(text(dialog_.buttons[i], 15, true, inner_)) + px(44), px(96));
      const Rect where{right - width, y_, width, px(40)};
      right -= width + px(12);
      if (focused) {
        rounded(pen_.get(), where.expanded(px(3), px(3)), px(11));
        use(pen_.get(), accent(dialog_.mood), 0.35);
        cairo_fill(pen_.get());
      }
      rounded(pen_.get(), where, px(8));
      use(pen_.get(), first ? accent(dialog_.mood) : kPanel);
      cairo_fill_preserve(pen_.get());
      use(pen_.get(), first ? accent(dialog_.mood) : kEdge);
      cairo_set_line_width(pen_.get(), std::max(px(1), 1));
      cairo_stroke(pen_.get());
      put_line(dialog_.buttons[i], where, 15, true, first ? rgb(0xffffff) : kBody, PANGO_ALIGN_CENTER);
      layout_.buttons.push_back(where);
    }
    y_ += px(40) + gap_;
  }

  void paint_footnote() {
    if (dialog_.footnote.empty()) return;
    put_line(dialog_.footnote, {x_, y_, inner_, px(18)}, 12, false, kQuiet, PANGO_ALIGN_LEFT);
  }

  const DialogState& state_;
  const Dialog& dialog_;
  const Size screen_;
  const double unit_;
  const Canvas canvas_;
  const Pen pen_;
  Words words_;
  Layout layout_;
  Rect panel_;
  int inner_ = 0, head_height_ = 0, body_height_ = 0, fields_height_ = 0, gap_ = 0;
  int x_ = 0, y_ = 0;  // where the next part goes
  Text title_, body_;
};

void darken(Frame& frame) {
  for (int y = 0; y < frame.size().height; ++y) {
    std::uint8_t* row = frame.row(y);
    for (std::ptrdiff_t i = 0; i < frame.stride(); ++i) row[i] = static_cast<std::uint8_t>(row[i] * 5 / 16);
  }
}

// Every letter of a plain text once in each weight: the fonts' files are open then.
void touch_fonts() {
  std::string letters;
  for (char c = 0x20; c < 0x7f; ++c) letters += c;
  Dialog dialog;
  dialog.title = dialog.text = dialog.footnote = letters + "\u2022\u258f\u00e4\u20ac";
  Frame picture(Size{1280, 800});
  const DialogState state(dialog);
  Painter(state, picture).run(true);
}

}  // namespace

Result<void> load_fonts() {
  if (fonts()) return {};
  FcConfig* config = FcConfigCreate();
  int loaded = 0;
  std::error_code ignored;
  for (const char* file : kFontFiles) {
    if (std::filesystem::exists(file, ignored) && FcConfigAppFontAddFile(config, reinterpret_cast<const FcChar8*>(file))) ++loaded;
  }
  if (loaded == 0) {
    FcConfigDestroy(config);
    return Error{ErrorKind::not_found, "there is no font for the gateway's own screens; install fonts-dejavu-core (or fonts-inter)"};
  }
  fonts() = pango_cairo_font_map_new_for_font_type(CAIRO_FONT_TYPE_FT);
  pango_fc_font_map_set_config(PANGO_FC_FONT_MAP(fonts()), config);
  FcConfigDestroy(config);  // the map has it
  touch_fonts();
  return {};
}

Painting paint(const DialogState& state, Size size, const Frame& behind) {
  const bool has_ground = behind.size() == size;
  Painting out{has_ground ? behind : Frame(size), {}};
  if (has_ground) darken(out.picture);
  out.layout = Painter(state, out.picture).run(!has_ground);
  return out;
}

CursorShape arrow(Size screen) {
  const int scale = std::clamp(screen.height / 1000, 1, 4);
  const Size size{14 * scale, 20 * scale};
  CursorShape shape{size, {0, 0}, std::vector<std::uint8_t>(static_cast<std::size_t>(size.area()) * kBytesPerPixel)};
  const Canvas canvas(cairo_image_surface_create_for_data(shape.pixels.data(), CAIRO_FORMAT_ARGB32, size.width, size.height, size.width * kBytesPerPixel));
  const Pen pen(cairo_create(canvas.get()));
  cairo_scale(pen.get(), scale, scale);
  constexpr std::array<std::array<double, 2>, 7> kOutline{{{1, 1}, {1, 16}, {4.7, 12.6}, {7.2, 18.3}, {9.6, 17.2}, {7.2, 11.7}, {12.3, 11.7}}};
  for (const auto& [x, y] : kOutline) cairo_line_to(pen.get(), x, y);
  cairo_close_path(pen.get());
  cairo_set_source_rgb(pen.get(), 1, 1, 1);
  cairo_fill_preserve(pen.get());
  cairo_set_source_rgb(pen.get(), 0, 0, 0);
  cairo_set_line_width(pen.get(), 1.1);
  cairo_stroke(pen.get());
  cairo_surface_flush(canvas.get());
  return shape;
}

}  // namespace frostgate::relay::screens
