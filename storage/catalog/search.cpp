#include "storage/catalog/search.h"

#include <algorithm>
#include <charconv>
#include <limits>

#include "storage/catalog/columns.h"
#include "storage/catalog/conditions.h"
#include "storage/catalog/database.h"
#include "storage/catalog/recording_row.h"
#include "storage/catalog/text_index.h"

namespace frostgate::catalog {
namespace {

constexpr int kMaxPage = 500;

// A cursor is the number of the last row of its page; rows after it have smaller ones.
Result<long long> number_of(const std::string& cursor) {
  if (cursor.empty()) return std::numeric_limits<long long>::max();
  long long number = 0;
  const auto parsed = std::from_chars(cursor.data(), cursor.data() + cursor.size(), number);
  if (parsed.ec != std::errc() || parsed.ptr != cursor.data() + cursor.size() || number < 1) return Error{ErrorKind::invalid, "this is no cursor"};
  return number;
}

Result<void> check_limit(int limit) {
  if (limit >= 1 && limit <= kMaxPage) return {};
  return Error{ErrorKind::invalid, "a page has 1 to " + std::to_string(kMaxPage) + " rows"};
}

Result<void> check(const WatchRights& rights) {
  for (const WatchScope& scope : rights.scopes) {
    for (const std::string& pattern : scope.users) TRY(check_text("a pattern", pattern));
    for (const std::string& pattern : scope.targets) TRY(check_text("a pattern", pattern));
    for (const auto& [name, pattern] : scope.tags) {
      TRY(check_text("a tag's name", name));
      TRY(check_text("a pattern", pattern));
    }
  }
  return {};
}

Result<void> check(const RecordingQuery& query) {
  for (const auto* text : {&query.user, &query.target, &query.rule, &query.status, &query.mask}) {
    if (*text) TRY(check_text("what is looked for", **text));
  }
  if (query.status && !recording_status(*query.status)) return Error{ErrorKind::invalid, "\"" + *query.status + "\" is no status of a recording"};
  for (const auto& [name, value] : query.tags) {
    TRY(check_text("a tag's name", name));
    TRY(check_text("a tag's value", value));
  }
  TRY(check_text("what is looked for", query.text));
  return check_limit(query.limit);
}

// "pem.*,label.key,-command.bearer": that the column is one of these, and none of those with a hyphen before them.
std::string one_of(Conditions& conditions, const std::string& column, const std::string& list) {
  std::string some, none;
  for (std::size_t at = 0; at <= list.size();) {
    const std::size_t end = std::min(list.find(',', at), list.size());
    const std::string one = list.substr(at, end - at);
    if (one.starts_with('-')) none += " AND NOT " + conditions.fits(column, one.substr(1));
    else some += (some.empty() ? "" : " OR ") + conditions.fits(column, one);
    at = end + 1;
  }
  return "(" + (some.empty() ? "1 = 0" : some) + ")" + none;
}

// All that is asked but the text.
void add(Conditions& conditions, const RecordingQuery& query) {
  const auto fits = [&](const char* column, const std::optional<std::string>& value) {
    if (value) conditions.add(conditions.fits(column, *value));
  };
  fits("r.user_name", query.user);
  fits("r.target", query.target);
  fits("r.rule_name", query.rule);
  if (query.status) conditions.add("r.status = " + conditions.text(*query.status));
  if (query.since) conditions.add("r.started >= " + conditions.number(to_column(*query.since)));
  if (query.until) conditions.add("r.started < " + conditions.number(to_column(*query.until)));
  if (query.mask) conditions.add("r.number IN (SELECT m.number FROM recording_masks m WHERE " + one_of(conditions, "m.rule", *query.mask) + ")");
  for (const auto& [name, value] : query.tags) {
    std::string tag = "r.number IN (SELECT t.number FROM recording_tags t WHERE t.name = " + conditions.text(name);
    tag += " AND t.value = " + conditions.text(value) + ")";
    conditions.add(tag);
  }
}

enum class Report { with, without };

Result<std::vector<RecordingRow>> select(soci::session& sql, const Conditions& conditions, int limit, Report report) {
  RecordingRow row;
  const long long most = limit;
  soci::statement statement = into_row(
      row, (conditions.bind(sql.prepare << select_recording(report == Report::with) + conditions.where() + " ORDER BY r.number DESC LIMIT :max_rows"),
            soci::use(most)));
  std::vector<RecordingRow> rows;
  statement.execute();
  while (statement.fetch()) rows.push_back(row);
  return rows;
}

// The recordings before `before` that the next so many matching lines are of, the newest first; none: there are no more. Those below a recording's first line are
// another page's, so one with very many lines is passed over as one.
std::vector<long long> next_with_text(soci::session& sql, const std::string& match, const std::string& order, long long before, long long lines) {
  constexpr long long kNewest = std::numeric_limits<long long>::max() >> kLineBits;
  Conditions conditions;
  conditions.add(matches(sql, conditions.text(match)));
  if (before <= kNewest) conditions.add("f.rowid < " + conditions.number(before << kLineBits));
  long long line = 0;
  soci::statement statement =
      (conditions.bind(sql.prepare << "SELECT f.rowid FROM text_index f" + conditions.where() + " ORDER BY " + order + " LIMIT :max_rows"), soci::use(lines), soci::into(line));
  std::vector<long long> numbers;
  statement.execute();
  while (statement.fetch()) {
    if (numbers.empty() || numbers.back() != line >> kLineBits) numbers.push_back(line >> kLineBits);
  }
  return numbers;
}

// The index is asked without the tables beside it: for each line these would cost far more. It is asked for more lines each time, since few of them may fit.
Result<std::vector<RecordingRow>> select_with_text(soci::session& sql, const WatchRights& rights, const RecordingQuery& query, long long before) {
  constexpr long long kMostLines = 16'000;
  const std::string match = TRY(match_of(sql, query.text)), order = text_order(sql, match);
  std::vector<RecordingRow> rows;
  for (long long lines = 250; static_cast<int>(rows.size()) <= query.limit; lines = std::min(4 * lines, kMostLines)) {
    const std::vector<long long> numbers = next_with_text(sql, match, order, before, lines);
    if (numbers.empty()) break;
    std::string list;
    for (const long long number : numbers) list += (list.empty() ? "" : ", ") + std::to_string(number);
    Conditions conditions;
    conditions.add("r.number IN (" + list + ")");
    conditions.within(rights);
    add(conditions, query);
    const std::vector<RecordingRow> found = TRY(select(sql, conditions, query.limit + 1 - static_cast<int>(rows.size()), Report::without));
    rows.insert(rows.end(), found.begin(), found.end());
    before = numbers.back();
  }
  return rows;
}

}  // namespace

Result<Recording> Search::find(const std::string& id) {
  TRY(check_text("a recording's id", id));
  TRY(check(rights_));
  return database_.read([&](soci::session& sql) -> Result<Recording> {
    Conditions conditions;
    conditions.add("r.id = " + conditions.text(id));
    conditions.within(rights_);
    const std::vector<RecordingRow> rows = TRY(select(sql, conditions, 1, Report::with));
    if (rows.empty()) return Error{ErrorKind::not_found, "there is no recording " + id};
    Recording recording = TRY(rows[0].finished());
    read_tags(sql, {&recording, 1});
    return recording;
  });
}

Result<RecordingPage> Search::recordings(const RecordingQuery& query) {
  TRY(check(query));
  TRY(check(rights_));
  const long long before = TRY(number_of(query.cursor));
  return database_.read([&](soci::session& sql) -> Result<RecordingPage> {
    std::vector<RecordingRow> rows;
    if (query.text.empty()) {
      Conditions conditions;
      conditions.add("r.number < " + conditions.number(before));
      conditions.within(rights_);
      add(conditions, query);
      rows = TRY(select(sql, conditions, query.limit + 1, Report::without));
    } else {
      rows = TRY(select_with_text(sql, rights_, query, before));
    }
    RecordingPage page;
    for (const RecordingRow& row : rows) {
      if (static_cast<int>(page.recordings.size()) == query.limit) {
        page.next = page.cursors.back();
        break;
      }
      page.recordings.push_back(TRY(row.finished()));
      page.cursors.push_back(std::to_string(row.number));
    }
    read_tags(sql, page.recordings);
    page.masks = masks_of(sql, page.recordings);
    return page;
  });
}

Result<TextPage> Search::lines(const TextQuery& query) {
  TRY(check_text("what is looked for", query.text));
  TRY(check_limit(query.limit));
  TRY(check(rights_));
  if (query.recording) TRY(check_text("a recording's id", *query.recording));
  const long long before = TRY(number_of(query.cursor));
  return database_.read([&](soci::session& sql) -> Result<TextPage> {
    const std::string match = TRY(match_of(sql, query.text)), order = text_order(sql, match);
    Conditions conditions;
    conditions.add(matches(sql, conditions.text(match)));
    conditions.add("f.rowid < " + conditions.number(before));
    if (query.recording) {
      long long number = 0;
      sql << "SELECT number FROM recordings WHERE id = :id", soci::use(*query.recording), soci::into(number);
      conditions.add("f.rowid >= " + conditions.number(number << kLineBits));
      conditions.add("f.rowid < " + conditions.number((number + 1) << kLineBits));
    }
    conditions.within(rights_);
    long long number = 0, from = 0, to = 0, x = 0, y = 0, width = 0, height = 0;
    const long long most = query.limit + 1;
    TextHit hit;
    soci::statement statement =
        (conditions.bind(sql.prepare << std::string("SELECT t.number, r.id, t.from_us, t.to_us, t.x, t.y, t.width, t.height, t.words FROM text_index f ") +
                                            ordered_join(sql) + " text_lines t ON t.number = f.rowid " + ordered_join(sql) + " recordings r ON r.number = f.rowid >> " +
                                            std::to_string(kLineBits) + conditions.where() + " ORDER BY " + order + " LIMIT :max_rows"),
         soci::use(most), soci::into(number), soci::into(hit.recording), soci::into(from), soci::into(to), soci::into(x), soci::into(y),
         soci::into(width), soci::into(height), soci::into(hit.line.text));
    TextPage page;
    statement.execute();
    while (statement.fetch()) {
      if (static_cast<int>(page.hits.size()) == query.limit) {
        page.next = page.hits.back().cursor;
        break;
      }
      hit.line.from = SessionTime(from);
      hit.line.to = SessionTime(to);
      hit.line.box = {static_cast<int>(x), static_cast<int>(y), static_cast<int>(width), static_cast<int>(height)};
      hit.cursor = std::to_string(number);
      hit.past = std::to_string(number >> kLineBits << kLineBits);
      page.hits.push_back(hit);
    }
    return page;
  });
}

}  // namespace frostgate::catalog
