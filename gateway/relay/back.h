// A back is a client of the target: it paints the Surface and takes the user's input.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "codec/base/result.h"
#include "codec/base/secret.h"
#include "gateway/relay/copied.h"
#include "gateway/relay/input.h"
#include "gateway/relay/surface.h"

namespace frostgate::relay {

namespace rdp {
class ChannelBridge;
}

struct TargetLogin {
  std::string user;
  std::string domain;
  Secret password;
};

// How a target shows its screen. Bitmaps are exact; what a target that shows none sends instead may not be.
enum class Graphics {
  bitmaps,   // and nothing else is offered
  pipeline,  // MS-RDPEGFX without AVC
  video,     // and with AVC420
};
inline constexpr int kMostGraphics = static_cast<int>(Graphics::video);

struct BackSettings {
  int socket = -1;                    // connected to the target by serve; the back takes ownership
  std::string name;                   // what messages, which the user may read, call the target
  TargetLogin login;
  // SHA-256 of the target's certificate (DER), lower-case hex. Empty: accept any that the authorities vouch for, or any
  // when there are none, and report it in `certificate()`.
  std::string pinned_certificate;
  std::string authorities;            // PEM; empty: none
  std::string host;                   // what a certificate that they vouch for must be for
  Size wanted_size;                   // empty: the target's own
  DisplayScale scale;                 // told to a target whose protocol knows it
  std::uint32_t keyboard_layout = 0;
  Graphics graphics = Graphics::bitmaps;  // offered to the target; only RDP has others
  // Text (UTF-8) that was copied on the target; on the back's thread.
  std::function<void(const std::string&)> on_clipboard;
  // As FrontHost::copied_no_text(), on the target; on the back's thread. May be missing.
  std::function<void(std::string_view)> on_copied_no_text;
  // What the target says of pictures and files, for the client's side; on the back's thread. Missing: it has no such clipboard.
  std::function<void(copied::Item)> on_copied;
  // lossy() has become true; on the back's thread. May be missing.
  std::function<void()> on_lossy;
  std::shared_ptr<rdp::ChannelBridge> bridge;  // where devices and sound pass; null: nowhere
};

class Back : public InputSink {
 public:
  // Negotiates and authenticates, at most `seconds` long; on success the surface has the target's size. Errors:
  // denied (the target refused the credential), unavailable, timeout, corrupt (not the protocol), unsupported.
  virtual Result<void> connect(Surface& surface, int seconds) = 0;
  // Paints until the target leaves, an error, or end(). Ok only after end(). Same thread as connect(). Error `io`: the connection
  // broke, and may be had again; others: the target ended it, or is not to be trusted.
  virtual Result<void> run() = 0;
  virtual void end() = 0;  // from any thread
  // From any thread: what the client's side says of pictures and files. What takes none drops it.
  virtual void pass(copied::Item item) { (void)item; }
  // SHA-256 of the certificate that the target showed, lower-case hex; empty without TLS. After connect(), also one that failed.
  virtual std::string certificate() const = 0;
  // Whether connect() failed for it, or for want of one.
  virtual bool certificate_refused() const = 0;
  // Whether the target sends lossy pixels (RemoteFX, AVC, JPEG). After connect(); may become true later.
  virtual bool lossy() const = 0;
  // After connect() or run() failed: what to offer the target instead, because it failed for want of that.
  virtual std::optional<Graphics> wants() const { return std::nullopt; }
};

std::unique_ptr<Back> make_rdp_back(BackSettings settings);
std::unique_ptr<Back> make_vnc_back(BackSettings settings);

}  // namespace frostgate::relay
