// A list of copied files, as Windows' programs hand it over (MS-RDPECLIP 2.2.5.2.3). Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "codec/base/result.h"

namespace frostgate::relay {

struct ListedFile {
  std::string name;  // UTF-8, folders before it with '\' behind each; never leaves the folder where it is pasted
  std::optional<std::uint32_t> attributes;
  std::optional<std::uint64_t> written;  // 100 ns since 1601
  std::optional<std::uint64_t> size;     // bytes
  bool folder() const { return (attributes.value_or(0) & 0x10) != 0; }
  friend bool operator==(const ListedFile&, const ListedFile&) = default;
};

// Error `corrupt`: no such list, or one of none or more than copied::kMostFiles; `denied`: a name that could lead anywhere but into the folder where
// it is pasted.
Result<std::vector<ListedFile>> read_file_list(std::span<const std::byte> list);
// The same list, with what was read of it and nothing else.
std::vector<std::byte> write_file_list(std::span<const ListedFile> files);

}  // namespace frostgate::relay
