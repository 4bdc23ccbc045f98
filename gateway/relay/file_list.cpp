#include "gateway/relay/file_list.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "gateway/base/utf16.h"
#include "gateway/relay/copied.h"

namespace frostgate::relay {
namespace {

// A descriptor's flags, and where what they speak of lies in it.
constexpr std::uint32_t kHasAttributes = 0x4, kHasWritten = 0x20, kHasSize = 0x40, kShowProgress = 0x4000;
constexpr std::size_t kDescriptor = 592, kAttributesAt = 36, kWrittenAt = 56, kSizeAt = 64, kNameAt = 72, kNameBytes = 520;

std::uint32_t word(std::span<const std::byte> bytes, std::size_t at) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < 4; ++i) value |= std::to_integer<std::uint32_t>(bytes[at + i]) << (8 * i);
  return value;
}
std::uint64_t two_words(std::uint32_t low, std::uint32_t high) { return std::uint64_t{high} << 32 | low; }

void put(std::span<std::byte> bytes, std::size_t at, std::uint64_t value) {
  for (std::size_t i = 0; i < 4; ++i) bytes[at + i] = static_cast<std::byte>(value >> (8 * i) & 0xFF);
}

// Windows takes dots and blanks at the end of a name away, so that ".. " would be "..".
bool is_plain(std::string_view component) {
  return component.find_last_not_of(" .") != std::string_view::npos &&
         std::none_of(component.begin(), component.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == ':' || c == '/'; });
}

bool stays_inside(std::string_view name) {
  for (;;) {
    const std::size_t end = name.find('\\');
    if (!is_plain(name.substr(0, end))) return false;
    if (end == std::string_view::npos) return true;
    name.remove_prefix(end + 1);
  }
}

ListedFile read_descriptor(std::span<const std::byte> descriptor) {
  ListedFile file;
  const std::uint32_t flags = word(descriptor, 0);
  if ((flags & kHasAttributes) != 0) file.attributes = word(descriptor, kAttributesAt);
  if ((flags & kHasWritten) != 0) file.written = two_words(word(descriptor, kWrittenAt), word(descriptor, kWrittenAt + 4));
  if ((flags & kHasSize) != 0) file.size = two_words(word(descriptor, kSizeAt + 4), word(descriptor, kSizeAt));
  file.name = from_utf16(descriptor.subspan(kNameAt, kNameBytes));
  file.name.resize(std::min(file.name.size(), file.name.find('\0')));
  return file;
}

}  // namespace

Result<std::vector<ListedFile>> read_file_list(std::span<const std::byte> list) {
  const std::size_t count = list.size() < 4 ? 0 : word(list, 0);
  if (count == 0 || count > copied::kMostFiles || (list.size() - 4) / kDescriptor < count) return Error{ErrorKind::corrupt, "no list of 1 to " + std::to_string(copied::kMostFiles) + " files"};
  std::vector<ListedFile> files;
  files.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    ListedFile file = read_descriptor(list.subspan(4 + i * kDescriptor, kDescriptor));
    if (!stays_inside(file.name)) return Error{ErrorKind::denied, "a file's name that may lead elsewhere"};
    files.push_back(std::move(file));
  }
  return files;
}

std::vector<std::byte> write_file_list(std::span<const ListedFile> files) {
  std::vector<std::byte> out(4 + files.size() * kDescriptor);
  put(out, 0, files.size());
  for (std::size_t i = 0; i < files.size(); ++i) {
    const ListedFile& file = files[i];
    const std::span<std::byte> descriptor = std::span(out).subspan(4 + i * kDescriptor, kDescriptor);
    put(descriptor, 0, kShowProgress | (file.attributes ? kHasAttributes : 0) | (file.written ? kHasWritten : 0) | (file.size ? kHasSize : 0));
    put(descriptor, kAttributesAt, file.attributes.value_or(0));
    put(descriptor, kWrittenAt, file.written.value_or(0));
    put(descriptor, kWrittenAt + 4, file.written.value_or(0) >> 32);
    put(descriptor, kSizeAt, file.size.value_or(0) >> 32);
    put(descriptor, kSizeAt + 4, file.size.value_or(0));
    const auto name = to_utf16(file.name);
    if (name) std::copy_n(name->begin(), std::min(name->size(), kNameBytes - 2), descriptor.begin() + kNameAt);
  }
  return out;
}

}  // namespace frostgate::relay
