// Hexadecimal digests as OCR gives them: with spaces in them, and some digits read as letters.
#pragma once

#include <vector>

namespace frostgate::redaction {

struct PreparedText;

// Marks every run of pieces, one space apart, that together has the length of a digest (MD5, SHA-1, SHA-2), give or take one
// in twelve, and is hexadecimal but for a quarter, all of it misread forms of hexadecimal digits. Of drawn letters and digits
// of such a length one in a million looks like that.
void mark_digests(const PreparedText& text, std::vector<bool>& harmless);

}  // namespace frostgate::redaction
