#include "storage/catalog/text_index.h"

#include <algorithm>

namespace frostgate::catalog {
namespace {

constexpr const char* kMergePages = "2000";
constexpr long kLeastBeginning = 2;  // what begins with one letter are all words, and takes as long

// What the tokenizer takes for part of a word: letters and digits, and whatever is not ASCII.
bool in_word(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c & 0x80) != 0; }

std::string phrase_of(const std::string& word) {
  std::string out = "\"";
  for (const char c : word) out += c == '"' ? std::string("\"\"") : std::string(1, c);
  return out + "\"";
}

// 'a' <-> 'b':* for a-b*
std::string lexemes_of(const std::string& word, bool prefix) {
  std::string out, lexeme;
  const auto take = [&](bool last) {
    if (!lexeme.empty()) out += (out.empty() ? "'" : " <-> '") + lexeme + (last && prefix ? "':*" : "'");
    lexeme.clear();
  };
  for (const char c : word) {
    if (in_word(c)) lexeme += c;
    else take(false);
  }
  take(true);
  return out;
}

// Words as the tokenizer of SQLite makes them: letters and digits only, without case or accents.
std::string folded(const std::string& parameter) { return "lower(unaccent(" + parameter + "))"; }
std::string indexed(const std::string& text) { return "to_tsvector('simple', regexp_replace(" + folded(text) + ", '[^[:alnum:]]+', ' ', 'g'))"; }

}  // namespace

void create_text_index(soci::session& sql) {
  if (!on_postgresql(sql)) {
    sql << "CREATE VIRTUAL TABLE text_index USING fts5 (words, content='', tokenize='unicode61 remove_diacritics 2', prefix='2 3')";
    return;
  }
  sql << "CREATE EXTENSION IF NOT EXISTS unaccent";
  sql << "CREATE TABLE text_index (rowid BIGINT NOT NULL PRIMARY KEY, words tsvector NOT NULL)";
  sql << "CREATE INDEX text_index_by_words ON text_index USING gin (words)";
}

void index_beginnings(soci::session& sql) {
  if (on_postgresql(sql)) return;
  sql << "DROP TABLE text_index";
  create_text_index(sql);
  index_all_lines(sql);
}

void index_line(soci::session& sql, long long number, const std::string& text) {
  if (on_postgresql(sql)) {
    sql << "INSERT INTO text_index (rowid, words) VALUES (:number, " + indexed(":words") + ")", soci::use(number), soci::use(text);
    return;
  }
  sql << "INSERT INTO text_index (rowid, words) VALUES (:number, :words)", soci::use(number), soci::use(text);
}

void index_all_lines(soci::session& sql) {
  sql << "INSERT INTO text_index (rowid, words) SELECT number, " + (on_postgresql(sql) ? indexed("words") : std::string("words")) + " FROM text_lines";
}

void forget_line(soci::session& sql, long long number, const std::string& text) {
  if (on_postgresql(sql)) {
    sql << "DELETE FROM text_index WHERE rowid = :number", soci::use(number);
    return;
  }
  sql << "INSERT INTO text_index (text_index, rowid, words) VALUES ('delete', :number, :words)", soci::use(number), soci::use(text);
}

std::string matches(soci::session& sql, const std::string& parameter) {
  return on_postgresql(sql) ? "f.words @@ to_tsquery('simple', " + folded(parameter) + ")" : "text_index MATCH " + parameter;
}

std::string text_order(soci::session& sql, const std::string& match) {
  constexpr int kMany = 2000;
  if (!on_postgresql(sql)) return "f.rowid DESC";
  long long lines = 0;
  sql << "SELECT COUNT(*) FROM (SELECT 1 FROM text_index f WHERE " + matches(sql, ":match") + " LIMIT " + std::to_string(kMany) + ") few", soci::use(match), soci::into(lines);
  // No index has the sum, so that the words' is taken.
  return lines < kMany ? "f.rowid + 0 DESC" : "f.rowid DESC";
}

Result<std::string> match_of(soci::session& sql, const std::string& words) {
  const bool postgresql = on_postgresql(sql);
  std::string out;
  for (std::size_t begin = 0; begin < words.size();) {
    const std::size_t end = std::min(words.find_first_of(" \t\r\n", begin), words.size());
    std::string word = words.substr(begin, end - begin);
    begin = end + 1;
    const auto letters = std::count_if(word.begin(), word.end(), in_word);
    if (letters == 0) continue;
    const bool prefix = word.back() == '*';
    if (prefix && letters < kLeastBeginning) return Error{ErrorKind::invalid, "the beginning of a word has two letters at least"};
    if (prefix) word.pop_back();
    if (postgresql) out += (out.empty() ? "(" : " & (") + lexemes_of(word, prefix) + ")";
    else out += (out.empty() ? "" : " ") + phrase_of(word) + (prefix ? "*" : "");
  }
  if (out.empty()) return Error{ErrorKind::invalid, "there is no word to look for"};
  return out;
}

bool merge_step(soci::session& sql, bool first) {
  if (on_postgresql(sql)) return false;
  long long before = 0, after = 0;
  sql << "SELECT CAST(total_changes() AS BIGINT)", soci::into(before);
  // A negative number takes all parts of the index on; after that a step goes on with them.
  sql << std::string("INSERT INTO text_index (text_index, rank) VALUES ('merge', ") + (first ? "-" : "") + kMergePages + ")";
  sql << "SELECT CAST(total_changes() AS BIGINT)", soci::into(after);
  return after - before >= 2;
}

}  // namespace frostgate::catalog
