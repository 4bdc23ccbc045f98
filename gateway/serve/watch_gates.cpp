#include "gateway/serve/watch_gates.h"

#include <limits>

#include "gateway/serve/decision.h"

namespace frostgate::serve {

Result<bool> WatchGates::open(const catalog::Recording& recording) {
  const FilmGate film = TRY(film_gate(core_, recording, policy::GateKind::watch));
  if (!film.gate.allow) return false;
  if (!policy::asks(film.gate)) return true;
  if (!sittings_) sittings_ = TRY(sittings());
  return sittings_->contains({recording.id, film.rule});
}

Result<WatchGates::Sittings> WatchGates::sittings() const {
  catalog::ApprovalFilter filter;
  filter.kind = approvals::Kind::watch;
  filter.requester = user_;
  filter.in_use = now_;
  filter.limit = std::numeric_limits<std::int64_t>::max();  // of those that are valid at one time nobody has many
  Sittings out;
  for (const approvals::Request& request : TRY(catalog::ApprovalRequests(*core_.catalog).list(filter))) out.emplace(request.recording, request.rule);
  return out;
}

}  // namespace frostgate::serve
