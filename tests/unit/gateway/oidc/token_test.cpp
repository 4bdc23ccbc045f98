#include "gateway/oidc/token.h"

#include <catch2/catch.hpp>

#include "gateway/oidc/key_set.h"
#include "tests/unit/gateway/oidc/signer.h"

using namespace frostgate;
using namespace frostgate::oidc;
using test::base64url;
using test::json;
using test::Signer;

namespace {

constexpr std::int64_t kThen = 1'800'000'000;
constexpr UtcTime kTokenNow{std::chrono::seconds(kThen)};
const Expected kExpected{"https://login.example/", "frostgate", "n-1"};

const Signer& rsa_signer() {
  static const Signer signer = Signer::rsa();
  return signer;
}
const Signer& ec_signer() {
  static const Signer signer = Signer::ec();
  return signer;
}

json good_claims() {
  return {{"iss", "https://login.example/"}, {"sub", "7f3"}, {"aud", "frostgate"}, {"nonce", "n-1"}, {"iat", kThen - 2}, {"exp", kThen + 300}, {"preferred_username", "dora"}, {"groups", {"ops", "leads"}}};
}

KeySet key_set(const std::vector<json>& keys) {
  const auto parsed = KeySet::parse(json{{"keys", json(keys)}}.dump());
  INFO((parsed ? std::string() : parsed.error().message));
  REQUIRE(parsed);
  return parsed.value();
}
KeySet both_keys() { return key_set({rsa_signer().jwk("r"), ec_signer().jwk("e")}); }

// Everything that a token goes through.
Result<Claims> believed(const std::string& text, const KeySet& keys) {
  const Token token = TRY(parse_token(text));
  TRY(keys.check(token));
  const Claims claims = TRY(read_claims(token.claims, {}));
  TRY(check_claims(claims, kExpected, kTokenNow));
  return claims;
}

std::string refusal(const std::string& text, const KeySet& keys) {
  const auto result = believed(text, keys);
  REQUIRE_FALSE(result);
  return result.error().message;
}
std::string refusal_of_claims(const json& claims) { return refusal(ec_signer().token(claims, "e"), both_keys()); }

bool has(const std::string& text, const char* part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("an ID token under the provider's RSA or P-256 key says who it is and in which groups") {
  for (const auto& text : {rsa_signer().token(good_claims(), "r"), ec_signer().token(good_claims(), "e")}) {
    const auto claims = believed(text, both_keys());
    INFO((claims ? std::string() : claims.error().message));
    REQUIRE(claims);
    CHECK(claims.value().user == "dora");
    CHECK(claims.value().subject == "7f3");
    CHECK(claims.value().groups == std::vector<std::string>{"ops", "leads"});
  }
  // With one key only, none needs to be named.
  CHECK(believed(ec_signer().signed_by_us(R"({"alg":"ES256"})", good_claims().dump()), key_set({ec_signer().jwk("e")})));
  CHECK(believed(ec_signer().signed_by_us(R"({"alg":"ES256"})", good_claims().dump()), key_set({ec_signer().jwk("")})));
}

TEST_CASE("no algorithm but RS256 and ES256 is taken, whatever is signed with it") {
  const std::string claims = good_claims().dump();
  for (const char* none : {"none", "None", "NONE", "HS256", "HS384", "RS512", "PS256", "ES384", "EdDSA", "", "RS256 "}) {
    const std::string head = base64url(json{{"alg", none}, {"kid", "r"}}.dump()) + "." + base64url(claims);
    INFO(none);
    CHECK(has(refusal(head + ".AAAA", both_keys()), "algorithm"));
    CHECK(has(refusal(head + ".", both_keys()), "algorithm"));
  }
  CHECK(has(refusal(rsa_signer().symmetric(good_claims(), "r"), both_keys()), "algorithm"));
  CHECK(has(refusal(base64url(R"({"kid":"r"})") + "." + base64url(claims) + ".AAAA", both_keys()), "algorithm"));
  // A key counts for its own algorithm alone.
  CHECK(has(refusal(ec_signer().signed_by_us(R"({"alg":"ES256","kid":"r"})", claims), both_keys()), "not that of the key"));
  CHECK(has(refusal(rsa_signer().signed_by_us(R"({"alg":"RS256","kid":"e"})", claims), both_keys()), "not that of the key"));
  CHECK(has(refusal(ec_signer().signed_by_us(R"({"alg":"ES256","kid":"e","crit":["x"]})", claims), both_keys()), "critical"));
}

TEST_CASE("a changed token, another's signature and a signature of another form are seen") {
  const std::string good = ec_signer().token(good_claims(), "e");
  json other = good_claims();
  other["preferred_username"] = "root";
  const std::size_t first = good.find('.'), last = good.rfind('.');
  CHECK(has(refusal(good.substr(0, first) + "." + base64url(other.dump()) + good.substr(last), both_keys()), "signature is wrong"));
  CHECK(has(refusal(Signer::ec().token(good_claims(), "e"), both_keys()), "signature is wrong"));
  CHECK(has(refusal(good.substr(0, last) + "." + base64url(std::string(64, '\0')), both_keys()), "signature is wrong"));
  CHECK(has(refusal(good.substr(0, last) + "." + base64url(std::string(63, 'x')), both_keys()), "signature is wrong"));
  CHECK(has(refusal(good.substr(0, last) + "." + base64url(std::string(72, 'x')), both_keys()), "signature is wrong"));
}

TEST_CASE("a key that is not known, named twice, or not named where there are several opens nothing") {
  const std::string text = ec_signer().token(good_claims(), "e");
  const auto unknown = key_set({rsa_signer().jwk("r")}).check(parse_token(text).value());
  REQUIRE_FALSE(unknown);
  CHECK(unknown.error().kind == ErrorKind::not_found);
  CHECK(has(refusal(text, key_set({ec_signer().jwk("e"), Signer::ec().jwk("e")})), "2 keys \"e\""));
  CHECK(has(refusal(ec_signer().signed_by_us(R"({"alg":"ES256"})", good_claims().dump()), both_keys()), "names no key"));
}

TEST_CASE("keys for something else are left out, and a set without one of ours is none") {
  json encryption = rsa_signer().jwk("r"), other_algorithm = rsa_signer().jwk("s"), symmetric{{"kty", "oct"}, {"k", "AAAA"}, {"kid", "h"}}, off_curve = ec_signer().jwk("o");
  encryption["use"] = "enc";
  other_algorithm["alg"] = "RS512";
  off_curve["x"] = off_curve["y"];
  CHECK(key_set({encryption, other_algorithm, symmetric, off_curve, ec_signer().jwk("e")}).size() == 1);
  const auto parse = [](const std::string& text) { return KeySet::parse(text); };
  for (const json& bad : {encryption, other_algorithm, symmetric, off_curve, Signer::rsa(1024).jwk("w")}) CHECK_FALSE(parse(json{{"keys", json::array({bad})}}.dump()));
  for (const char* bad : {"", "[]", "{}", R"({"keys":{}})", R"({"keys":[1]})", R"({"keys":[{"kty":1}]})", R"({"keys":[],"keys":[]})"}) CHECK_FALSE(parse(bad));
  CHECK_FALSE(parse(json{{"keys", std::vector<json>(kMaxKeys + 1, ec_signer().jwk("e"))}}.dump()));
}

TEST_CASE("a token for others, of others, for another sign-in or of another time is refused, with the reason for the log") {
  const auto with = [](const char* name, const json& value) {
    json out = good_claims();
    if (value.is_null()) out.erase(name);
    else out[name] = value;
    return out;
  };
  CHECK(has(refusal_of_claims(with("iss", "https://login.example")), "issuer"));
  CHECK(has(refusal_of_claims(with("iss", nullptr)), "issuer"));
  CHECK(has(refusal_of_claims(with("aud", "other")), "not for us"));
  CHECK(has(refusal_of_claims(with("aud", nullptr)), "not for us"));
  CHECK(has(refusal_of_claims(with("aud", {"frostgate", "other"})), "for several"));
  CHECK(has(refusal_of_claims(with("azp", "other")), "asked for it"));
  CHECK(has(refusal_of_claims(with("nonce", "n-2")), "nonce"));
  CHECK(has(refusal_of_claims(with("nonce", nullptr)), "nonce"));
  CHECK(has(refusal_of_claims(with("exp", kThen - 60)), "expired"));
  CHECK(has(refusal_of_claims(with("iat", kThen + 61)), "future"));
  CHECK(has(refusal_of_claims(with("iat", kThen - 700)), "minutes ago"));
  CHECK(has(refusal_of_claims(with("nbf", kThen + 61)), "not valid yet"));
  json several = with("aud", {"other", "frostgate"});
  several["azp"] = "frostgate";
  CHECK(believed(ec_signer().token(several, "e"), both_keys()));
  // A clock may be off by a minute.
  CHECK(believed(ec_signer().token(with("exp", kThen - 59), "e"), both_keys()));
  CHECK(believed(ec_signer().token(with("iat", kThen + 60), "e"), both_keys()));
  CHECK(believed(ec_signer().token(with("nbf", kThen + 60.5 - 1), "e"), both_keys()));
  CHECK(believed(ec_signer().token(with("groups", "ops"), "e"), both_keys()).value().groups == std::vector<std::string>{"ops"});
  CHECK(believed(ec_signer().token(with("groups", nullptr), "e"), both_keys()).value().groups.empty());
}

TEST_CASE("claims of another type, missing ones and groups that are elsewhere are refused") {
  const auto refused = [](const char* name, const json& value) {
    json out = good_claims();
    if (value.is_null()) out.erase(name);
    else out[name] = value;
    return !read_claims(out.dump(), {});
  };
  for (const char* name : {"sub", "preferred_username", "iat", "exp"}) CHECK(refused(name, nullptr));
  for (const char* name : {"iss", "sub", "azp", "nonce", "preferred_username", "iat", "exp", "nbf", "aud", "groups"}) CHECK(refused(name, json::object()));
  for (const char* name : {"iat", "exp", "nbf"}) {
    for (const json& bad : {json("1800000000"), json(-1), json(1e300), json(true)}) CHECK(refused(name, bad));
  }
  CHECK(refused("groups", {"a", 1}));
  CHECK(refused("groups", std::vector<std::string>(1025, "g")));
  CHECK(refused("sub", std::string(1025, 'x')));
  CHECK(refused("_claim_names", {{"groups", "src1"}}));
  CHECK_FALSE(read_claims(R"({"sub":"a","sub":"b"})", {}));
  CHECK_FALSE(read_claims(std::string(200, '[') + std::string(200, ']'), {}));
}

TEST_CASE("what is no token is none: size, parts, base64url and JSON are strict") {
  const std::string good = ec_signer().token(good_claims(), "e");
  CHECK_FALSE(parse_token(good + std::string(kMaxToken, 'A')));
  for (const std::string& bad : {std::string(), std::string("."), std::string(".."), good + ".", "." + good, good.substr(0, good.rfind('.')), good.substr(0, good.rfind('.') + 1), good + "=", good + " ",
                                 std::string("e30.e30.AAAA"), base64url("[]") + ".e30.AAAA", base64url(R"({"alg":"ES256","alg":"none"})") + ".e30.AAAA", base64url(R"({"alg":["ES256"]})") + ".e30.AAAA",
                                 base64url(json{{"alg", "ES256"}, {"kid", std::string(300, 'k')}}.dump()) + ".e30.AAAA"})
    CHECK_FALSE(parse_token(bad));
  CHECK(from_base64url("").value().empty());
  CHECK(from_base64url("AA").value().size() == 1);
  for (const char* bad : {"A", "AB", "AAB", "A+", "A/", "AA==", "A A", "\xc3\xa4"}) CHECK_FALSE(from_base64url(bad));
  for (int size = 0; size < 70; ++size) {
    std::vector<std::byte> bytes;
    for (int i = 0; i < size; ++i) bytes.push_back(static_cast<std::byte>(i * 37 + size));
    CHECK(from_base64url(to_base64url(bytes)).value() == bytes);
  }
}
