#include "storage/catalog/policies.h"

#include "storage/catalog/columns.h"
#include "storage/catalog/database.h"

namespace frostgate::catalog {

Result<void> Policies::keep(const std::string& digest, const std::string& text, UtcTime now) {
  TRY(check_text("a policy's digest", digest));
  TRY(check_text("a policy", text));
  const long long first_seen = to_column(now);
  return database_.write([&](soci::session& sql) -> Result<void> {
    soci::statement insert = (sql.prepare << "INSERT INTO policies (digest, body, first_seen)"
                                             " VALUES (:digest, :body, :first_seen) ON CONFLICT DO NOTHING",
                              soci::use(digest), soci::use(text), soci::use(first_seen));
    if (execute(insert) != 0) return {};
    std::string kept;
    sql << "SELECT body FROM policies WHERE digest = :digest", soci::use(digest), soci::into(kept);
    if (kept != text) return Error{ErrorKind::corrupt, "the catalog has another policy under the digest " + digest};
    return {};
  });
}

Result<Policy> Policies::find(const std::string& digest) {
  TRY(check_text("a policy's digest", digest));
  return database_.read([&](soci::session& sql) -> Result<Policy> {
    Policy policy;
    long long first_seen = 0;
    sql << "SELECT digest, body, first_seen FROM policies WHERE digest = :digest", soci::use(digest), soci::into(policy.digest),
        soci::into(policy.text), soci::into(first_seen);
    if (!sql.got_data()) return Error{ErrorKind::not_found, "there is no policy " + digest};
    policy.first_seen = time_from_column(first_seen);
    return policy;
  });
}

}  // namespace frostgate::catalog
