#include "gateway/approvals/session_approvals.h"

#include <algorithm>

namespace frostgate::approvals {
namespace {

constexpr std::int64_t kRequestsAtOnce = 200;

bool let_in(const Request& request, const catalog::Recording& session) {
  if (request.rule != session.rule || !request.used) return false;
  const bool agreed = request.emergency || approvals_of(request) >= request.needed;
  const bool in_window = !request.one_use && *request.used <= session.started && session.started <= request.expires;
  return agreed && (request.used_by == session.id || in_window);
}

}  // namespace

Result<std::optional<Request>> start_approval(catalog::Catalog& catalog, const catalog::Recording& session) {
  catalog::ApprovalFilter filter;
  filter.kind = Kind::start;
  filter.requester = session.user;
  filter.target = session.target;
  filter.limit = kRequestsAtOnce;
  catalog::ApprovalRequests requests(catalog);
  while (true) {
    const std::vector<Request> page = TRY(requests.list(filter));
    const auto found = std::ranges::find_if(page, [&](const Request& one) { return let_in(one, session); });
    if (found != page.end()) return std::optional(*found);
    if (static_cast<std::int64_t>(page.size()) < kRequestsAtOnce) return std::optional<Request>();
    filter.before = {page.back().created, page.back().id};
  }
}

Result<std::vector<Request>> approvals_of_session(catalog::Catalog& catalog, const catalog::Recording& session) {
  catalog::ApprovalFilter filter;
  filter.recording = session.id;
  filter.limit = kRequestsAtOnce;
  catalog::ApprovalRequests requests(catalog);
  std::vector<Request> out;
  while (true) {
    const std::vector<Request> page = TRY(requests.list(filter));
    for (const Request& one : page) {
      const bool of_session = one.kind == Kind::pause || one.kind == Kind::stop || one.kind == Kind::join;
      if (of_session && one.used) out.push_back(one);
    }
    if (static_cast<std::int64_t>(page.size()) < kRequestsAtOnce) break;
    filter.before = {page.back().created, page.back().id};
  }
  if (const std::optional<Request> start = TRY(start_approval(catalog, session))) out.push_back(*start);
  std::ranges::reverse(out);  // they came newest first
  return out;
}

}  // namespace frostgate::approvals
