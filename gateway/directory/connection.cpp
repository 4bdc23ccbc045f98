#include "gateway/directory/connection.h"

#include <openldap.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "gateway/base/tcp_client.h"
#include "gateway/directory/names.h"

namespace frostgate::directory {
namespace {

constexpr const char* kSystemAuthorities = "/etc/ssl/certs/ca-certificates.crt";

struct FreeMessage {
  void operator()(LDAPMessage* message) const { ldap_msgfree(message); }
};
struct FreeMemory {
  void operator()(char* text) const { ldap_memfree(text); }
};
struct FreeValues {
  void operator()(berval** values) const { ldap_value_free_len(values); }
};

bool set(LDAP* session, int option, int value) { return ldap_set_option(session, option, &value) == LDAP_OPT_SUCCESS; }

// Everything that /etc/ldap/ldap.conf, ~/.ldaprc or the environment might have loosened.
Result<void> be_strict(LDAP* session, const std::filesystem::path& given) {
  const std::filesystem::path authorities = given.empty() ? kSystemAuthorities : given;
  const bool set_all = set(session, LDAP_OPT_PROTOCOL_VERSION, LDAP_VERSION3) && ldap_set_option(session, LDAP_OPT_REFERRALS, LDAP_OPT_OFF) == LDAP_OPT_SUCCESS &&
                       set(session, LDAP_OPT_DEREF, LDAP_DEREF_NEVER) && set(session, LDAP_OPT_X_TLS_REQUIRE_CERT, LDAP_OPT_X_TLS_HARD) &&
                       set(session, LDAP_OPT_X_TLS_PROTOCOL_MIN, LDAP_OPT_X_TLS_PROTOCOL_TLS1_2) &&
                       ldap_set_option(session, LDAP_OPT_X_TLS_CACERTFILE, authorities.c_str()) == LDAP_OPT_SUCCESS;
  // Takes all of the above into effect for this session alone; so it comes last.
  if (!set_all || !set(session, LDAP_OPT_X_TLS_NEWCTX, 0)) {
    return Error{ErrorKind::corrupt, "TLS cannot be set up with the authorities in " + authorities.string() + " (is it a file with PEM certificates?)"};
  }
  return {};
}

bool is_transport(int code) {
  return code == LDAP_SERVER_DOWN || code == LDAP_TIMEOUT || code == LDAP_CONNECT_ERROR || code == LDAP_UNAVAILABLE || code == LDAP_BUSY || code == LDAP_LOCAL_ERROR ||
         code == LDAP_DECODING_ERROR || code == LDAP_ENCODING_ERROR || code == LDAP_NO_MEMORY;
}

Entry entry_of(LDAP* session, LDAPMessage* message) {
  Entry out;
  const std::unique_ptr<char, FreeMemory> dn(ldap_get_dn(session, message));
  if (dn) out.dn = dn.get();
  BerElement* cursor = nullptr;
  for (char* name = ldap_first_attribute(session, message, &cursor); name; name = ldap_next_attribute(session, message, cursor)) {
    const std::unique_ptr<char, FreeMemory> owned(name);
    const std::unique_ptr<berval*, FreeValues> values(ldap_get_values_len(session, message, name));
    std::vector<std::string>& to = out.attributes[lower_case(name)];
    for (berval** value = values.get(); value && *value; ++value) to.emplace_back((*value)->bv_val, (*value)->bv_len);
  }
  if (cursor) ber_free(cursor, 0);
  return out;
}

}  // namespace

const std::vector<std::string>& Entry::values(const std::string& attribute) const {
  static const std::vector<std::string> kNone;
  const auto found = attributes.find(lower_case(attribute));
  return found == attributes.end() ? kNone : found->second;
}

std::optional<std::string> Entry::value(const std::string& attribute) const {
  const auto& all = values(attribute);
  return all.empty() ? std::nullopt : std::optional(all.front());
}

struct Connection::State {
  struct Unbind {
    void operator()(LDAP* session) const { ldap_unbind_ext_s(session, nullptr, nullptr); }
  };

  // Ends the connection when its time is over. libldap bounds some waits and not others, and a server may send a byte now and then.
  class Guillotine {
   public:
    Guillotine(Descriptor socket, Connection::Clock::time_point deadline)
        : socket_(std::move(socket)), thread_([this, deadline](std::stop_token stop) {
            std::mutex mutex;
            std::unique_lock lock(mutex);
            std::condition_variable_any bell;
            bell.wait_until(lock, stop, deadline, [] { return false; });
            if (stop.stop_requested()) return;
            fallen_ = true;
            shutdown(socket_.fd(), SHUT_RDWR);
          }) {}
    bool fallen() const { return fallen_; }

   private:
    Descriptor socket_;
    std::atomic<bool> fallen_ = false;
    std::jthread thread_;
  };

  std::string url;
  std::unique_ptr<LDAP, Unbind> session;
  std::optional<Guillotine> guillotine;  // gone first, so that a late end meets no one else's socket
};

Connection::Connection(std::unique_ptr<State> state) : state_(std::move(state)) {}
Connection::~Connection() = default;

Error Connection::failed(const char* what, int code) const {
  if (state_->guillotine->fallen()) return {ErrorKind::timeout, state_->url + " did not answer in time (" + what + ")"};
  char* said = nullptr;
  ldap_get_option(state_->session.get(), LDAP_OPT_DIAGNOSTIC_MESSAGE, &said);
  const std::unique_ptr<char, FreeMemory> owned(said);
  std::string text = state_->url + ": " + what + ": " + ldap_err2string(code);
  if (said && *said) text += " (" + std::string(said).substr(0, 200) + ")";
  return {is_transport(code) ? ErrorKind::unavailable : ErrorKind::denied, text};
}

Result<std::unique_ptr<Connection>> Connection::open(const Server& server, const std::filesystem::path& authorities, Clock::time_point deadline) {
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now());
  if (left.count() <= 0) return Error{ErrorKind::timeout, server.url() + " was not asked: no time is left"};
  Descriptor socket = TRY(connect_tcp(server.host, server.port, left));
  auto state = std::make_unique<State>();
  state->url = server.url();
  state->guillotine.emplace(Descriptor(dup(socket.fd())), deadline);
  LDAP* session = nullptr;
  if (ldap_init_fd(socket.fd(), LDAP_PROTO_TCP, state->url.c_str(), &session) != LDAP_SUCCESS) return Error{ErrorKind::unavailable, state->url + ": no session"};
  socket.release();  // the session's now
  state->session.reset(session);
  std::unique_ptr<Connection> out(new Connection(std::move(state)));
  TRY(be_strict(session, authorities));
  const int secured = server.start_tls ? ldap_start_tls_s(session, nullptr, nullptr) : ldap_install_tls(session);
  if (secured == LDAP_SUCCESS && ldap_tls_inplace(session)) return out;
  Error failure = out->failed("TLS", secured == LDAP_SUCCESS ? LDAP_CONNECT_ERROR : secured);
  if (failure.kind != ErrorKind::timeout) failure.kind = ErrorKind::corrupt;
  return failure;
}

Result<void> Connection::bind(const std::string& dn, const Secret& password) {
  if (dn.empty() || password.empty()) return Error{ErrorKind::denied, "a bind without name or password proves nothing"};
  berval credential{password.size(), const_cast<char*>(password.text().data())};
  const int code = ldap_sasl_bind_s(state_->session.get(), dn.c_str(), LDAP_SASL_SIMPLE, &credential, nullptr, nullptr, nullptr);
  if (code != LDAP_SUCCESS) return failed("bind", code);
  return {};
}

Result<std::vector<Entry>> Connection::search(const Search& search) {
  std::vector<char*> attributes;
  for (const std::string& name : search.attributes) attributes.push_back(const_cast<char*>(name.c_str()));
  attributes.push_back(nullptr);
  LDAPMessage* raw = nullptr;
  // One more than wanted tells "so many" from "more".
  const int code = ldap_search_ext_s(state_->session.get(), search.base.c_str(), search.below ? LDAP_SCOPE_SUBTREE : LDAP_SCOPE_BASE, search.filter.c_str(), attributes.data(), 0,
                                     nullptr, nullptr, nullptr, search.limit + 1, &raw);
  const std::unique_ptr<LDAPMessage, FreeMessage> answer(raw);
  if (code == LDAP_NO_SUCH_OBJECT) return std::vector<Entry>();
  const Error too_many{ErrorKind::invalid, state_->url + ": more than " + std::to_string(search.limit) + " entries below " + search.base + " match"};
  if (code == LDAP_SIZELIMIT_EXCEEDED) return too_many;
  if (code != LDAP_SUCCESS) {
    Error failure = failed("search", code);
    // Not the user's fault, whatever it is: our account may not search there, or the filter is none.
    if (failure.kind == ErrorKind::denied) failure.kind = ErrorKind::unsupported;
    return failure;
  }
  std::vector<Entry> out;
  for (LDAPMessage* entry = ldap_first_entry(state_->session.get(), answer.get()); entry; entry = ldap_next_entry(state_->session.get(), entry)) {
    out.push_back(entry_of(state_->session.get(), entry));
  }
  if (out.size() > static_cast<std::size_t>(search.limit)) return too_many;
  return out;
}

Result<std::string> comparable_dn(const std::string& dn) {
  LDAPDN parsed = nullptr;
  if (dn.empty() || ldap_str2dn(dn.c_str(), &parsed, LDAP_DN_FORMAT_LDAPV3) != LDAP_SUCCESS) return Error{ErrorKind::invalid, "\"" + dn + "\" is no distinguished name"};
  char* text = nullptr;
  const int code = ldap_dn2str(parsed, &text, LDAP_DN_FORMAT_LDAPV3);
  ldap_dnfree(parsed);
  const std::unique_ptr<char, FreeMemory> owned(text);
  if (code != LDAP_SUCCESS || !text) return Error{ErrorKind::invalid, "\"" + dn + "\" is no distinguished name"};
  return lower_case(text);
}

}  // namespace frostgate::directory
