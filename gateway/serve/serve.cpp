#include "gateway/serve/serve.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>

#include "gateway/base/forgetful_heap.h"
#include "gateway/base/log.h"
#include "gateway/http/api.h"
#include "gateway/http/server.h"
#include "gateway/http/static_files.h"
#include "gateway/serve/admin.h"
#include "gateway/serve/alarms.h"
#include "gateway/serve/audit.h"
#include "gateway/serve/core.h"
#include "gateway/serve/directory_watch.h"
#include "gateway/serve/doorstep.h"
#include "gateway/serve/house.h"
#include "gateway/serve/listener.h"
#include "gateway/serve/policy_requests.h"
#include "gateway/serve/provider_watch.h"
#include "gateway/serve/recovery.h"
#include "gateway/serve/redaction_queue.h"
#include "gateway/serve/rounds.h"

namespace frostgate::serve {
namespace {

struct OpenListener {
  ListeningSocket socket;
  FrontKind front;
};

Result<std::vector<OpenListener>> open_listeners(const config::Config& config) {
  std::vector<OpenListener> out;
  if (config.rdp) out.push_back({TRY(listen_on(*config.rdp)), FrontKind::rdp});
  if (config.vnc) out.push_back({TRY(listen_on(*config.vnc)), FrontKind::vnc});
  return out;
}

// The API and the portal; null when the configuration wants none.
Result<std::unique_ptr<http::Server>> open_https(Core& core, http::Api& api) {
  if (!core.config.https) return std::unique_ptr<http::Server>();
  return http::Server::open(*core.config.https, [&core] { return core.identity->current(); },
                            [&api](http::Request& request) { return api.handle(request, utc_now()); },
                            [&api](const http::Request& request) { return api.waits(request); });
}

// Printed, and nowhere kept: whoever can read the log of a gateway without administrator becomes it.
Result<void> offer_setup(Core& core, const http::Server& https) {
  const bool needed = TRY(core.web_access->needs_setup());
  if (!needed) return {};
  const std::string secret = TRY(core.web_access->begin_setup());
  const std::string& host = core.config.https->host;
  const bool any = host == "0.0.0.0" || host == "::";
  log::warning("-", "there is no administrator yet; make the first one at https://{}:{}/setup#{}", any ? core.node : host.find(':') == std::string::npos ? host : "[" + host + "]",
               https.port(), secret);
  return {};
}

// For scripts that asked for port 0.
Result<void> write_ports(const Core& core, const std::vector<OpenListener>& listeners, const http::Server* https) {
  nlohmann::json ports = nlohmann::json::object();
  if (https) ports["https"] = https->port();
  for (const OpenListener& listener : listeners) ports[to_string(listener.front)] = listener.socket.port;
  const auto path = core.config.run_dir / "ports.json", fresh = core.config.run_dir / "ports.json.new";
  std::ofstream(fresh) << ports.dump() << '\n';
  std::error_code failure;
  std::filesystem::rename(fresh, path, failure);
  if (failure) return Error{ErrorKind::io, "cannot write " + path.string() + ": " + failure.message()};
  return {};
}

// Between two looks at the certificate's files, however many clients come meanwhile.
constexpr std::chrono::seconds kLookInterval{5};

// Whether the signal that waits wants the end; SIGHUP wants certificate and policy taken anew.
bool told_to_stop(int signals, Core& core) {
  signalfd_siginfo signal{};
  if (read(signals, &signal, sizeof signal) != sizeof signal || signal.ssi_signo != SIGHUP) return true;
  core.identity->refresh(utc_now(), true);
  reload_policy(core, utc_now());
  return false;
}

// Most systems hand out 1024, and let a program raise it.
void allow_many_descriptors() {
  rlimit files{};
  if (getrlimit(RLIMIT_NOFILE, &files) != 0) return;
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
}

void accept_all(const std::vector<OpenListener>& listeners, Doorstep& doorstep, Sessions& sessions, Core& core,
                int signals) {
  std::vector<pollfd> waiting;
  Doorstep::Clock::time_point next_look = Doorstep::Clock::now() + kLookInterval;
  while (true) {
    waiting.assign(1, {signals, POLLIN, 0});
    for (const OpenListener& listener : listeners) waiting.push_back({listener.socket.socket.fd(), POLLIN, 0});
    doorstep.add_to(waiting);
    const Doorstep::Clock::time_point before = Doorstep::Clock::now();
    const int patience = doorstep.milliseconds_left(before);
    const int until_look = static_cast<int>(std::max<std::int64_t>(std::chrono::ceil<std::chrono::milliseconds>(next_look - before).count(), 0));
    if (poll(waiting.data(), waiting.size(), patience < 0 ? until_look : std::min(patience, until_look)) < 0 && errno != EINTR) return;
    if (waiting[0].revents && told_to_stop(signals, core)) return;
    const Doorstep::Clock::time_point now = Doorstep::Clock::now();
    if (now >= next_look) {
      core.identity->refresh(utc_now());
      next_look = now + kLookInterval;
    }
    for (Doorstep::Caller& caller : doorstep.take(waiting.data() + 1 + listeners.size(), now))
      sessions.take(std::move(caller.client), caller.front);
    for (std::size_t i = 0; i < listeners.size(); ++i) {
      if (!waiting[i + 1].revents) continue;
      Descriptor client(accept4(listeners[i].socket.socket.fd(), nullptr, nullptr, SOCK_CLOEXEC));
      if (client.valid()) doorstep.arrive(std::move(client), listeners[i].front, now);
    }
  }
}

Result<void> serve_until_told(config::Config config, int signals) {
  const std::unique_ptr<Core> core = TRY(Core::open(std::move(config)));
  const std::unique_ptr<AdminSocket> admin = TRY(AdminSocket::open(*core));
  const std::vector<OpenListener> listeners = TRY(open_listeners(core->config));
  const std::unique_ptr<Recovery> recovery = TRY(Recovery::begin(*core));
  for (const OpenListener& listener : listeners) (listener.front == FrontKind::rdp ? core->rdp_port : core->vnc_port) = listener.socket.port;
  http::Api api(*core, http::portal_folder());
  const std::unique_ptr<http::Server> https = TRY(open_https(*core, api));
  TRY(write_ports(*core, listeners, https.get()));
  if (https) TRY(offer_setup(*core, *https));
  for (const OpenListener& listener : listeners) {
    log::info("-", "listening {}={}:{}", to_string(listener.front),
              listener.front == FrontKind::rdp ? core->config.rdp->host : core->config.vnc->host, listener.socket.port);
  }
  if (https) log::info("-", "listening https={}:{}", core->config.https->host, https->port());
  log::info("-", "policy {} has {} rules; certificate {}", core->policy->digest().substr(0, 16),
            core->policy->rules().size(), core->identity->current()->fingerprint);
  note(*core, catalog::LedgerEvent::node, core->node, "", {{"what", "started"}, {"policy", core->policy->digest()}}, utc_now());
  core->alerts->start();
  recovery->go_on();
  const WorkerPool workers(*core);
  const House house(*core);
  const Rounds rounds(*core);
  std::optional<DirectoryWatch> directory_watch;
  if (core->directory) directory_watch.emplace(*core);
  else refuse_directory_users(*core, utc_now());
  const ProviderWatch provider_watch(*core);
  {
    Sessions sessions(*core);
    Doorstep doorstep(static_cast<std::size_t>(core->config.max_silent), std::chrono::seconds(core->config.handshake_seconds));
    accept_all(listeners, doorstep, sessions, *core, signals);
    note(*core, catalog::LedgerEvent::node, core->node, "", {{"what", "stops"}}, utc_now());
    log::info("-", "shutting down: telling the users, closing the journals");
  }
  return {};
}

}  // namespace

int run(config::Config config) {
  // Blocked before any thread starts, so that the signal reaches only the descriptor.
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGTERM);
  sigaddset(&set, SIGINT);
  sigaddset(&set, SIGHUP);
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  signal(SIGPIPE, SIG_IGN);
  forget_what_is_freed();
  allow_many_descriptors();
  const Descriptor signals(signalfd(-1, &set, SFD_CLOEXEC));
  const Result<void> served = serve_until_told(std::move(config), signals.fd());
  if (!served) {
    log::error("-", "cannot serve: {}", served.error().message);
    return 1;
  }
  log::info("-", "stopped");
  return 0;
}

}  // namespace frostgate::serve
