// A journal key as shares of custodians, of whom so many are needed: Shamir's secret sharing over GF(256), by libgfshare. Each share is a text
// of its own that names its recording and threshold. Format: storage/FORMAT.md.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "codec/base/custodians_consent.h"
#include "codec/base/result.h"
#include "codec/base/secret.h"

namespace frostgate::storage {

inline constexpr int kMostCustodians = 32;
// No share is larger.
inline constexpr std::size_t kMaxShareBytes = 512;

// A share for each of so many custodians, in their order. `invalid` unless 1 <= threshold <= custodians <= kMostCustodians, and for an impossible id.
Result<std::vector<Secret>> split_key(const Secret& journal_key, const std::string& recording, int threshold, int custodians);

// Whose they are: the numbers of the custodians, from 1, in the order of the shares. `invalid` as of combine(); any number of them will do.
Result<std::vector<int>> share_numbers(const std::string& recording, std::span<const Secret> shares);

class ShareCombiner {
 public:
  // From shares in any order, at least as many as they say are needed. `invalid`, with a sentence that says which (the first is number 1), when one is no
  // share or is damaged, is of another recording or of another splitting, or is there twice; `denied` when they are too few;
  // `corrupt` when they do not give the key that was split.
  static Result<CustodiansConsent> combine(const std::string& recording, std::span<const Secret> shares);
};

}  // namespace frostgate::storage
