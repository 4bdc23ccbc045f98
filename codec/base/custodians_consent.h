// The proof that so many custodians as were agreed on have opened the original of one recording: the key that their shares gave back.
#pragma once

#include <string>
#include <utility>

#include "codec/base/secret.h"

namespace frostgate {

namespace storage {
class ShareCombiner;
}

// Only storage::ShareCombiner can make one, and so only it can make a CustodiansConsent.
class CustodiansConsentPasskey {
  friend class storage::ShareCombiner;
  CustodiansConsentPasskey() {}
};

// Move-only, as its key is.
class CustodiansConsent {
 public:
  CustodiansConsent(CustodiansConsentPasskey, std::string recording, Secret journal_key)
      : recording_(std::move(recording)), journal_key_(std::move(journal_key)) {}

  const std::string& recording() const { return recording_; }
  const Secret& journal_key() const { return journal_key_; }

 private:
  std::string recording_;
  Secret journal_key_;
};

}  // namespace frostgate
