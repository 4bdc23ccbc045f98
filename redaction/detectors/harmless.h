// Text that looks random and is public: SSH public keys and fingerprints, integrity digests, embedded images.
#pragma once

#include <vector>

namespace frostgate::redaction {

struct PreparedText;

std::vector<bool> harmless_positions(const PreparedText& text);

}  // namespace frostgate::redaction
