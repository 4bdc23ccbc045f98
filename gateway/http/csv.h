// RFC 4180, as spreadsheets read it.
#pragma once

#include <string>
#include <vector>

namespace frostgate::http {

// One line. A cell that a spreadsheet would take for a formula is made text by a ' before it.
std::string csv_line(const std::vector<std::string>& cells);

}  // namespace frostgate::http
