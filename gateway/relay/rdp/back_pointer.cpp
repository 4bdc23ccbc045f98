#include "gateway/relay/rdp/back_pointer.h"

#include <memory>
#include <string_view>
#include <utility>

#include "gateway/relay/rdp/back_context.h"

namespace frostgate::relay::rdp {
namespace {

// libfreerdp allocates and zeroes this by `size`, and calls New and Free around its life; it knows only the first part.
struct Pointer {
  rdpPointer base;
  CursorShape* shape;
};

void premultiply(std::vector<std::uint8_t>& bgra) {
  for (std::size_t i = 0; i + 3 < bgra.size(); i += 4) {
    const unsigned alpha = bgra[i + 3];
    for (std::size_t c = i; c < i + 3; ++c) bgra[c] = static_cast<std::uint8_t>(bgra[c] * alpha / 255);
  }
}

BOOL make_shape(rdpContext* context, rdpPointer* pointer) {
  const Size size{static_cast<int>(pointer->width), static_cast<int>(pointer->height)};
  if (size.empty() || size.width > kMaxCursorSide || size.height > kMaxCursorSide) return FALSE;
  auto shape = std::make_unique<CursorShape>();
  shape->size = size;
  shape->hotspot = {static_cast<int>(pointer->xPos), static_cast<int>(pointer->yPos)};
  shape->pixels.resize(static_cast<std::size_t>(size.area()) * 4);
  if (!freerdp_image_copy_from_pointer_data(
          shape->pixels.data(), PIXEL_FORMAT_BGRA32, static_cast<UINT32>(size.width) * 4, 0, 0, pointer->width,
          pointer->height, pointer->xorMaskData, pointer->lengthXorMask, pointer->andMaskData, pointer->lengthAndMask,
          pointer->xorBpp, &context->gdi->palette))
    return FALSE;
  premultiply(shape->pixels);
  reinterpret_cast<Pointer*>(pointer)->shape = shape.release();
  return TRUE;
}

void free_shape(rdpContext*, rdpPointer* pointer) {
  delete std::exchange(reinterpret_cast<Pointer*>(pointer)->shape, nullptr);
}

void set_cursor(rdpContext* context, CursorShape shape) {
  if (Surface* surface = back_context(context).surface) surface->set_cursor(std::move(shape));
}

BOOL show_shape(rdpContext* context, const rdpPointer* pointer) {
  const CursorShape* shape = reinterpret_cast<const Pointer*>(pointer)->shape;
  if (shape) set_cursor(context, *shape);
  return TRUE;
}

BOOL hide(rdpContext* context) {
  set_cursor(context, {});
  return TRUE;
}

// The target asks for "the default pointer" without saying what that looks like: an arrow.
BOOL show_arrow(rdpContext* context) {
  static constexpr std::string_view kRows[] = {
      "#           ", "##          ", "#.#         ", "#..#        ", "#...#       ", "#....#      ", "#.....#     ",
      "#......#    ", "#.......#   ", "#........#  ", "#.........# ", "#......#####", "#...#..#    ", "#..##..#    ",
      "#.# #..#    ", "##   #..#   ", "     #..#   ", "      ##    "};
  CursorShape arrow;
  arrow.size = {static_cast<int>(kRows[0].size()), static_cast<int>(std::size(kRows))};
  for (const std::string_view row : kRows) {
    for (const char c : row) {
      const std::uint8_t colour = c == '.' ? 255 : 0, alpha = c == ' ' ? 0 : 255;
      arrow.pixels.insert(arrow.pixels.end(), {colour, colour, colour, alpha});
    }
  }
  set_cursor(context, std::move(arrow));
  return TRUE;
}

// The target moves the pointer itself: there is no way to tell the user's client yet.
BOOL ignore_position(rdpContext*, UINT32, UINT32) { return TRUE; }

}  // namespace

void show_pointers_on_surface(rdpGraphics* graphics) {
  rdpPointer prototype{};
  prototype.size = sizeof(Pointer);
  prototype.New = make_shape;
  prototype.Free = free_shape;
  prototype.Set = show_shape;
  prototype.SetNull = hide;
  prototype.SetDefault = show_arrow;
  prototype.SetPosition = ignore_position;
  graphics_register_pointer(graphics, &prototype);
}

}  // namespace frostgate::relay::rdp
