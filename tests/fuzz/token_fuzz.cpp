// What a provider sends, read before its signature is known to be right: tokens, their claims, and key sets.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "gateway/oidc/json_text.h"
#include "gateway/oidc/key_set.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace frostgate::oidc;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto token = parse_token(text)) {
    // One text for each signature, and nothing of it is lost.
    const std::string again = token.value().signed_text + "." + to_base64url(token.value().signature);
    if (again != text) std::abort();
    (void)read_claims(token.value().claims, {});
  }
  (void)read_claims(text, {});
  (void)KeySet::parse(text);
  return 0;
}
