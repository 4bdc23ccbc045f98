// Texts that peers choose, as a log may show them.
#pragma once

#include <cstddef>
#include <span>
#include <string>

namespace frostgate::relay::rdp {

// UTF-8 of a path in UTF-16LE, up to its terminator: what cannot be seen, or turns the direction of writing, becomes '?', and what follows the 260th
// unit "...".
std::string shown_path(std::span<const std::byte> utf16);
// A device's name (MS-RDPEFS 2.2.1.3, PreferredDosName): at most eight characters of ASCII.
std::string shown_device(std::span<const std::byte> ascii);

}  // namespace frostgate::relay::rdp
