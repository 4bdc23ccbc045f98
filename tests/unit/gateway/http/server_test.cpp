// The server through its socket: what holds connections up, and what is no request.
#include <latch>
#include <mutex>
#include <thread>
#include <vector>

#include "gateway/http/problem.h"
#include "gateway/http/server.h"
#include "tests/unit/gateway/files.h"
#include "tests/unit/gateway/http/tls_client.h"

using namespace frostgate;
using namespace frostgate::http;

namespace {

using std::chrono::milliseconds;

// Answers with the size of the body, what begins with /wait once it is let.
class Served {
 public:
  explicit Served(const ServerLimits& limits) {
    const auto certificate = folder_.path() / "tls.crt", key = folder_.path() / "tls.key";
    REQUIRE(crypto::make_self_signed(certificate, key, "localhost", std::chrono::floor<Microseconds>(std::chrono::system_clock::now())));
    auto identity = crypto::load_identity(certificate, key);
    REQUIRE(identity);
    identity_ = std::make_shared<const crypto::PemIdentity>(std::move(identity).value());
    const auto waits = [](const Request& request) { return request.target.starts_with("/wait"); };
    auto opened = Server::open({"127.0.0.1", 0}, [this] { return identity_; }, [this](Request& request) { return answer(request); }, waits, limits);
    REQUIRE(opened);
    server_ = std::move(opened).value();
  }
  ~Served() { let_go(); }

  void let_go() {
    if (!let_.try_wait()) let_.count_down();
  }
  std::uint16_t port() const { return server_->port(); }
  int answered() const { return answered_; }

 private:
  Response answer(const Request& request) {
    if (request.target.starts_with("/wait")) let_.wait();
    ++answered_;
    Response out;
    out.status = 200;
    out.headers = {{"Content-Type", "text/plain"}};
    out.body = std::to_string(request.body.size());
    return out;
  }

  storage::TemporaryDirectory folder_;
  std::shared_ptr<const crypto::PemIdentity> identity_;
  std::latch let_{1};
  std::atomic<int> answered_ = 0;
  std::unique_ptr<Server> server_;
};

std::string get(const std::string& path) { return "GET " + path + " HTTP/1.1\r\nHost: gateway\r\n\r\n"; }
std::string post(const std::string& headers) { return "POST / HTTP/1.1\r\nHost: gateway\r\nContent-Type: application/json\r\n" + headers + "\r\n"; }

}  // namespace

TEST_CASE("requests that wait keep no thread from those that do not, however many wait") {
  ServerLimits limits;
  limits.threads = limits.waiting_threads = 2;
  Served served(limits);
  std::vector<std::unique_ptr<TlsClient>> waiting;
  for (int i = 0; i < 8; ++i) {
    waiting.push_back(std::make_unique<TlsClient>(served.port()));
    REQUIRE(waiting.back()->send(get("/wait")));
  }
  TlsClient quick(served.port());
  for (int i = 0; i < 20; ++i) {
    REQUIRE(quick.send(get("/")));
    CHECK(quick.receive().status == 200);
  }
  CHECK(served.answered() == 20);
  served.let_go();
  for (const auto& client : waiting) CHECK(client->receive().status == 200);
  // A connection that has waited goes on as every other.
  REQUIRE(waiting[0]->send(get("/")));
  CHECK(waiting[0]->receive().body == "0");
}

TEST_CASE("a server that ends while requests wait ends as soon as these are done, with those that had no turn") {
  ServerLimits limits;
  limits.threads = limits.waiting_threads = 1;
  std::vector<std::unique_ptr<TlsClient>> waiting;
  {
    Served served(limits);
    for (int i = 0; i < 4; ++i) {
      waiting.push_back(std::make_unique<TlsClient>(served.port()));
      REQUIRE(waiting.back()->send(get("/wait")));
    }
  }
  for (const auto& client : waiting) CHECK(client->ends());
}

TEST_CASE("headers that come byte by byte, or never end, are waited for only so long, and nobody else waits for them") {
  ServerLimits limits;
  limits.header = milliseconds(1000);
  limits.threads = 1;
  Served served(limits);
  std::vector<std::unique_ptr<TlsClient>> slow;
  for (int i = 0; i < 20; ++i) {
    slow.push_back(std::make_unique<TlsClient>(served.port()));
    REQUIRE(slow.back()->send("GET / HTTP/1.1\r\nHost: g"));
  }
  TlsClient quick(served.port());
  REQUIRE(quick.send(get("/")));
  CHECK(quick.receive().status == 200);
  // One that goes on a byte at a time is cut like those that do nothing: the time is for all of the headers.
  TlsClient dripping(served.port());
  bool open = true;
  for (int i = 0; open && i < 3000; ++i) {
    open = dripping.send("x");
    std::this_thread::sleep_for(milliseconds(10));
  }
  CHECK_FALSE(open);
  for (const auto& client : slow) CHECK(client->ends());
  CHECK(served.answered() == 1);
}

TEST_CASE("a body that is said to be larger than the limit is refused before it is sent, one in chunks as soon as it is larger") {
  ServerLimits limits;
  limits.body_bytes = 100'000;
  Served served(limits);
  TlsClient said(served.port());
  REQUIRE(said.send(post("Content-Length: 100001\r\n")));
  CHECK(said.receive().status == 413);
  CHECK(said.ends());

  TlsClient chunked(served.port());
  REQUIRE(chunked.send(post("Transfer-Encoding: chunked\r\n")));
  const std::string chunk = "2710\r\n" + std::string(10'000, 'a') + "\r\n";
  for (int i = 0; i < 11; ++i) (void)chunked.send(chunk);
  CHECK(chunked.receive().status == 413);
  CHECK(chunked.ends());
  CHECK(served.answered() == 0);

  TlsClient good(served.port());
  REQUIRE(good.send(post("Transfer-Encoding: chunked\r\n")));
  for (int i = 0; i < 10; ++i) REQUIRE(good.send(chunk));
  REQUIRE(good.send("0\r\n\r\n"));
  CHECK(good.receive().body == "100000");
}

TEST_CASE("a body that stops coming is waited for only so long") {
  ServerLimits limits;
  limits.body = milliseconds(500);
  Served served(limits);
  TlsClient client(served.port());
  REQUIRE(client.send(post("Content-Length: 100\r\n") + "half"));
  CHECK(client.ends());
  CHECK(served.answered() == 0);
}

TEST_CASE("what is no HTTP request, or could be read in two ways, is refused and ends its connection") {
  Served served(ServerLimits{});
  const std::string large(17 * 1024, 'a');
  for (const auto& [bytes, status] : std::vector<std::pair<std::string, int>>{
           {"\r\n\r\n\x01\x02\x03\r\n\r\n", 400},
           {"GET / HTTP/9.9\r\nHost: g\r\n\r\n", 400},
           {"GET / HTTP/1.1\r\nHost: g\r\nX: " + large + "\r\n\r\n", 431},
           {"GET /" + large + " HTTP/1.1\r\nHost: g\r\n\r\n", 431},
           {post("Content-Length: 5\r\nContent-Length: 6\r\n") + "hello!", 400},
           {post("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n") + "0\r\n\r\n", 400},
           {post("Content-Length: -1\r\n"), 400},
           {post("Content-Length: 99999999999999999999999\r\n"), 400},
           {post("Transfer-Encoding: chunked\r\n") + "zz\r\n", 400},
           {post("Transfer-Encoding: chunked\r\n") + "ffffffffffffffffff\r\n", 400},
           {"GET / HTTP/1.1\r\nHost: g\r\nBad Name: x\r\n\r\n", 400},
       }) {
    INFO(bytes.substr(0, 90));
    TlsClient client(served.port());
    REQUIRE(client.send(bytes));
    CHECK(client.receive().status == status);
    CHECK(client.ends());
  }
  CHECK(served.answered() == 0);
}

// A client's kernel acknowledges what answers nothing only after 40 ms, once it has seen that the other side is in no hurry.
TEST_CASE("an answer's body does not wait for the client to acknowledge its head") {
  Served served({});
  TlsClient client(served.port());
  auto least = std::chrono::steady_clock::duration::max();
  for (int i = 0; i < 60; ++i) {
    const auto begun = std::chrono::steady_clock::now();
    REQUIRE(client.send(get("/")));
    REQUIRE(client.receive().status == 200);
    if (i >= 30) least = std::min(least, std::chrono::steady_clock::now() - begun);
  }
  CHECK(std::chrono::duration_cast<milliseconds>(least).count() < 30);
}

TEST_CASE("one address has only so many connections") {
  ServerLimits limits;
  limits.connections_per_address = 3;
  Served served(limits);
  std::vector<std::unique_ptr<TlsClient>> held;
  for (int i = 0; i < 3; ++i) {
    held.push_back(std::make_unique<TlsClient>(served.port()));
    REQUIRE(held.back()->send(get("/")));
    CHECK(held.back()->receive().status == 200);
  }
  const auto socket = connect_tcp("127.0.0.1", served.port(), milliseconds(20'000));
  REQUIRE(socket);
  crypto::ShownCertificate shown;
  CHECK_FALSE(crypto::TlsTunnel::connect({socket.value().fd(), -1, std::chrono::steady_clock::now() + std::chrono::seconds(20)}, {}, shown));
}
