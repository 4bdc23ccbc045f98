#include "gateway/relay/rdp/target_graphics.h"

#include <string>
#include <utility>

#include "gateway/relay/rdp/avc_picture.h"
#include "gateway/relay/rdp/little_endian.h"
#include "gateway/relay/rdp/paste.h"

namespace frostgate::relay::rdp {
namespace {

// MS-RDPEGFX 2.2.1.5, of which a target says these.
enum Command : std::uint32_t {
  kWireToSurface1 = 1, kWireToSurface2, kDeleteEncodingContext, kSolidFill, kSurfaceToSurface, kSurfaceToCache, kCacheToSurface, kEvictCacheEntry, kCreateSurface, kDeleteSurface, kStartFrame,
  kEndFrame, kFrameAcknowledge, kResetGraphics, kMapSurfaceToOutput, kCacheImportReply = 0x11, kCapsAdvertise, kCapsConfirm
};
constexpr std::size_t kHeader = 8;
// 2.2.3: of these versions nobody sends AVC444; the flags are a small cache, and AVC420.
constexpr std::uint32_t kVersion8 = 0x00080004, kVersion81 = 0x00080105, kSmallCache = 2, kAvc420 = 0x10;
constexpr std::uint32_t kUncompressed = 0, kProgressive = 9, kPlanar = 10, kAvc = 11;  // codecs, 2.2.1.6, 2.2.1.7

Error no_order(std::uint32_t command) { return {ErrorKind::corrupt, "a graphics order of the kind " + std::to_string(command) + " that is cut"}; }

Error codec_not_spoken(std::uint32_t codec) { return {ErrorKind::unsupported, "a picture of the graphics codec " + std::to_string(codec) + ", which the gateway does not read"}; }

// How planar pictures say that they lost something: colour loss level, chroma subsampling (MS-RDPEGDI 2.2.2.5.1).
constexpr unsigned kPlanarLoss = 0x0F;

}  // namespace

// What is left of one.
class TargetGraphics::Order {
 public:
  explicit Order(std::span<const std::byte> rest) : rest_(rest) {}

  // 0 where there is no more; cut() then.
  std::uint32_t take(std::size_t size) {
    const auto bytes = take_bytes(size);
    return bytes.size() == size ? number(bytes, 0, size) : 0;
  }
  std::span<const std::byte> take_bytes(std::size_t count) {
    cut_ = cut_ || count > rest_.size();
    if (cut_) return {};
    const auto out = rest_.first(count);
    rest_ = rest_.subspan(count);
    return out;
  }
  Rect take_rect() {
    const auto side = [&] { return static_cast<int>(take(2)); };
    const int left = side(), top = side(), right = side(), bottom = side();
    return Rect::between(left, top, right, bottom);
  }
  Point take_point() {
    const auto x = static_cast<int>(take(2));
    return {x, static_cast<int>(take(2))};
  }
  // As many as the two bytes before them say.
  template <class T>
  std::vector<T> take_all(T (Order::*take_one)(), std::size_t size) {
    const std::size_t count = take(2);
    cut_ = cut_ || count > rest_.size() / size;
    std::vector<T> out;
    if (cut_) return out;
    out.reserve(count);
    for (std::size_t i = 0; i < count; ++i) out.push_back((this->*take_one)());
    return out;
  }
  bool cut() const { return cut_; }

 private:
  std::span<const std::byte> rest_;
  bool cut_ = false;
};

TargetGraphics::TargetGraphics(Size screen, bool with_video, Ends ends) : ends_(std::move(ends)), with_video_(with_video), screen_(screen) {}

TargetGraphics::~TargetGraphics() = default;

std::string_view TargetGraphics::name() const { return "Microsoft::Windows::RDS::Graphics"; }

bool TargetGraphics::opened(Send send) {
  send_ = std::move(send);
  std::vector<std::byte> sets;
  const auto add = [&](std::uint32_t version, std::uint32_t flags) { append(sets, version, 4), append(sets, 4, 4), append(sets, flags, 4); };
  // One that may send AVC420 is told of nothing else, or it would choose: it does so only because it wants it.
  if (!with_video_) add(kVersion8, kSmallCache);
  add(kVersion81, kSmallCache | (with_video_ ? kAvc420 : 0));
  std::vector<std::byte> message;
  append(message, kCapsAdvertise, 2), append(message, 0, 2);
  append(message, static_cast<std::uint32_t>(kHeader + 2 + sets.size()), 4);
  append(message, static_cast<std::uint32_t>(sets.size() / 12), 2);
  message.insert(message.end(), sets.begin(), sets.end());
  return send_(message);
}

void TargetGraphics::closed() {
  surfaces_.clear();
  videos_.clear();
  send_ = nullptr;
}

Result<void> TargetGraphics::receive(std::span<const std::byte> message) {
  auto rest = TRY(bulk_.decode(message, kLongestMessage));
  while (!rest.empty()) {
    const std::size_t length = rest.size() < kHeader ? 0 : number(rest, 4, 4);
    if (length < kHeader || length > rest.size()) return Error{ErrorKind::corrupt, "a graphics order of an impossible length"};
    TRY(obey(number(rest, 0, 2), Order(rest.subspan(kHeader, length - kHeader))));
    rest = rest.subspan(length);
  }
  if (!in_frame_) show();
  return {};
}

Result<void> TargetGraphics::obey(std::uint32_t command, Order order) {
  switch (command) {
    case kCapsConfirm: return confirm(order);
    case kResetGraphics: return reset(order);
    case kCreateSurface: return create(order);
    case kMapSurfaceToOutput: return map(order);
    case kSolidFill: return fill(order);
    case kSurfaceToSurface: return copy(order);
    case kCacheToSurface: return paste_kept(order);
    case kWireToSurface1: return show_picture(order);
    case kWireToSurface2: return show_progressive(order);
    case kDeleteSurface: {
      const std::uint32_t surface = order.take(2);
      surfaces_.remove(surface);
      videos_.erase(surface);
      return order.cut() ? no_order(command) : Result<void>();
    }
    case kSurfaceToCache: {
      const std::uint32_t surface = order.take(2);
      order.take_bytes(8);  // by what it could be had again in a later connection
      const std::uint32_t slot = order.take(2);
      const Rect rect = order.take_rect();
      return order.cut() ? no_order(command) : surfaces_.keep(surface, rect, slot);
    }
    case kEvictCacheEntry: surfaces_.forget(order.take(2)); return {};
    case kStartFrame: in_frame_ = true; return {};
    case kEndFrame: {
      const std::uint32_t frame = order.take(4);
      return order.cut() ? no_order(command) : end_frame(frame);
    }
    case kDeleteEncodingContext:
    case kCacheImportReply: return {};  // nothing is kept between pictures, and nothing was offered
    default: return Error{ErrorKind::unsupported, "a graphics order of the kind " + std::to_string(command)};
  }
}

Result<void> TargetGraphics::confirm(Order& order) {
  const std::uint32_t version = order.take(4), length = order.take(4), flags = order.take(4);
  const bool told = version == kVersion81 || (version == kVersion8 && !with_video_);
  if (order.cut() || length < 4 || !told || (!with_video_ && (flags & kAvc420) != 0)) return Error{ErrorKind::corrupt, "an answer to other graphics than it was offered"};
  agreed_ = true;
  return {};
}

Result<void> TargetGraphics::reset(Order& order) {
  const std::uint32_t width = order.take(4), height = order.take(4);
  if (order.cut() || width > kMaxScreenSide || height > kMaxScreenSide) return Error{ErrorKind::corrupt, "a screen of " + std::to_string(width) + "x" + std::to_string(height) + " pixels"};
  const Size size{static_cast<int>(width), static_cast<int>(height)};
  if (size == screen_) return {};
  TRY(ends_.resize(size));
  screen_ = size;
  return {};
}

Result<void> TargetGraphics::create(Order& order) {
  const std::uint32_t number = order.take(2);
  const auto width = static_cast<int>(order.take(2)), height = static_cast<int>(order.take(2));
  if (order.cut()) return no_order(kCreateSurface);
  videos_.erase(number);
  return surfaces_.create(number, {width, height}, screen_);
}

Result<void> TargetGraphics::map(Order& order) {
  const std::uint32_t number = order.take(2);
  order.take_bytes(2);
  const std::uint32_t x = order.take(4), y = order.take(4);
  if (order.cut() || x > kMaxScreenSide || y > kMaxScreenSide) return no_order(kMapSurfaceToOutput);
  GraphicsSurface& surface = *TRY(surfaces_.find(number));
  surface.shown = true;
  surface.place = {static_cast<int>(x), static_cast<int>(y)};
  return {};
}

Result<void> TargetGraphics::fill(Order& order) {
  const std::uint32_t number = order.take(2), colour = order.take(4) | 0xFF000000u;
  const std::vector<Rect> rects = order.take_all(&Order::take_rect, 8);
  return order.cut() ? no_order(kSolidFill) : surfaces_.fill(number, colour, rects);
}

Result<void> TargetGraphics::copy(Order& order) {
  const std::uint32_t from = order.take(2), to = order.take(2);
  const Rect rect = order.take_rect();
  const std::vector<Point> places = order.take_all(&Order::take_point, 4);
  return order.cut() ? no_order(kSurfaceToSurface) : surfaces_.copy(from, rect, to, places);
}

Result<void> TargetGraphics::paste_kept(Order& order) {
  const std::uint32_t slot = order.take(2), number = order.take(2);
  const std::vector<Point> places = order.take_all(&Order::take_point, 4);
  return order.cut() ? no_order(kCacheToSurface) : surfaces_.paste_kept(slot, number, places);
}

Result<void> TargetGraphics::show_picture(Order& order) {
  const std::uint32_t number = order.take(2), codec = order.take(2);
  order.take_bytes(1);  // whether pixels have transparency, which the screen has not
  const Rect rect = order.take_rect();
  const std::span<const std::byte> bytes = order.take_bytes(order.take(4));
  if (order.cut()) return no_order(kWireToSurface1);
  GraphicsSurface& surface = *TRY(surfaces_.find(number));
  if (codec == kAvc) return show_video(number, surface, bytes);
  if (codec != kUncompressed && codec != kPlanar) return codec_not_spoken(codec);
  TRY(check_inside(rect, surface));
  const Size size{rect.width, rect.height};
  const auto* const pixels = reinterpret_cast<const std::uint8_t*>(bytes.data());
  if (codec == kUncompressed) {
    if (static_cast<std::int64_t>(bytes.size()) != size.area() * kBytesPerPixel) return Error{ErrorKind::corrupt, "a picture that is not as long as its pixels"};
    paste({pixels, size, std::ptrdiff_t{size.width} * kBytesPerPixel}, surface.pixels, {rect.x, rect.y});
    surface.painted.add(rect);
    return {};
  }
  if (!bytes.empty() && (std::to_integer<unsigned>(bytes[0]) & kPlanarLoss) != 0) return codec_not_spoken(codec);
  const PlanarDecoder::Screen to{surface.pixels.row(0), surface.pixels.size(), surface.pixels.stride()};
  if (!planar_.decode({pixels, bytes.size()}, size, rect, to, PlanarDecoder::Rows::from_top)) return Error{ErrorKind::corrupt, "a planar picture that cannot be"};
  surface.painted.add(rect);
  return {};
}

Result<void> TargetGraphics::show_progressive(Order& order) {
  const std::uint32_t number = order.take(2), codec = order.take(2);
  order.take_bytes(5);  // a context, in which refined tiles would be kept; transparency
  const std::span<const std::byte> bytes = order.take_bytes(order.take(4));
  if (order.cut()) return no_order(kWireToSurface2);
  if (codec != kProgressive) return codec_not_spoken(codec);
  GraphicsSurface& surface = *TRY(surfaces_.find(number));
  tell_lossy();
  if (!progressive_) progressive_.emplace();
  return progressive_->paint(bytes, surface.pixels, surface.painted);
}

Result<void> TargetGraphics::show_video(std::uint32_t number, GraphicsSurface& surface, std::span<const std::byte> bytes) {
  if (!with_video_) return codec_not_spoken(kAvc);
  tell_lossy();
  std::unique_ptr<AvcPicture>& video = videos_[number];
  if (!video) video = TRY(AvcPicture::open(surface.pixels.size()));
  return video->paint(bytes, surface.pixels, surface.painted);
}

void TargetGraphics::tell_lossy() {
  if (!std::exchange(lossy_, true)) ends_.lossy();
}

// What was painted on surfaces that are shown.
void TargetGraphics::show() {
  bool any = false;
  for (auto& [number, surface] : surfaces_.all()) {
    if (!surface.shown) continue;
    const Region painted = std::exchange(surface.painted, Region());
    for (const Rect& rect : painted.rects()) {
      ends_.paint(surface.pixels.view().part(rect), {saturated(std::int64_t{surface.place.x} + rect.x), saturated(std::int64_t{surface.place.y} + rect.y), rect.width, rect.height});
      any = true;
    }
  }
  if (any) ends_.frame_ended();
}

Result<void> TargetGraphics::end_frame(std::uint32_t frame) {
  in_frame_ = false;
  show();
  std::vector<std::byte> message;
  append(message, kFrameAcknowledge, 2), append(message, 0, 2), append(message, kHeader + 12, 4);
  append(message, 0, 4);  // how many wait is not known: none do
  append(message, frame, 4), append(message, ++frames_, 4);
  return send_ && send_(message) ? Result<void>() : Error{ErrorKind::io, "the connection is broken"};
}

}  // namespace frostgate::relay::rdp
