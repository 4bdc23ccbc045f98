#include "gateway/serve/core.h"

#include <fstream>

#include "tests/unit/gateway/serve/gateway_fixture.h"

using namespace frostgate;
using namespace frostgate::serve;
using Catch::Matchers::Contains;

namespace {

// Of a gateway that has a target with a credential, after what `damage` did to it while it was down.
Result<std::unique_ptr<Core>> start_again(Gateway& gateway, const std::function<void(const config::Config&)>& damage) {
  config::Config config = gateway.core->config;
  gateway.core.reset();
  damage(config);
  return Core::open(std::move(config));
}

}  // namespace

TEST_CASE("a key file that is lost or another is never replaced while the catalog holds what it wrapped") {
  Gateway gateway;
  const std::filesystem::path key = gateway.core->config.key_file(), copy = key.string() + ".copy";
  const auto lost = start_again(gateway, [&](const config::Config&) { std::filesystem::rename(key, copy); });
  REQUIRE_FALSE(lost);
  CHECK_THAT(lost.error().message, Contains(key.string() + " is missing") && Contains("Put your copy"));
  CHECK_FALSE(std::filesystem::exists(key));

  REQUIRE(storage::KeyEncryptionKey::load_or_create(storage::real_file_system(), key));
  config::Config config;
  config.data_dir = key.parent_path();
  config.run_dir = key.parent_path() / "run";
  config.policy = key.parent_path().parent_path() / "policy.yaml";
  const auto other = Core::open(config);
  REQUIRE_FALSE(other);
  CHECK_THAT(other.error().message, Contains("is another key"));

  std::filesystem::rename(copy, key);
  CHECK(Core::open(config));
}

TEST_CASE("a key file that is there and unreadable is named as such") {
  Gateway gateway;
  const auto open_to_all = start_again(gateway, [](const config::Config& config) {
    std::filesystem::permissions(config.key_file(), std::filesystem::perms::others_read, std::filesystem::perm_options::add);
  });
  REQUIRE_FALSE(open_to_all);
  CHECK_THAT(open_to_all.error().message, Contains("chmod 600"));
}
