#include "storage/crypto/timestamp.h"

#include <catch2/catch.hpp>

#include "storage/byte_order.h"
#include "tests/unit/storage/timestamp_authority.h"

using namespace frostgate;
using namespace frostgate::storage;

TEST_CASE("an authority's stamp holds for the data and the request it was asked for") {
  TimestampAuthority authority;
  const auto data = bytes_of("what is stamped");
  const auto request = timestamp_request(data).value();
  const auto response = authority.answer(request);
  const Timestamp stamp = check_timestamp(data, response, authority.certificate, request).value();
  CHECK(stamp.authority == "CN=Test time-stamp authority");
  CHECK(stamp.at > UtcTime(std::chrono::seconds(1'700'000'000)));
  CHECK(check_timestamp(data, response, authority.certificate));
  CHECK(check_timestamp(bytes_of("something else"), response, authority.certificate).error().kind == ErrorKind::corrupt);
  // A stamp that was made before, for the same data.
  CHECK(check_timestamp(data, response, authority.certificate, timestamp_request(data).value()).error().kind == ErrorKind::corrupt);
  TimestampAuthority other;
  CHECK(check_timestamp(data, response, other.certificate).error().kind == ErrorKind::corrupt);
  CHECK(check_timestamp(data, response, "no certificate").error().kind == ErrorKind::invalid);
}

TEST_CASE("a stamp with a changed byte does not hold or says the same, and a cut one never holds") {
  TimestampAuthority authority;
  const auto data = bytes_of("what is stamped");
  const auto response = authority.answer(timestamp_request(data).value());
  const Timestamp stamp = check_timestamp(data, response, authority.certificate).value();
  for (std::size_t at = 0; at < response.size(); ++at) {
    auto changed = response;
    changed[at] ^= std::byte{0x20};
    const auto checked = check_timestamp(data, changed, authority.certificate);
    if (checked && (checked.value().at != stamp.at || checked.value().authority != stamp.authority)) FAIL("byte " << at);
  }
  for (std::size_t size = 0; size < response.size(); ++size) {
    if (check_timestamp(data, std::span(response).first(size), authority.certificate)) FAIL("cut to " << size);
  }
}

TEST_CASE("an authority that refuses has not stamped") {
  TimestampAuthority authority;
  const auto data = bytes_of("what is stamped");
  const auto refusal = authority.answer(bytes_of("no request"));
  CHECK(check_timestamp(data, refusal, authority.certificate).error().kind == ErrorKind::denied);
}
