// The first proof: someone was allowed to start this session. Nothing connects to a target without one.
#pragma once

#include <string>
#include <string_view>

#include "gateway/base/redirections.h"

namespace frostgate::policy {

class Policy;

// What of a clipboard may pass in one direction.
struct ClipboardTerms {
  bool text = false, images = false, files = false;
  bool any() const { return text || images || files; }
};

// What a session may do and must bear, from the rule that allows it. The zero value allows nothing.
struct SessionTerms {
  bool vnc_plaintext = false;  // a VNC ticket may come without TLS
  std::string consent;         // what the user must agree to first; empty: nothing
  ClipboardTerms clipboard_to_target, clipboard_to_client;
  Redirections redirections;         // see redirections_to()
  bool goes_on_unrecorded = false;   // when the recording fails; otherwise the session ends
  std::string retention_class;       // of the configuration; empty: the first that names the recording
  bool keep_original = false;  // the journal is kept for custodians, instead of destroyed
  int idle_seconds = 0;        // without input; 0: no limit
  int max_seconds = 0;         // of the session; 0: no limit
  int per_user = 0;            // sessions at a time, as for the next; 0: no limit
  int per_target = 0;
  int reconnect_seconds = 0;   // how long after a lost connection its ticket brings the user back; 0: never
};

// With a target of another protocol than RDP there are none.
inline Redirections redirections_to(std::string_view protocol, const SessionTerms& terms) { return protocol == "rdp" ? terms.redirections : Redirections(); }

// Only Policy can make one, and so only Policy can make a Grant.
class GrantPasskey {
  friend class Policy;
  GrantPasskey() {}
};

class Grant {
 public:
  Grant(GrantPasskey, std::string user, std::string target, std::string rule, std::string policy_digest,
        std::string profile, SessionTerms terms)
      : user_(std::move(user)),
        target_(std::move(target)),
        rule_(std::move(rule)),
        policy_digest_(std::move(policy_digest)),
        profile_(std::move(profile)),
        terms_(std::move(terms)) {}

  const std::string& user() const { return user_; }
  const std::string& target() const { return target_; }
  const std::string& rule() const { return rule_; }                    // the name of the rule that allowed it
  const std::string& policy_digest() const { return policy_digest_; }  // SHA-256 of the policy file, hex
  const std::string& profile() const { return profile_; }              // of redaction
  const SessionTerms& terms() const { return terms_; }

 private:
  std::string user_, target_, rule_, policy_digest_, profile_;
  SessionTerms terms_;
};

}  // namespace frostgate::policy
