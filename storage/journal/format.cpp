#include "storage/journal/format.h"

#include <algorithm>
#include <cstdio>
#include <string>

#include "storage/byte_order.h"
#include "storage/crypto/aead.h"
#include "storage/crypto/hash.h"
#include "storage/journal/entry.h"

namespace frostgate::storage {

namespace {

constexpr std::string_view kMagic = "FGJOURN1";
constexpr std::size_t kSaltOffset = 16;
constexpr std::size_t kRecordingOffset = kSaltOffset + kJournalSaltBytes;

// A record takes two nonces: one for its length, one for its body.
enum class RecordPiece : std::uint8_t { length = 0, body = 1 };

Nonce nonce_of(RecordPiece piece, std::uint64_t sequence) {
  Nonce nonce{};
  nonce[0] = static_cast<std::byte>(piece);
  put_number<std::uint64_t>(std::span(nonce).last<8>(), sequence);
  return nonce;
}

std::string key_info(std::string_view recording, int index) {
  return "frostgate journal v1/" + std::to_string(index) + "/" + std::string(recording);
}

}  // namespace

std::string journal_file_name(int index) {
  char name[32];
  std::snprintf(name, sizeof name, "%06d.fgj", index);
  return name;
}

JournalHeader make_journal_header(std::string_view recording, int index,
                                  std::span<const std::byte, kJournalSaltBytes> salt) {
  JournalHeader header{};
  const std::span<std::byte, kJournalHeaderBytes> all(header);
  std::ranges::copy(bytes_of(kMagic), all.begin());
  put_number<std::uint32_t>(all.subspan<8, 4>(), static_cast<std::uint32_t>(index));
  std::ranges::copy(salt, all.begin() + kSaltOffset);
  const Sha256Digest digest = Sha256::of(bytes_of(recording));
  std::copy_n(digest.begin(), kJournalHeaderBytes - kRecordingOffset, all.begin() + kRecordingOffset);
  return header;
}

Result<void> check_journal_header(std::span<const std::byte> header, std::string_view recording, int index) {
  const auto text = [](std::string_view what) { return Error{ErrorKind::corrupt, std::string(what)}; };
  if (header.size() != kJournalHeaderBytes) return text("has no header");
  if (!std::ranges::equal(header.first(kMagic.size()), bytes_of(kMagic))) {
    return text("is no journal file of a version known here");
  }
  const JournalHeader expected =
      make_journal_header(recording, index, header.subspan(kSaltOffset).first<kJournalSaltBytes>());
  if (!std::ranges::equal(header.subspan(kRecordingOffset), std::span(expected).subspan(kRecordingOffset))) {
    return text("belongs to another recording");
  }
  if (!std::ranges::equal(header, expected)) return text("stands in another file's place");
  return {};
}

JournalFileCipher::JournalFileCipher(const Secret& journal_key, std::string_view recording, int index,
                                     const JournalHeader& header)
    : header_(header),
      key_(hkdf_sha256(journal_key, std::span(header).subspan<kSaltOffset, kJournalSaltBytes>(),
                       key_info(recording, index))) {}

void JournalFileCipher::seal_record(std::span<const std::byte> entries, std::vector<std::byte>& out) {
  std::array<std::byte, 4> length{};
  put_number<std::uint32_t>(length, static_cast<std::uint32_t>(entries.size()));
  seal(key_, nonce_of(RecordPiece::length, sequence_), header_, length, out);
  seal(key_, nonce_of(RecordPiece::body, sequence_), header_, entries, out);
  ++sequence_;
}

Result<std::uint32_t> JournalFileCipher::open_length(std::span<const std::byte> sealed) {
  std::vector<std::byte> plain;
  TRY(open(key_, nonce_of(RecordPiece::length, sequence_), header_, sealed, plain));
  std::span<const std::byte> rest(plain);
  const auto length = take_number<std::uint32_t>(rest);
  if (!length || !rest.empty()) return Error{ErrorKind::corrupt, "a record's length of impossible size"};
  return *length;
}

Result<std::vector<std::byte>> JournalFileCipher::open_body(std::span<const std::byte> sealed) {
  std::vector<std::byte> plain;
  TRY(open(key_, nonce_of(RecordPiece::body, sequence_), header_, sealed, plain));
  ++sequence_;
  return plain;
}

}  // namespace frostgate::storage
