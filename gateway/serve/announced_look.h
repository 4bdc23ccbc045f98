// What one connection to the control socket sees of films. Whoever is at the gateway's own machine (as root, or as serve's user) is asked at the same gates as
// users of the API, in the name that the socket's peer has there and in no other; roles are not asked for, since that one hands them out. Where somebody has to
// agree and nobody can, the glass may be broken (member `break_glass`, the reason): approvals::break_glass(). One entry in the audit log stands for what was
// announced, instead of one for each segment or picture.
#pragma once

#include <map>
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
  struct Span {
    std::string recording;
    SessionTime from{}, to = SessionTime::max();
    std::string export_reason;  // empty: it is watched
  };

  Result<AdminReply> gated(Core& core, ipc::Message& request, UtcTime now, const std::string& by);
  Result<void> pass_gate(Core& core, ipc::Message& request, UtcTime now, const std::string& by);
  Result<void> go_on_live(Core& core, const ipc::Message& request, UtcTime now, const std::string& by);
  Result<void> fill_in_export(ipc::Message& request) const;
  void remember(const ipc::Message& request, const AdminReply& reply);
  // Whether it is of the film that was announced.
  bool cut_of(const ipc::Message& request) const;
  bool covers(const ipc::Message& request, const AdminReply& reply) const;

  std::optional<Span> film_;
  std::optional<std::string> storyboard_;        // of this recording
  std::map<std::int64_t, std::string> watched_;  // the recordings of running sessions, by watcher
};

}  // namespace frostgate::serve
