// Words of visible lines, by number of the line: the one place that knows how a database finds text. Private to this room.
#pragma once

#include <string>

#include "codec/base/result.h"
#include "storage/catalog/database.h"

namespace frostgate::catalog {

// A line's number says whose it is: the recording's number comes first.
inline constexpr int kLineBits = 20;

void index_line(soci::session& sql, long long number, const std::string& text);
// `text` is what was indexed under that number.
void forget_line(soci::session& sql, long long number, const std::string& text);
// What the table `text_index` (rowid: a line's number) is to MATCH for lines that have all words of what a person asks for; a word that ends
// with "*" stands for all that begin so. `invalid` when there is no word in it.
Result<std::string> match_of(const std::string& words);
// Words of forgotten lines lie in the index until its parts are merged. A step of that, one short transaction: false when all is done.
bool merge_step(soci::session& sql, bool first);

}  // namespace frostgate::catalog
