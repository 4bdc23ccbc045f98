// What the gateway answers over HTTP: /api/v1 (openapi.yaml), /healthz, /readyz, /metrics, and the portal's files. One function from request
// to answer; it opens no socket. Thread-safe.
#pragma once

#include <atomic>
#include <filesystem>
#include <memory>
#include <mutex>
#include <semaphore>

#include "codec/base/time.h"
#include "gateway/http/idempotency.h"
#include "gateway/http/message.h"
#include "gateway/http/routes.h"
#include "gateway/serve/core.h"
#include "gateway/serve/exports.h"

namespace frostgate::http {

class Api {
 public:
  static constexpr int kWorkAtOnce = 4;

  // An empty folder: no portal was built.
  Api(serve::Core& core, std::filesystem::path portal) : core_(core), exports_(core), openings_(core), portal_(std::move(portal)) {}

  Response handle(const Request& request, UtcTime now);
  // Whether handle() may take long with it.
  static bool waits(const Request& request);

 private:
  Response answer(const Request& request, UtcTime now);
  Response api(const Request& request, const std::vector<std::string>& path, UtcTime now);
  Response run(const Route& route, Call& call);
  Response run_once(const Route& route, Call& call);
  Response outcome(const Route& route, Call& call);
  Response metrics(const Request& request, UtcTime now);

  serve::Core& core_;
  serve::Exports exports_;
  serve::Openings openings_;
  const std::filesystem::path portal_;
  Idempotency idempotency_;
  std::counting_semaphore<> working_{kWorkAtOnce};
  std::mutex conditional_;  // from the look at a version to the change of what has it
  std::atomic<std::uint64_t> answered_[6] = {};  // by the status's first digit
};

}  // namespace frostgate::http
