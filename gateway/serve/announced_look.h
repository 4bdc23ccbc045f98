// What one connection to the control socket has said that it will see of a film: one entry in the audit log, instead of one for each segment or picture.
#pragma once

#include <optional>
#include <string>

#include "codec/base/time.h"
#include "gateway/serve/admin.h"

namespace frostgate::serve {

// One thread.
class AnnouncedLook {
 public:
  // As serve's administer(), which notes what lies outside of what was announced.
  Result<AdminReply> administer(Core& core, ipc::Message& request, UtcTime now, const std::string& by);

 private:
  bool covers(const ipc::Message& request, const AdminReply& reply) const;

  struct Span {
    std::string recording;
    SessionTime from{}, to = SessionTime::max();
  };
  std::optional<Span> film_;
  std::optional<std::string> storyboard_;  // of this recording
};

}  // namespace frostgate::serve
