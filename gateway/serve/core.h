// What the parts of serve share: configuration, the only handles on the catalog and the key-encryption key, the policy.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "codec/base/time.h"
#include "gateway/access/access.h"
#include "gateway/access/throttle.h"
#include "gateway/access/web_access.h"
#include "gateway/alerts/alerts.h"
#include "gateway/approvals/approvals.h"
#include "gateway/base/descriptor.h"
#include "gateway/config/config.h"
#include "gateway/directory/directory.h"
#include "gateway/evidence/keys.h"
#include "gateway/oidc/provider.h"
#include "gateway/policy/in_force.h"
#include "gateway/serve/browser_door.h"
#include "gateway/serve/degradations.h"
#include "gateway/serve/event_hub.h"
#include "gateway/serve/kept_policies.h"
#include "gateway/serve/known_graphics.h"
#include "gateway/serve/last_look.h"
#include "gateway/serve/listener_identity.h"
#include "gateway/serve/live_hub.h"
#include "gateway/serve/measures.h"
#include "gateway/serve/session_control.h"
#include "storage/catalog/catalog.h"
#include "storage/crypto/key_encryption_key.h"
#include "storage/crypto/signature.h"
#include "storage/tiered_object_store.h"
#include "storage/vault/vault.h"

namespace frostgate::serve {

UtcTime utc_now();

// This machine's name.
std::string host_name();

// "20260131-235959-1a2b3c4d": sorts by time, short enough to say on the phone.
Result<std::string> new_session_id(UtcTime now);

// "2026-01-31T23:59:59.123Z"
std::string to_text(UtcTime time);

struct Core {
  config::Config config;
  std::string node;  // this machine's name
  Descriptor key_claim;  // as long as the key-encryption key is in use
  std::unique_ptr<catalog::Catalog> catalog;
  std::unique_ptr<storage::KeyEncryptionKey> kek;
  std::unique_ptr<storage::SigningIdentity> signer;
  std::unique_ptr<storage::TieredObjectStore> objects;
  std::unique_ptr<storage::Vault> vault;
  policy::PolicyInForce policy;
  KeptPolicies kept_policies;
  std::unique_ptr<directory::Directory> directory;  // null: there are local users only
  std::vector<std::unique_ptr<oidc::Provider>> providers;
  std::unique_ptr<access::Access> access;
  std::unique_ptr<access::WebAccess> web_access;
  std::unique_ptr<approvals::Approvals> approvals;
  std::unique_ptr<alerts::Alerts> alerts;
  LiveHub live;
  Degradations degradations;
  Measures measures;
  access::Throttle refused_guesses{3, std::chrono::minutes(1), std::chrono::minutes(15)};  // by target: what users type who are asked for its password
  KnownGraphics graphics;
  LastLook catalog_health;  // whether the catalog took a write
  LastLook key_health;      // whether the key-encryption key could be used
  LastLook worker_health;   // whether the last redaction worker started
  EventHub events;
  std::unique_ptr<ListenerIdentity> identity;
  std::uint16_t rdp_port = 0;  // where the RDP front listens; 0: nowhere
  std::uint16_t vnc_port = 0;
  SessionControl sessions;
  BrowserDoor browser_door;
  std::mutex deleting;  // recordings are deleted one at a time
  std::string target_authorities;  // PEM; empty: targets' certificates are trusted on first use, or pinned

  // Everything that must be there before the first connection; creates what a first start lacks. The error says what
  // to do about it.
  static Result<std::unique_ptr<Core>> open(config::Config config);
};

using evidence::key_context;

}  // namespace frostgate::serve
