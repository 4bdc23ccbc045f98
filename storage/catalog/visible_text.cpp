#include "storage/catalog/visible_text.h"

#include "storage/catalog/columns.h"
#include "storage/catalog/database.h"
#include "storage/catalog/fence.h"
#include "storage/catalog/text_index.h"
#include "storage/catalog/visible_text_removal.h"
#include "storage/crypto/hash.h"
#include "storage/crypto/hex.h"

namespace frostgate::catalog {
namespace {

void insert(soci::session& sql, long long number, const std::vector<VisibleLine>& lines) {
  long long from = 0, to = 0, x = 0, y = 0, width = 0, height = 0;
  std::string text;
  soci::statement row = (sql.prepare << "INSERT INTO text_lines (number, from_us, to_us, x, y, width, height, words)"
                                        " VALUES (:number, :from_us, :to_us, :x, :y, :width, :height, :words)",
                         soci::use(number), soci::use(from), soci::use(to), soci::use(x), soci::use(y), soci::use(width), soci::use(height),
                         soci::use(text));
  for (const VisibleLine& line : lines) {
    from = line.from.count();
    to = line.to.count();
    x = line.box.x;
    y = line.box.y;
    width = line.box.width;
    height = line.box.height;
    text = readable(line.text);
    row.execute(true);
    index_line(sql, number, text);
    ++number;
  }
}

class TextHash {
 public:
  // `words` as they are stored.
  void add(const VisibleLine& line, const std::string& words) {
    std::string head;
    for (const long long number : {static_cast<long long>(line.from.count()), static_cast<long long>(line.to.count()), static_cast<long long>(line.box.x), static_cast<long long>(line.box.y),
                                   static_cast<long long>(line.box.width), static_cast<long long>(line.box.height), static_cast<long long>(words.size())}) {
      head += (head.empty() ? "" : " ") + std::to_string(number);
    }
    hash_.add(std::as_bytes(std::span(head += '\n')));
    hash_.add(std::as_bytes(std::span(words)));
    ++lines_;
  }
  TextDigest finish() { return {lines_, storage::to_hex(hash_.finish())}; }

 private:
  storage::Sha256 hash_;
  std::int64_t lines_ = 0;
};

// How often lines were forgotten, and how often they had been when the files were wiped last: what a crash kept from being wiped is known.
constexpr const char* kForgotten = "text_forgotten";
constexpr const char* kWiped = "text_wiped";

long long counter(soci::session& sql, const std::string& name, long long otherwise) {
  long long value = 0;
  sql << "SELECT value FROM counters WHERE name = :name", soci::use(name), soci::into(value);
  return sql.got_data() ? value : otherwise;
}

void set_counter(soci::session& sql, const std::string& name, long long value) {
  sql << "INSERT INTO counters (name, value) VALUES (:name, :value) ON CONFLICT (name) DO UPDATE SET value = excluded.value", soci::use(name), soci::use(value);
}

}  // namespace

void forget_text(soci::session& sql, long long recording_number) {
  const long long first = recording_number << kLineBits, end = (recording_number + 1) << kLineBits;
  std::vector<std::pair<long long, std::string>> lines;
  {
    long long number = 0;
    std::string text;
    soci::statement select = (sql.prepare << "SELECT number, words FROM text_lines WHERE number >= :first AND number < :last", soci::use(first),
                              soci::use(end), soci::into(number), soci::into(text));
    select.execute();
    while (select.fetch()) lines.emplace_back(number, text);
  }
  if (lines.empty()) return;
  for (const auto& [number, text] : lines) forget_line(sql, number, text);
  set_counter(sql, kForgotten, counter(sql, kForgotten, 0) + 1);
  sql << "DELETE FROM text_lines WHERE number >= :first AND number < :last", soci::use(first), soci::use(end);
}

Result<void> VisibleText::replace(const std::string& recording, const std::vector<VisibleLine>& lines, const std::optional<Lease>& lease) {
  TRY(check_text("a recording's id", recording));
  if (lines.size() > kMaxVisibleLines) return Error{ErrorKind::invalid, "a recording has too many lines of text"};
  return database_.write([&](soci::session& sql) -> Result<void> {
    if (lease) TRY(check_lease(sql, database_.dialect(), *lease));
    long long number = 0;
    sql << std::string("SELECT number FROM recordings WHERE id = :id ") + database_.dialect().lock_row, soci::use(recording), soci::into(number);
    if (!sql.got_data()) return Error{ErrorKind::not_found, "there is no recording " + recording};
    forget_text(sql, number);
    insert(sql, number << kLineBits, lines);
    return {};
  });
}

TextDigest text_digest(const std::vector<VisibleLine>& lines) {
  TextHash hash;
  for (const VisibleLine& line : lines) hash.add(line, readable(line.text));
  return hash.finish();
}

Result<StoredText> VisibleText::stored(const std::string& recording) {
  TRY(check_text("a recording's id", recording));
  return database_.read([&](soci::session& sql) -> Result<StoredText> {
    long long number = 0;
    sql << "SELECT number FROM recordings WHERE id = :id", soci::use(recording), soci::into(number);
    if (!sql.got_data()) return Error{ErrorKind::not_found, "there is no recording " + recording};
    const long long first = number << kLineBits, end = (number + 1) << kLineBits;
    long long from = 0, to = 0, x = 0, y = 0, width = 0, height = 0, indexed = 0;
    std::string words;
    TextHash hash;
    soci::statement select = (sql.prepare << "SELECT from_us, to_us, x, y, width, height, words FROM text_lines WHERE number >= :first AND number < :last ORDER BY number",
                              soci::use(first), soci::use(end), soci::into(from), soci::into(to), soci::into(x), soci::into(y), soci::into(width), soci::into(height), soci::into(words));
    select.execute();
    while (select.fetch()) {
      hash.add({SessionTime(from), SessionTime(to), {static_cast<int>(x), static_cast<int>(y), static_cast<int>(width), static_cast<int>(height)}, ""}, words);
    }
    sql << "SELECT COUNT(*) FROM text_index WHERE rowid >= :first AND rowid < :last", soci::use(first), soci::use(end), soci::into(indexed);
    return StoredText{hash.finish(), indexed};
  });
}

Result<void> VisibleText::wipe() {
  const auto [forgotten, wiped] = TRY(database_.read([](soci::session& sql) -> Result<std::pair<long long, long long>> {
    return std::pair(counter(sql, kForgotten, 0), counter(sql, kWiped, -1));
  }));
  if (forgotten == wiped) return {};
  for (bool first = true;; first = false) {
    const bool more = TRY(database_.write([&](soci::session& sql) -> Result<bool> { return merge_step(sql, first); }));
    if (!more) break;
  }
  TRY(database_.write_anew("text_lines, text_index"));
  TRY(database_.empty_log());
  return database_.write([&, done = forgotten](soci::session& sql) -> Result<void> {
    set_counter(sql, kWiped, done);
    return {};
  });
}

}  // namespace frostgate::catalog
