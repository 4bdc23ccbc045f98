#include "gateway/http/tar.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstring>
#include <memory>
#include <span>

#include "gateway/base/descriptor.h"

namespace frostgate::http {
namespace {

constexpr std::uint64_t kBlock = 512;
constexpr std::uint64_t kMaxFile = std::uint64_t{1} << 33;
constexpr std::size_t kMaxName = 100;

using Block = std::array<char, kBlock>;

std::uint64_t in_blocks(std::uint64_t size) { return (size + kBlock - 1) / kBlock * kBlock; }

// The fields of a ustar header lie at fixed offsets (POSIX.1-2017, pax). Owner and time are nobody's business.
Block header_of(const std::string& name, std::uint64_t size) {
  Block block{};
  const auto put = [&](std::size_t at, const std::string& text) { std::memcpy(block.data() + at, text.data(), text.size()); };
  char length[13];
  std::snprintf(length, sizeof length, "%011llo", static_cast<unsigned long long>(size));
  put(0, name);
  put(100, "0000644");
  put(108, "0000000");
  put(116, "0000000");
  put(124, length);
  put(136, "00000000000");
  put(148, "        ");
  put(156, "0");
  put(257, std::string("ustar\00000", 8));
  unsigned sum = 0;
  for (const char c : block) sum += static_cast<unsigned char>(c);
  char text[8];
  std::snprintf(text, sizeof text, "%06o", sum);
  put(148, std::string(text, 7));
  return block;
}

struct Entry {
  std::filesystem::path file;
  Block header;
  std::uint64_t begin = 0, size = 0;  // of the header in the archive; of the file
};

struct Archive {
  std::vector<Entry> entries;
  std::uint64_t size = 0;

  // Of one entry, from `offset` within it on; padding is zeros.
  Result<void> read(const Entry& entry, std::uint64_t offset, std::span<std::byte> out) const {
    std::fill(out.begin(), out.end(), std::byte{0});
    if (offset < kBlock) {
      const std::uint64_t count = std::min<std::uint64_t>(kBlock - offset, out.size());
      std::memcpy(out.data(), entry.header.data() + offset, count);
      out = out.subspan(count);
      offset += count;
    }
    const std::uint64_t at = offset - kBlock;
    if (out.empty() || at >= entry.size) return {};
    const Descriptor file(::open(entry.file.c_str(), O_RDONLY | O_CLOEXEC));
    std::uint64_t wanted = std::min<std::uint64_t>(entry.size - at, out.size()), done = 0;
    while (done < wanted) {
      const ssize_t count = ::pread(file.fd(), out.data() + done, wanted - done, static_cast<off_t>(at + done));
      if (count <= 0) return Error{ErrorKind::io, entry.file.filename().string() + " cannot be read"};
      done += static_cast<std::uint64_t>(count);
    }
    return {};
  }

  Result<std::vector<std::byte>> read(std::uint64_t offset, std::uint64_t wanted) const {
    std::vector<std::byte> out(std::min(wanted, size - std::min(offset, size)));
    std::uint64_t done = 0;
    for (const Entry& entry : entries) {
      const std::uint64_t end = entry.begin + kBlock + in_blocks(entry.size), at = offset + done;
      if (done == out.size() || at < entry.begin || at >= end) continue;
      const std::uint64_t count = std::min(end - at, out.size() - done);
      TRY(read(entry, at - entry.begin, std::span(out).subspan(done, count)));
      done += count;
    }
    return out;  // two blocks of zeros end an archive
  }
};

}  // namespace

Result<ByteSource> tar_of(const std::filesystem::path& folder, const std::string& prefix) {
  auto archive = std::make_shared<Archive>();
  std::error_code failure;
  for (std::filesystem::directory_iterator at(folder, failure), end; !failure && at != end; at.increment(failure)) {
    if (!at->is_regular_file()) continue;
    Entry entry;
    entry.file = at->path();
    entry.size = at->file_size(failure);
    if (failure) break;
    const std::string name = prefix + "/" + entry.file.filename().string();
    if (name.size() > kMaxName || entry.size >= kMaxFile) return Error{ErrorKind::unsupported, name + " does not fit into an archive"};
    entry.header = header_of(name, entry.size);
    archive->entries.push_back(std::move(entry));
  }
  if (failure) return Error{ErrorKind::io, folder.string() + ": " + failure.message()};
  std::sort(archive->entries.begin(), archive->entries.end(), [](const Entry& a, const Entry& b) { return a.file < b.file; });
  for (Entry& entry : archive->entries) {
    entry.begin = archive->size;
    archive->size += kBlock + in_blocks(entry.size);
  }
  archive->size += 2 * kBlock;
  return ByteSource{archive->size, [archive](std::uint64_t offset, std::uint64_t size) { return archive->read(offset, size); }};
}

}  // namespace frostgate::http
