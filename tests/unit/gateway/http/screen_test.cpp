// A page's way into a session: what its WebSocket's upgrade has to bring along.
#include <unistd.h>

#include "gateway/crypto/web_socket_key.h"
#include "storage/catalog/sign_ins.h"
#include "tests/unit/gateway/http/api_fixture.h"

using namespace frostgate;
using namespace frostgate::http;

namespace {

struct Screens : ApiGateway {
  Screens() {
    core->browser_door.open([this](Descriptor client, const serve::BrowserVisit& visit) -> Result<void> {
      taken = std::move(client);
      visits.push_back(visit);
      return {};
    });
  }
  std::string ticket() {
    const Answer answer = ask(kOperator, Method::post, "/api/v1/targets/dc1/screen-ticket");
    REQUIRE(answer.status == 201);
    return answer.body["ticket"];
  }
  Request upgrade(const std::string& ticket) {
    Request out = as(kOperator, Method::get, "/api/v1/targets/dc1/screen?ticket=" + ticket);
    out.headers.erase("x-frostgate-csrf");  // a page cannot send it with a WebSocket
    out.headers["connection"] = "keep-alive, Upgrade";
    out.headers["upgrade"] = "WebSocket";
    out.headers["sec-websocket-version"] = "13";
    out.headers["sec-websocket-key"] = "dGhlIHNhbXBsZSBub25jZQ==";
    out.headers["sec-websocket-protocol"] = "binary";
    out.headers["origin"] = "https://gateway.example:8443";
    return out;
  }
  Descriptor taken;
  std::vector<serve::BrowserVisit> visits;
};

}  // namespace

TEST_CASE("the key of a WebSocket is answered as RFC 6455 1.3 says") {
  CHECK(crypto::web_socket_accept("dGhlIHNhbXBsZSBub25jZQ==").value() == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
  for (const char* key : {"", "x", "dGhlIHNhbXBsZSBub25jZQ=", "dGhlIHNhbXBsZSBub25jZQ==x", "dGhlIHNhbXBsZSBub25j!!==", "========================"}) CHECK_FALSE(crypto::web_socket_accept(key));
}

TEST_CASE("a page with a sign-in, our origin and a ticket gets a session, once") {
  Screens gateway;
  const std::string ticket = gateway.ticket();
  Response response = gateway.api.handle(gateway.upgrade(ticket), gateway.now);
  REQUIRE(response.status == 101);
  std::map<std::string, std::string> headers(response.headers.begin(), response.headers.end());
  CHECK(headers["Sec-WebSocket-Accept"] == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
  CHECK(headers["Sec-WebSocket-Protocol"] == "binary");
  REQUIRE(gateway.visits.size() == 1);
  CHECK(gateway.visits[0].user == kOperator);
  CHECK(gateway.visits[0].target == "dc1");
  CHECK(gateway.visits[0].peer_address == "192.0.2.1");
  CHECK_FALSE(gateway.visits[0].web_session.empty());
  const auto* upgrade = std::get_if<Upgrade>(&response.body);
  REQUIRE(upgrade);
  REQUIRE(write(upgrade->socket->fd(), "x", 1) == 1);
  CHECK(gateway.send(gateway.upgrade(ticket)).status == 403);
  CHECK(gateway.visits.size() == 1);
}

TEST_CASE("an upgrade that lacks one thing opens nothing") {
  Screens gateway;
  const auto status = [&](const std::function<void(Request&)>& change) {
    Request request = gateway.upgrade(gateway.ticket());
    change(request);
    const int answered = gateway.send(request).status;
    CHECK(gateway.visits.empty());
    return answered;
  };
  const auto set = [](const char* name, const char* value) { return [=](Request& request) { request.headers[name] = value; }; };
  CHECK(status([](Request& request) { request.headers.erase("cookie"); }) == 401);
  CHECK(status(set("cookie", "__Host-frostgate=0123456789")) == 401);
  CHECK(status([](Request& request) { request.headers.erase("origin"); }) == 403);
  CHECK(status(set("origin", "https://evil.example")) == 403);
  CHECK(status(set("origin", "http://gateway.example:8443")) == 403);
  CHECK(status(set("origin", "https://gateway.example")) == 403);
  CHECK(status(set("origin", "null")) == 403);
  CHECK(status(set("sec-fetch-site", "cross-site")) == 403);
  CHECK(status(set("sec-fetch-site", "same-site")) == 403);
  CHECK(status(set("upgrade", "h2c")) == 422);
  CHECK(status(set("connection", "keep-alive")) == 422);
  CHECK(status(set("sec-websocket-version", "8")) == 422);
  CHECK(status(set("sec-websocket-protocol", "base64")) == 422);
  CHECK(status(set("sec-websocket-key", "short")) == 422);
  CHECK(status([](Request& request) { request.method = Method::head; }) == 422);
  CHECK(status([](Request& request) { request.target = "/api/v1/targets/dc1/screen"; }) == 403);
  CHECK(status([](Request& request) { request.target += "0"; }) == 403);
  CHECK(status([](Request& request) { request.target.replace(request.target.find("dc1"), 3, "kiosk"); }) == 403);
  CHECK(status([](Request& request) { request.target.replace(request.target.find("dc1"), 3, "vault"); }) == 404);
  CHECK(status([](Request& request) { request.peer = "192.0.2.99"; }) == 403);
  CHECK(status([&](Request&) { gateway.now += serve::BrowserDoor::kLifetime; }) == 403);
}

TEST_CASE("a program's token gets no ticket for a page") {
  Screens gateway;
  const auto token = gateway.core->web_access->issue_token(kOperator, "script", {access::Role::operator_}, std::chrono::hours(1), gateway.now).value();
  Request request = ApiGateway::plain(Method::post, "/api/v1/targets/dc1/screen-ticket");
  request.headers["authorization"] = "Bearer " + token.value;
  CHECK(gateway.send(request).status == 403);
}
