// The screen of a session, between its back and its fronts: BGRX pixels with damage. Any back paints it, any front
// shows it, the recorder taps it. The gateway's own screens cover it: fronts see them instead, the recorder does not.
// Thread-safe; the lock is held for copies only, never for network or disk.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "codec/base/frame.h"
#include "gateway/base/histogram.h"
#include "gateway/relay/wakeup.h"

namespace frostgate::relay {

// The target's pointer: premultiplied BGRA, packed rows. An empty size hides the pointer.
struct CursorShape {
  Size size;
  Point hotspot;
  std::vector<std::uint8_t> pixels;
};
inline constexpr int kMaxCursorSide = 384;  // MS-RDPBCGR 2.2.9.1.1.4.11

class Surface {
 public:
  // What a front shows, as it comes; the same, but no part of a frame before it is whole (for a client that has to ask for each change, from far away); what
  // the target painted, whatever covers it, and whole.
  enum class View { shown, shown_whole, target };

  // One reader's damage since it looked last. The reader polls `changed.descriptor()`. Destroy before the Surface.
  class Reader {
   public:
    // Where `before` is given, it is called before what the reader sees changes, with the frame and what of it: under the surface's lock, on the thread that commits. It only copies.
    using BeforeChange = std::function<void(const Frame&, const Region&)>;
    explicit Reader(Surface& surface, View view = View::shown, BeforeChange before = nullptr);
    ~Reader();
    Reader(const Reader&) = delete;
    Reader& operator=(const Reader&) = delete;

    Wakeup changed;

    // Hands the frame and the damage since the last call to `look`, under the surface's lock, and forgets the
    // damage. After a resize the damage is the whole frame. `states` counts the commits that this look contains
    // (0: nothing new, `look` is not called). Keep `look` to copying or to what must not race the back. With View::target it waits for a frame's end.
    struct Look {
      const Frame& frame;
      const Region& damage;
      bool resized;                    // the size differs from the last look's
      const CursorShape* cursor;       // non-null when the shape changed since the last look
      unsigned states;
    };
    unsigned take(const std::function<void(const Look&)>& look);
    // Hands the frame as it is now to `look`, under the surface's lock; what take() will say stays as it is.
    void read(const std::function<void(const Frame&)>& look) const;
    // All that was taken has been handed to the client's connection: how long the oldest of it was on its way, from its commit on, counts in delays().
    void sent();
    // The next look sees all of the frame, as one commit more.
    void look_again();

   private:
    friend class Surface;
    bool shows_covers() const { return view_ != View::target; }
    void damage_all();
    Surface& surface_;
    const View view_;
    const BeforeChange before_;
    Region damage_;
    Size seen_size_;
    bool cursor_changed_ = false;
    unsigned states_ = 0;
    std::optional<std::chrono::steady_clock::time_point> oldest_, under_way_;  // commits: not taken yet; taken and not sent
  };

  Surface() = default;
  explicit Surface(Size size) : frame_(size) {}
  Surface(const Surface&) = delete;
  Surface& operator=(const Surface&) = delete;

  // Publishes a state at a protocol frame boundary: takes the `damage` of `source` over and wakes the readers. A
  // source of another size resizes the surface first (then its whole area is taken). `source` is only read during
  // the call. Damage outside the source is clipped, and what is there already is none. `part`: of a frame whose rest follows at once; a commit that is none ends the frame, also without damage.
  void commit(FrameView source, Region damage, bool part = false);
  // The same for a part of a frame alone, which lies on the surface, its upper left corner at `place`.
  void commit_part(FrameView picture, Point place);
  void set_cursor(CursorShape shape);  // a shape larger than kMaxCursorSide is ignored
  // Shows `picture` and a pointer of the gateway's own to those who look, in place of what the target paints. What is alike
  // in a cover before is no damage.
  void cover(Frame picture, CursorShape pointer);
  void uncover();
  Size size() const;       // of what is shown
  // How long changes took since the call before (kRelayDelays); a client that does not ask for them counts as what it is, slow.
  Histogram take_delays();
  Frame target() const;    // a copy of what the target painted last; empty before
  // Hands that itself to `look`, under the lock.
  void read_target(const std::function<void(const Frame&)>& look) const;

 private:
  const Frame& seen_by(const Reader& reader) const;
  // These under the lock.
  Region changed(FrameView source, Point place, const Region& damage) const;
  void tell_before(const Region& damage) const;
  void take(FrameView source, Point place, const Region& damage, bool part);

  // A target that never ends a frame is recorded anyway.
  static constexpr auto kLongestFrame = std::chrono::milliseconds(200);

  mutable std::mutex mutex_;
  Frame frame_;
  bool in_frame_ = false;  // of which a part was committed
  std::condition_variable frame_ended_;
  std::shared_ptr<const CursorShape> cursor_;
  std::optional<Frame> cover_;
  CursorShape cover_cursor_;
  std::vector<Reader*> readers_;
  Histogram delays_{kRelayDelays};
};

}  // namespace frostgate::relay
