#include "storage/catalog/text_index.h"

#include <algorithm>

namespace frostgate::catalog {
namespace {

constexpr const char* kMergePages = "2000";

// What the tokenizer takes for part of a word: letters and digits, and whatever is not ASCII.
bool in_word(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c & 0x80) != 0; }

std::string phrase_of(const std::string& word) {
  std::string out = "\"";
  for (const char c : word) out += c == '"' ? std::string("\"\"") : std::string(1, c);
  return out + "\"";
}

}  // namespace

void index_line(soci::session& sql, long long number, const std::string& text) {
  sql << "INSERT INTO text_index (rowid, words) VALUES (:number, :words)", soci::use(number), soci::use(text);
}

void forget_line(soci::session& sql, long long number, const std::string& text) {
  sql << "INSERT INTO text_index (text_index, rowid, words) VALUES ('delete', :number, :words)", soci::use(number), soci::use(text);
}

Result<std::string> match_of(const std::string& words) {
  std::string out;
  for (std::size_t begin = 0; begin < words.size();) {
    const std::size_t end = std::min(words.find_first_of(" \t\r\n", begin), words.size());
    std::string word = words.substr(begin, end - begin);
    begin = end + 1;
    if (!std::any_of(word.begin(), word.end(), in_word)) continue;
    const bool prefix = word.back() == '*';
    if (prefix) word.pop_back();
    out += (out.empty() ? "" : " ") + phrase_of(word) + (prefix ? "*" : "");
  }
  if (out.empty()) return Error{ErrorKind::invalid, "there is no word to look for"};
  return out;
}

bool merge_step(soci::session& sql, bool first) {
  long long before = 0, after = 0;
  sql << "SELECT CAST(total_changes() AS BIGINT)", soci::into(before);
  // A negative number takes all parts of the index on; after that a step goes on with them.
  sql << std::string("INSERT INTO text_index (text_index, rank) VALUES ('merge', ") + (first ? "-" : "") + kMergePages + ")";
  sql << "SELECT CAST(total_changes() AS BIGINT)", soci::into(after);
  return after - before >= 2;
}

}  // namespace frostgate::catalog
