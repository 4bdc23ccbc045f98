#include "storage/catalog/reviews.h"

#include "storage/catalog/columns.h"
#include "storage/catalog/database.h"

namespace frostgate::catalog {
namespace {

constexpr std::size_t kMaxReviewText = 4096;

}  // namespace

const char* to_string(ReviewKind kind) { return kind == ReviewKind::policy ? "policy" : "access"; }

Result<void> Reviews::sign(const ReviewSignature& signature) {
  TRY(check_name("a user's name", signature.reviewer));
  TRY(check_text("a review's subject", signature.what));
  TRY(check_text("a digest", signature.digest));
  TRY(check_text("a review's comment", signature.comment));
  if (signature.comment.size() > kMaxReviewText || signature.what.size() > kMaxReviewText) return Error{ErrorKind::invalid, "a review's texts have 4096 bytes at most"};
  const long long due = to_column(signature.due), at = to_column(signature.at);
  const std::string kind = to_string(signature.kind);
  return database_.write([&](soci::session& sql) -> Result<void> {
    using soci::use;
    const long long number = next_number(sql, "review");
    sql << "INSERT INTO reviews (number, kind, what, due, digest, reviewer, note, at) VALUES (:number, :kind, :what, :due, :digest, :reviewer, :note, :at)", use(number),
        use(kind), use(signature.what), use(due), use(signature.digest), use(signature.reviewer), use(signature.comment), use(at);
    return {};
  });
}

Result<std::vector<ReviewSignature>> Reviews::list(ReviewKind kind, std::int64_t limit) {
  const std::string word = to_string(kind);
  const long long most = limit;
  return database_.read([&](soci::session& sql) -> Result<std::vector<ReviewSignature>> {
    ReviewSignature row;
    row.kind = kind;
    long long due = 0, at = 0;
    soci::statement select = (sql.prepare << "SELECT what, due, digest, reviewer, note, at FROM reviews WHERE kind = :kind ORDER BY number DESC LIMIT :most", soci::use(word),
                              soci::use(most), soci::into(row.what), soci::into(due), soci::into(row.digest), soci::into(row.reviewer), soci::into(row.comment), soci::into(at));
    std::vector<ReviewSignature> out;
    select.execute();
    while (select.fetch()) {
      row.due = time_from_column(due);
      row.at = time_from_column(at);
      out.push_back(row);
    }
    return out;
  });
}

Result<std::optional<ReviewSignature>> Reviews::last(ReviewKind kind, const std::string& what, std::optional<UtcTime> due) {
  const std::string word = to_string(kind);
  const long long any = due ? 0 : 1, wanted = due ? to_column(*due) : 0;
  return database_.read([&](soci::session& sql) -> Result<std::optional<ReviewSignature>> {
    ReviewSignature row;
    row.kind = kind;
    row.what = what;
    long long found_due = 0, at = 0;
    sql << "SELECT due, digest, reviewer, note, at FROM reviews WHERE kind = :kind AND what = :what AND (:any = 1 OR due = :due) ORDER BY number DESC LIMIT 1", soci::use(word),
        soci::use(what), soci::use(any), soci::use(wanted), soci::into(found_due), soci::into(row.digest), soci::into(row.reviewer), soci::into(row.comment), soci::into(at);
    if (!sql.got_data()) return std::optional<ReviewSignature>();
    row.due = time_from_column(found_due);
    row.at = time_from_column(at);
    return std::optional<ReviewSignature>(row);
  });
}

}  // namespace frostgate::catalog
