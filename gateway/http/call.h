// One request on its way through the API: who calls, for what, with what. Handlers are functions of it; the router has checked that the
// caller has one of the operation's roles somewhere, the handler checks the object.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "codec/base/result.h"
#include "codec/base/time.h"
#include "gateway/access/web_access.h"
#include "gateway/http/message.h"
#include "gateway/serve/core.h"
#include "gateway/serve/exports.h"
#include "gateway/serve/openings.h"
#include "storage/catalog/recordings.h"
#include "storage/catalog/targets.h"

namespace frostgate::http {

inline constexpr std::int64_t kMaxPage = 200, kDefaultPage = 50;  // items of a list
inline constexpr int kMaxPages = 10;                               // of a list, looked through for one answer
inline constexpr std::int64_t kMostNumber = std::int64_t{1} << 60;
inline constexpr std::size_t kMaxReason = 1024, kMaxTicket = 128;

nlohmann::json time_or_null(const std::optional<UtcTime>& time);
inline double seconds(Microseconds time) { return std::chrono::duration<double>(time).count(); }

struct Call {
  serve::Core& core;
  serve::Exports& exports;
  serve::Openings& openings;
  const Request& request;
  UtcTime now;
  access::Caller caller{};
  std::map<std::string, std::string> path{};   // the template's names
  std::map<std::string, std::string> query{};
  std::shared_ptr<const policy::Policy> policy = core.policy.current();  // the one that this call goes by

  // Of the query: what was sent, or `fallback`. Error: invalid.
  Result<std::int64_t> number(const std::string& name, std::int64_t fallback, std::int64_t min, std::int64_t max) const;
  // Of the query, a time in UTC (RFC 3339); nothing when it was not sent. Error: invalid.
  Result<std::optional<UtcTime>> moment(const std::string& name) const;
  // Of the query, "true" or "false"; false when it was not sent. Error: invalid.
  Result<bool> flag(const std::string& name) const;
  // Of the path. Error: not_found, since such an object cannot exist.
  Result<std::int64_t> path_number(const std::string& name, std::int64_t max) const;
};

Response json_response(int status, const nlohmann::json& body);
Response no_content();

// The request's JSON object, checked member by member. The error names the member. finish() refuses members that nobody asked for.
class Body {
 public:
  static Result<Body> of(const Request& request);
  ~Body();
  Body(Body&&) noexcept;

  bool has(const char* name) const;
  Result<std::string> text(const char* name, std::size_t max_bytes);
  Result<std::string> text_or(const char* name, std::size_t max_bytes, const std::string& fallback);
  Result<Secret> secret(const char* name, std::size_t max_bytes);
  Result<std::int64_t> number_or(const char* name, std::int64_t fallback, std::int64_t min, std::int64_t max);
  Result<double> real_or(const char* name, double fallback, double min, double max);
  Result<bool> flag(const char* name);
  Result<std::vector<std::int64_t>> numbers(const char* name, std::int64_t min, std::int64_t max);
  Result<std::vector<std::string>> texts(const char* name, std::size_t max_bytes);
  Result<std::map<std::string, std::string>> text_map_or_empty(const char* name);
  Result<void> finish() const;

 private:
  struct Members;
  explicit Body(std::unique_ptr<Members> members);
  nlohmann::json* take(const char* name);
  std::unique_ptr<Members> members_;
};

// Whether the caller has one of the roles on what has these tags.
bool may(const Call& call, const std::vector<access::Role>& roles, const std::string& target, const access::Tags& tags);
// A target of that name on which the caller has one of the roles; for others, and for none, the same `not_found`.
Result<catalog::Target> target_for(const Call& call, const std::string& name, const std::vector<access::Role>& roles);
// As for targets. A role's scope looks at the tags that the target had when the session began.
Result<catalog::Recording> recording_for(const Call& call, const std::string& id, const std::vector<access::Role>& roles);
inline const std::vector<access::Role> kWatchers{access::Role::auditor, access::Role::compliance};
// As recording_for() those who may watch, and past what the policy asks of them for it: whatever is derived from a film needs that.
// Error besides: denied.
Result<catalog::Recording> watched_recording(const Call& call, const std::string& id);

}  // namespace frostgate::http
