// Words of visible lines, by number of the line: the one place that knows how a database finds text. Private to this room.
#pragma once

#include <string>

#include "codec/base/result.h"
#include "storage/catalog/database.h"

namespace frostgate::catalog {

// A line's number says whose it is: the recording's number comes first.
inline constexpr int kLineBits = 20;

// Its table: FTS5 on SQLite, tsvector on PostgreSQL, where words are folded alike as far as the server's locale has their letters.
void create_text_index(soci::session& sql);
// Makes an index from before words were found by their first two or three letters anew, from text_lines.
void index_beginnings(soci::session& sql);
void index_line(soci::session& sql, long long number, const std::string& text);
// An empty index filled from text_lines, which came from elsewhere.
void index_all_lines(soci::session& sql);
// `text` is what was indexed under that number.
void forget_line(soci::session& sql, long long number, const std::string& text);
// What the condition on `text_index f` (f.rowid: a line's number) must have in the place of its parameter, for lines that have all words of what a
// person asks for; a word that ends with "*" stands for all that begin so. `invalid` when there is no word in it.
Result<std::string> match_of(soci::session& sql, const std::string& words);
// That condition; `parameter` is the parameter's name as it stands in a statement.
std::string matches(soci::session& sql, const std::string& parameter);
// What such lines are ordered by, for the newest to come first and few of them to be wanted. PostgreSQL, which keeps no statistics of words here, would look through all lines
// for a rare word: it is asked first whether there are many.
std::string text_order(soci::session& sql, const std::string& match);
// Words of forgotten lines lie in the index until its parts are merged. A step of that, one short transaction: false when all is done. On PostgreSQL they
// go when the tables are written anew.
bool merge_step(soci::session& sql, bool first);

}  // namespace frostgate::catalog
