// How much a login costs is how much argon2id it makes serve do: counted here, at libsodium's door, since a clock would only
// tell how busy the machine is.
#include <dlfcn.h>

#include <atomic>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "tests/unit/gateway/serve/gateway_fixture.h"

using namespace frostgate;
using namespace frostgate::serve;

namespace {

// The parameters of each hash that was made or checked, "$argon2id$v=19$m=65536,t=3,p=1".
std::vector<std::string> work;
std::mutex at_work;

template <class Function>
Function* next(const char* name) {
  return reinterpret_cast<Function*>(dlsym(RTLD_NEXT, name));
}

std::string parameters(const std::string& hash) { return hash.substr(0, hash.find('$', hash.find(",p="))); }

}  // namespace

// In front of libsodium's own.
extern "C" int crypto_pwhash_str_verify(const char* hash, const char* password, unsigned long long size) {
  {
    const std::lock_guard lock(at_work);
    work.push_back(parameters(hash));
  }
  return next<int(const char*, const char*, unsigned long long)>("crypto_pwhash_str_verify")(hash, password, size);
}
extern "C" int crypto_pwhash_str(char* out, const char* password, unsigned long long size, unsigned long long operations,
                                 std::size_t memory) {
  const int done = next<int(char*, const char*, unsigned long long, unsigned long long, std::size_t)>("crypto_pwhash_str")(
      out, password, size, operations, memory);
  const std::lock_guard lock(at_work);
  work.push_back(parameters(out));
  return done;
}

TEST_CASE("every login costs one hash of the same parameters, whether the user exists or not, from the first on") {
  Gateway gateway;
  std::vector<std::vector<std::string>> costs;
  int peer = 0;
  for (const auto& [user, password] : std::vector<std::pair<std::string, std::string>>{
           {"nobody@dc1", kPassword}, {"anna@dc1", "wrong"}, {"anna@dc1", kPassword}, {"gone@dc1", kPassword},
           {"nopass@dc1", "x"}, {"anna@nowhere", kPassword}, {"anna", kPassword}, {"", "x"}, {"anna@dc1", ""}}) {
    work.clear();
    (void)gateway.core->access->by_password(user, Secret::from_text(password), "192.0.2." + std::to_string(peer++), kNow)
        .has_value();
    costs.push_back(work);
  }
  for (const auto& cost : costs) CHECK(cost == std::vector<std::string>{"$argon2id$v=19$m=65536,t=3,p=1"});
}

TEST_CASE("of very many guesses that come at once no more are looked at than of those that come one after another") {
  Gateway gateway;
  work.clear();
  std::atomic<int> refused = 0;
  {
    std::vector<std::jthread> guessers;
    for (int i = 0; i < 40; ++i) {
      guessers.emplace_back([&, i] {
        const auto guess = gateway.core->access->by_password("anna@dc1", Secret::from_text("wrong"), "192.0.2." + std::to_string(i), kNow);
        if (!guess && guess.error().kind == ErrorKind::timeout) ++refused;
      });
    }
  }
  // A few are looked at side by side.
  CHECK(work.size() < access::Access::kMaxFailures + 4);
  CHECK(work.size() + static_cast<std::size_t>(refused) == 40);
}
