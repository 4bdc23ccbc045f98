#include "storage/vault/sealed_file.h"

#include <algorithm>
#include <utility>

#include "storage/byte_order.h"
#include "storage/crypto/aead.h"
#include "storage/crypto/hash.h"
#include "storage/crypto/random.h"

namespace frostgate::storage {

namespace {

constexpr std::string_view kMagic = "FGSEALD1";
constexpr std::size_t kSaltOffset = 16;
constexpr std::size_t kSaltBytes = 32;
constexpr std::size_t kSizeOffset = kSaltOffset + kSaltBytes;
constexpr std::uint64_t kSealedChunk = kSealedChunkBytes + kTagBytes;
// Read at once: few enough to stay in the processor's cache until they are opened, and for memory that need not come from the kernel anew.
constexpr std::uint64_t kChunksAtOnce = 4;

using Header = std::array<std::byte, kSealedHeaderBytes>;

Header make_header(std::span<const std::byte, kSaltBytes> salt, std::uint64_t plain_size) {
  Header header{};
  const std::span<std::byte, kSealedHeaderBytes> all(header);
  std::ranges::copy(bytes_of(kMagic), all.begin());
  put_number<std::uint32_t>(all.subspan<8, 4>(), static_cast<std::uint32_t>(kSealedChunkBytes));
  std::ranges::copy(salt, all.begin() + kSaltOffset);
  put_number<std::uint64_t>(all.subspan<kSizeOffset, 8>(), plain_size);
  return header;
}

Secret file_key(const Secret& key, std::span<const std::byte> header, std::string_view context) {
  return hkdf_sha256(key, header.subspan(kSaltOffset, kSaltBytes), "frostgate sealed v1/" + std::string(context));
}

// Empty files have one empty chunk, so that they are authenticated too.
std::uint64_t chunks_of(std::uint64_t plain_size) {
  return plain_size == 0 ? 1 : (plain_size - 1) / kSealedChunkBytes + 1;
}

Nonce nonce_of(std::uint64_t chunk, bool last) {
  Nonce nonce{};
  nonce[0] = std::byte{last};
  put_number<std::uint64_t>(std::span(nonce).last<8>(), chunk);
  return nonce;
}

}  // namespace

Result<std::vector<std::byte>> seal_file(const Secret& key, std::string_view context,
                                         std::span<const std::byte> plain) {
  if (key.size() != kKeyBytes) return Error{ErrorKind::invalid, "a film key has 32 bytes"};
  std::array<std::byte, kSaltBytes> salt{};
  TRY(random_bytes(salt));
  const Header header = make_header(salt, plain.size());
  const Secret sealing_key = file_key(key, header, context);
  const std::uint64_t chunks = chunks_of(plain.size());
  std::vector<std::byte> sealed(header.begin(), header.end());
  sealed.reserve(kSealedHeaderBytes + plain.size() + chunks * kTagBytes);
  for (std::uint64_t chunk = 0; chunk < chunks; ++chunk) {
    const auto rest = plain.subspan(chunk * kSealedChunkBytes);
    seal(sealing_key, nonce_of(chunk, chunk + 1 == chunks), header,
         rest.first(std::min<std::size_t>(rest.size(), kSealedChunkBytes)), sealed);
  }
  return sealed;
}

Result<SealedFile> SealedFile::open(ObjectStore& objects, std::string object_key, const Secret& key,
                                    std::string_view context) {
  if (key.size() != kKeyBytes) return Error{ErrorKind::invalid, "a film key has 32 bytes"};
  SealedFile file(objects, std::move(object_key));
  file.sealed_size_ = TRY(objects.size(file.object_key_));
  const std::vector<std::byte> bytes = TRY(objects.read(file.object_key_, 0, kSealedHeaderBytes));
  if (bytes.size() != kSealedHeaderBytes) return file.corrupt("has no header");
  const std::span<const std::byte> header(bytes);
  if (!std::ranges::equal(header.first(kMagic.size()), bytes_of(kMagic))) {
    return file.corrupt("is no sealed file of a version known here");
  }
  std::span<const std::byte> size_field = header.subspan(kSizeOffset);
  file.plain_size_ = *take_number<std::uint64_t>(size_field);
  file.header_ = make_header(header.subspan(kSaltOffset).first<kSaltBytes>(), file.plain_size_);
  if (!std::ranges::equal(header, file.header_)) return file.corrupt("has an unknown header");
  // The first comparison keeps the sum from overflowing.
  if (file.plain_size_ > file.sealed_size_ ||
      file.sealed_size_ != kSealedHeaderBytes + file.plain_size_ + chunks_of(file.plain_size_) * kTagBytes) {
    return file.corrupt("was cut short or extended");
  }
  file.file_key_ = file_key(key, header, context);
  return file;
}

Result<std::vector<std::byte>> SealedFile::read(std::uint64_t offset, std::uint64_t size) {
  const std::uint64_t begin = std::min(offset, plain_size_);
  const std::uint64_t end = begin + std::min(size, plain_size_ - begin);
  const std::uint64_t chunks = chunks_of(plain_size_);
  const std::uint64_t first = std::min(begin / kSealedChunkBytes, chunks - 1);
  const std::uint64_t past = std::clamp(chunks_of(end), first + 1, chunks);
  const std::uint64_t skip = begin - first * kSealedChunkBytes;

  std::vector<std::byte> plain, edge;
  plain.reserve((past - first) * kSealedChunkBytes);
  for (std::uint64_t chunk = first; chunk < past;) {
    const std::uint64_t next = std::min(chunk + kChunksAtOnce, past);
    const std::uint64_t position = kSealedHeaderBytes + chunk * kSealedChunk;
    const std::uint64_t length = std::min(sealed_size_, kSealedHeaderBytes + next * kSealedChunk) - position;
    const std::vector<std::byte> sealed = TRY(objects_->read(object_key_, position, length));
    if (sealed.size() != length) return corrupt("became shorter");
    std::span<const std::byte> rest(sealed);
    for (; chunk < next; ++chunk) {
      const auto piece = rest.first(std::min<std::size_t>(rest.size(), kSealedChunk));
      rest = rest.subspan(piece.size());
      const bool cut = chunk == first && skip != 0;
      // storage:: because SealedFile::open would hide it.
      if (!storage::open(file_key_, nonce_of(chunk, chunk + 1 == chunks), header_, piece, cut ? edge : plain)) {
        return corrupt("does not open at chunk " + std::to_string(chunk) + ": another key, or changed bytes");
      }
      if (cut) plain.assign(edge.begin() + static_cast<std::ptrdiff_t>(skip), edge.end());
    }
  }
  plain.resize(end - begin);
  return plain;
}

Error SealedFile::corrupt(const std::string& what) const {
  return {ErrorKind::corrupt, "sealed file " + object_key_ + " " + what};
}

}  // namespace frostgate::storage
