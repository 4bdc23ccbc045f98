#include "storage/custody/shares.h"

// Its header is for C alone.
extern "C" {
#include <libgfshare.h>
}

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <mutex>

#include "codec/base/free_with.h"
#include "storage/byte_order.h"
#include "storage/crypto/aead.h"
#include "storage/crypto/hash.h"
#include "storage/crypto/random.h"
#include "storage/vault/vault.h"

namespace frostgate::storage {
namespace {

constexpr std::string_view kShareMagic = "FGSHARE1";
constexpr std::size_t kShareHeadBytes = 12;  // magic, threshold, custodians, number, length of the recording's id
constexpr std::size_t kShareDigestBytes = 32;

using Sharing = std::unique_ptr<gfshare_ctx, FreeWith<gfshare_ctx_free>>;

unsigned char* raw(std::span<std::byte> bytes) { return reinterpret_cast<unsigned char*>(bytes.data()); }

// The library asks for the polynomial's coefficients, and cannot be told that there are none.
void fill_at_random(unsigned char* out, unsigned size) {
  if (!random_bytes({reinterpret_cast<std::byte*>(out), size})) std::abort();
}

// Its own source is the C library's, which anybody can predict.
void use_own_randomness() {
  static std::once_flag once;
  std::call_once(once, [] { gfshare_fill_rand = fill_at_random; });
}

// Of the key, and of what it was split into: tells nothing about the key.
Secret splitting_of(const Secret& key, const std::string& recording, int threshold, int custodians) {
  return hkdf_sha256(key, {}, "frostgate share v1/" + std::to_string(threshold) + "/" + std::to_string(custodians) + "/" + recording);
}

struct Share {
  int threshold = 0, custodians = 0, number = 0;
  std::string recording;
  std::span<const std::byte> fingerprint, value;  // of the text
};

std::string share_called(std::size_t index) { return "share " + std::to_string(index + 1) + " of those given"; }

Result<Share> parse_share(std::span<const std::byte> text, const std::string& name) {
  const Error none{ErrorKind::invalid, name + " is no share, or was cut or changed: is it what \"openssl cms -decrypt\" has written?"};
  if (text.size() < kShareHeadBytes + 2 * kShareDigestBytes + kKeyBytes || text.size() > kMaxShareBytes) return none;
  if (!std::ranges::equal(text.first(kShareMagic.size()), bytes_of(kShareMagic))) return none;
  const auto at = [&](std::size_t place) { return std::to_integer<int>(text[place]); };
  Share share;
  share.threshold = at(8);
  share.custodians = at(9);
  share.number = at(10);
  const auto id_size = static_cast<std::size_t>(at(11));
  if (text.size() != kShareHeadBytes + id_size + 2 * kShareDigestBytes + kKeyBytes) return none;
  const std::size_t sealed = text.size() - kShareDigestBytes;
  if (!std::ranges::equal(text.subspan(sealed), Sha256::of(text.first(sealed)))) return none;
  share.recording.assign(reinterpret_cast<const char*>(text.data()) + kShareHeadBytes, id_size);
  share.fingerprint = text.subspan(kShareHeadBytes + id_size, kShareDigestBytes);
  share.value = text.subspan(kShareHeadBytes + id_size + kShareDigestBytes, kKeyBytes);
  if (share.threshold < 1 || share.threshold > share.custodians || share.number < 1 || share.number > share.custodians) return none;
  return share;
}

Secret share_text(const Share& share) {
  std::vector<std::byte> head;
  append_text(head, kShareMagic);
  for (const int number : {share.threshold, share.custodians, share.number, static_cast<int>(share.recording.size())}) {
    head.push_back(static_cast<std::byte>(number));
  }
  append_text(head, share.recording);
  Secret text(head.size() + 2 * kShareDigestBytes + kKeyBytes);
  auto place = text.bytes();
  for (const std::span<const std::byte> piece : {std::span<const std::byte>(head), share.fingerprint, share.value}) {
    std::ranges::copy(piece, place.begin());
    place = place.subspan(piece.size());
  }
  const Sha256Digest digest = Sha256::of(text.bytes().first(text.size() - kShareDigestBytes));
  std::ranges::copy(digest, place.begin());
  return text;
}

// All of one recording and one splitting, each once.
Result<std::vector<Share>> parse_shares(const std::string& recording, std::span<const Secret> texts) {
  std::vector<Share> shares;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    const Share share = TRY(parse_share(texts[i].bytes(), share_called(i)));
    if (share.recording != recording) {
      return Error{ErrorKind::invalid, share_called(i) + " is of the recording " + share.recording + ", not of " + recording};
    }
    if (!shares.empty() && (share.threshold != shares[0].threshold || share.custodians != shares[0].custodians ||
                            !std::ranges::equal(share.fingerprint, shares[0].fingerprint))) {
      return Error{ErrorKind::invalid, share_called(i) + " does not belong together with share 1: the key was split again since"};
    }
    const auto same = std::ranges::find(shares, share.number, &Share::number);
    if (same != shares.end()) {
      return Error{ErrorKind::invalid, share_called(i) + " is the same as " + share_called(static_cast<std::size_t>(same - shares.begin()))};
    }
    shares.push_back(share);
  }
  return shares;
}

}  // namespace

Result<std::vector<Secret>> split_key(const Secret& journal_key, const std::string& recording, int threshold, int custodians) {
  if (journal_key.size() != kKeyBytes) return Error{ErrorKind::invalid, "this is no journal key"};
  if (!valid_recording(recording)) return Error{ErrorKind::invalid, "\"" + recording + "\" is no recording's id"};
  if (threshold < 1 || threshold > custodians || custodians > kMostCustodians) {
    return Error{ErrorKind::invalid, std::to_string(threshold) + " of " + std::to_string(custodians) + " custodians cannot be"};
  }
  use_own_randomness();
  std::vector<unsigned char> numbers;
  for (int number = 1; number <= custodians; ++number) numbers.push_back(static_cast<unsigned char>(number));
  const Sharing sharing(gfshare_ctx_init_enc(numbers.data(), static_cast<unsigned>(custodians), static_cast<unsigned char>(threshold), kKeyBytes));
  if (!sharing) return Error{ErrorKind::unavailable, "there is no memory to split a key"};
  Secret key = journal_key.clone();
  gfshare_ctx_enc_setsecret(sharing.get(), raw(key.bytes()));
  const Secret fingerprint = splitting_of(journal_key, recording, threshold, custodians);
  std::vector<Secret> shares;
  for (int number = 1; number <= custodians; ++number) {
    Secret value(kKeyBytes);
    gfshare_ctx_enc_getshare(sharing.get(), static_cast<unsigned char>(number - 1), raw(value.bytes()));
    shares.push_back(share_text({threshold, custodians, number, recording, fingerprint.bytes(), value.bytes()}));
  }
  return shares;
}

Result<std::vector<int>> share_numbers(const std::string& recording, std::span<const Secret> texts) {
  std::vector<int> numbers;
  for (const Share& share : TRY(parse_shares(recording, texts))) numbers.push_back(share.number);
  return numbers;
}

Result<CustodiansConsent> ShareCombiner::combine(const std::string& recording, std::span<const Secret> texts) {
  if (texts.empty()) return Error{ErrorKind::denied, "no share was given"};
  const std::vector<Share> shares = TRY(parse_shares(recording, texts));
  const auto needed = static_cast<std::size_t>(shares[0].threshold);
  if (shares.size() < needed) {
    return Error{ErrorKind::denied, "it takes the shares of " + std::to_string(needed) + " of " + std::to_string(shares[0].custodians) +
                                        " custodians; only " + std::to_string(shares.size()) + " were given"};
  }
  use_own_randomness();
  std::vector<unsigned char> numbers;
  for (std::size_t i = 0; i < needed; ++i) numbers.push_back(static_cast<unsigned char>(shares[i].number));
  const Sharing sharing(gfshare_ctx_init_dec(numbers.data(), static_cast<unsigned>(needed), kKeyBytes));
  if (!sharing) return Error{ErrorKind::unavailable, "there is no memory to put a key together"};
  for (std::size_t i = 0; i < needed; ++i) {
    Secret value(shares[i].value);
    gfshare_ctx_dec_giveshare(sharing.get(), static_cast<unsigned char>(i), raw(value.bytes()));
  }
  Secret key(kKeyBytes);
  gfshare_ctx_dec_extract(sharing.get(), raw(key.bytes()));
  const Secret fingerprint = splitting_of(key, recording, shares[0].threshold, shares[0].custodians);
  if (!std::ranges::equal(fingerprint.bytes(), shares[0].fingerprint)) {
    return Error{ErrorKind::corrupt, "the shares do not give the key that was split: one of them is not what its custodian was given"};
  }
  return CustodiansConsent(CustodiansConsentPasskey{}, recording, std::move(key));
}

}  // namespace frostgate::storage
