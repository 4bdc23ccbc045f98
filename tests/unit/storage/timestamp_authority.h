// A time-stamp authority of a test's own, by `openssl ts` in a temporary folder.
#pragma once

#include <catch2/catch.hpp>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <span>
#include <string>
#include <vector>

#include "tests/unit/storage/temporary_directory.h"

namespace frostgate::storage {

class TimestampAuthority {
 public:
  TimestampAuthority() {
    std::ofstream(path("tsa.cnf")) << R"([req]
distinguished_name = name
prompt = no
x509_extensions = tsa
[name]
CN = Test time-stamp authority
[tsa]
basicConstraints = critical,CA:FALSE
extendedKeyUsage = critical,timeStamping
keyUsage = critical,digitalSignature
[ts]
serial = serial
signer_cert = tsa.crt
signer_key = tsa.key
signer_digest = sha256
default_policy = 1.2.3.4
digests = sha256
ess_cert_id_alg = sha256
)";
    std::ofstream(path("serial")) << "01\n";
    run("openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 100 -config tsa.cnf -keyout tsa.key -out tsa.crt");
    certificate = text_of("tsa.crt");
  }

  std::vector<std::byte> answer(std::span<const std::byte> request) {
    std::ofstream(path("request"), std::ios::binary)
        .write(reinterpret_cast<const char*>(request.data()), static_cast<std::streamsize>(request.size()));
    // A request that makes no sense gets an answer that refuses.
    run("openssl ts -reply -config tsa.cnf -section ts -queryfile request -out response");
    const std::string response = text_of("response");
    const auto* bytes = reinterpret_cast<const std::byte*>(response.data());
    return {bytes, bytes + response.size()};
  }

  std::filesystem::path path(const char* name) const { return directory_.path() / name; }
  std::string certificate;  // PEM

 private:
  void run(const std::string& command) {
    const std::string all = "cd '" + directory_.path().string() + "' && " + command + " >log 2>&1";
    if (std::system(all.c_str()) != 0) FAIL(text_of("log"));
  }
  std::string text_of(const char* name) const {
    std::ifstream file(path(name), std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }

  TemporaryDirectory directory_;
};

}  // namespace frostgate::storage
