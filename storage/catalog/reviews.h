// Who has looked again at what somebody has to look at from time to time, and put their name to it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "codec/base/result.h"
#include "codec/base/time.h"
#include "storage/catalog/catalog.h"

namespace frostgate::catalog {

enum class ReviewKind {
  policy,  // a rule, or a policy, with a date by which it is to be reviewed
  access,  // who may do what
};
const char* to_string(ReviewKind kind);

struct ReviewSignature {
  ReviewKind kind = ReviewKind::policy;
  std::string what;      // "the rule \"prod\""; empty for access
  UtcTime due{};         // the date that it is for; the epoch when there was none
  std::string digest;    // of what was looked at: of the policy, or of the listing
  std::string reviewer;
  std::string comment;
  UtcTime at;
};

// Rows are added and never changed.
class Reviews {
 public:
  explicit Reviews(Catalog& catalog) : database_(catalog.database()) {}

  Result<void> sign(const ReviewSignature& signature);
  // Newest first.
  Result<std::vector<ReviewSignature>> list(ReviewKind kind, std::int64_t limit);
  // The newest of those for this, and with `due` for this date.
  Result<std::optional<ReviewSignature>> last(ReviewKind kind, const std::string& what, std::optional<UtcTime> due = {});

 private:
  Database& database_;
};

}  // namespace frostgate::catalog
