// An identity provider made up for a test, over real TLS on a free port of the loopback: it says whatever the test wants it to.
#pragma once

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>

#include "gateway/crypto/tls_identity.h"
#include "gateway/http/server.h"
#include "gateway/oidc/settings.h"
#include "tests/unit/gateway/files.h"
#include "tests/unit/gateway/oidc/signer.h"

namespace frostgate::test {

class FakeProvider {
 public:
  explicit FakeProvider(UtcTime now);
  ~FakeProvider();

  oidc::Settings settings() const;

  // The browser's part: what the provider asks for in the address, given back with a code, as somebody with these claims. Gives the state.
  std::string let_in(const std::string& url, const json& claims = json::object());
  // The claims that an honest one gives.
  json claims(const std::string& url) const;
  void give(const std::string& id_token);  // for the code that was asked for last

  std::string issuer;
  Signer signer = Signer::ec();
  std::string key_name = "k1";
  std::atomic<bool> down{false};
  void hang(bool hangs);
  std::atomic<int> key_looks{0}, codes{0};
  json discovery;                    // changed before it is read first
  std::string last_form, last_authorization;  // of the token request

 private:
  http::Response answer(http::Request& request);

  storage::TemporaryDirectory folder_;
  std::shared_ptr<const crypto::PemIdentity> identity_;
  UtcTime now_;
  std::mutex mutex_;
  std::condition_variable bell_;
  bool hangs_ = false;
  std::string id_token_, challenge_;
  std::unique_ptr<http::Server> server_;  // last: its threads use what is above
};

}  // namespace frostgate::test
