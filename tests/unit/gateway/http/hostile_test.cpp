// What strangers and broken programs send.
#include "tests/unit/gateway/http/api_fixture.h"

#include "gateway/http/static_files.h"
#include "tests/unit/gateway/files.h"

using namespace frostgate;
using namespace frostgate::http;

TEST_CASE("paths that climb, are encoded twice, hold NUL or bad UTF-8 lead nowhere") {
  ApiGateway gateway;
  for (const char* target : {"/..", "/../etc/passwd", "/%2e%2e/%2e%2e/etc/passwd", "/a/%2e%2e/b", "/..%2fetc", "/a%2f..%2fb", "/%00", "/%ff", "/%c0%af", "//", "/api/v1/../v1/setup",
                             "/api/v1/recordings/..", "/api/v1/recordings/%2e%2e", "/api/v1/recordings/r1%2fx", "/a\\..\\b", "", "x", "/%", "/%2", "/%zz"}) {
    INFO(target);
    const int status = gateway.ask("role-auditor-own", Method::get, target).status;
    CHECK((status == 400 || status == 404));
  }
  CHECK(gateway.ask("role-auditor-own", Method::get, "/api/v1/recordings/" + std::string(5000, 'a')).status == 404);
  CHECK(gateway.ask("role-auditor-own", Method::get, "/api/v1/recordings/'; DROP TABLE recordings; --").status == 404);
}

TEST_CASE("bodies that are no JSON, of wrong types, with too much or unknown things are refused and change nothing") {
  ApiGateway gateway;
  const std::string deep(5000, '['), wide = R"({"name":")" + std::string(100000, 'a') + R"("})";
  for (const std::string& body : {std::string("{"), std::string("[]"), std::string("null"), std::string("7"), deep, R"({"name":)" + deep, wide, std::string("{\"name\":\"\xff\"}"),
                                  std::string(R"({"name":7})"), std::string(R"({"name":null})"), std::string(R"({"name":["x"]})"), std::string(R"({"name":"a\u0000b"})"),
                                  std::string(R"({"name":"ok","extra":1})"), std::string(R"({"name":"a b"})"), std::string(R"({"name":"shorty","password":"short"})")}) {
    INFO(body.substr(0, 60));
    CHECK(gateway.ask("root", Method::post, "/api/v1/users", body).status == 422);
  }
  CHECK(gateway.ask("root", Method::post, "/api/v1/users").status == 422);
  CHECK(catalog::Users(*gateway.core->catalog).list().value().size() == 16);
  for (const char* port : {"0", "65536", "-1", "1.5", "\"5900\"", "18446744073709551617", "1e3", "null"}) {
    INFO(port);
    CHECK(gateway.ask("root", Method::post, "/api/v1/targets", std::string(R"({"name":"n","protocol":"vnc","host":"10.0.0.1","port":)") + port + "}").status == 422);
  }
  Request form = gateway.as("root", Method::post, "/api/v1/users", R"({"name":"form"})");
  form.headers["content-type"] = "text/plain";
  CHECK(gateway.send(form).status == 415);
  for (const char* query : {"limit=0", "limit=201", "limit=x", "limit=-1", "cursor=x", "cursor=.", "cursor=-1", "cursor=99999999999999999999", "limit=%", "user=%ff"}) {
    INFO(query);
    const int status = gateway.ask("role-auditor-own", Method::get, std::string("/api/v1/recordings?") + query).status;
    CHECK((status == 422 || status == 400));
  }
}

TEST_CASE("a changing request of a web session needs the session's own mark, and no other site's page") {
  ApiGateway gateway;
  const auto attempt = [&](const std::function<void(Request&)>& spoil) {
    Request request = gateway.as("root", Method::put, "/api/v1/groups/g/members/anna");
    spoil(request);
    return gateway.send(request).status;
  };
  CHECK(attempt([](Request&) {}) == 204);
  CHECK(attempt([](Request& request) { request.headers.erase("x-frostgate-csrf"); }) == 403);
  CHECK(attempt([](Request& request) { request.headers["x-frostgate-csrf"].back() ^= 1; }) == 403);
  CHECK(attempt([](Request& request) { request.headers["origin"] = "https://evil.example"; }) == 403);
  CHECK(attempt([](Request& request) { request.headers["origin"] = "http://gateway.example:8443"; }) == 403);
  CHECK(attempt([](Request& request) { request.headers["origin"] = "null"; }) == 403);
  CHECK(attempt([](Request& request) { request.headers["sec-fetch-site"] = "cross-site"; }) == 403);
  CHECK(attempt([](Request& request) { request.headers["sec-fetch-site"] = "same-site"; }) == 403);
  CHECK(attempt([](Request& request) { request.headers["origin"] = "https://gateway.example:8443"; }) == 204);
  const std::string other = gateway.as("anna", Method::get, "/").headers["x-frostgate-csrf"];
  CHECK(attempt([&](Request& request) { request.headers["x-frostgate-csrf"] = other; }) == 403);
  Request sign_in = ApiGateway::plain(Method::post, "/api/v1/session", R"({"user":"anna","password":"correct horse"})");
  sign_in.headers["origin"] = "https://evil.example";
  CHECK(gateway.send(sign_in).status == 403);
}

TEST_CASE("cookies and tokens that are wrong, cut, or of another kind are worth nothing") {
  ApiGateway gateway;
  const std::string good = gateway.as("anna", Method::get, "/").headers["cookie"];
  const auto with_cookie = [&](const std::string& cookie) {
    Request request = ApiGateway::plain(Method::get, "/api/v1/session");
    request.headers["cookie"] = cookie;
    return gateway.send(request).status;
  };
  CHECK(with_cookie(good) == 200);
  CHECK(with_cookie("a=b; " + good + "; c=d") == 200);
  CHECK(with_cookie(good.substr(0, good.size() - 1)) == 401);
  CHECK(with_cookie("x" + good) == 401);
  CHECK(with_cookie(std::string(kCookie) + "=") == 401);
  for (const char* value : {"Bearer ", "Bearer x", "Basic YTpi", "bearer", "Bearer fgt_"}) {
    Request request = ApiGateway::plain(Method::get, "/api/v1/session");
    request.headers["authorization"] = value;
    CHECK(gateway.send(request).status == 401);
    // Nor does a good cookie beside it help.
    request.headers["cookie"] = good;
    CHECK(gateway.send(request).status == 401);
  }
}

TEST_CASE("unknown paths and methods are answered as problems") {
  ApiGateway gateway;
  CHECK(gateway.ask("root", Method::get, "/api/v1/nothing").status == 404);
  CHECK(gateway.ask("root", Method::put, "/api/v1/users").status == 405);
  CHECK(gateway.ask("root", Method::other, "/api/v1/users").status == 405);
  CHECK(gateway.ask("", Method::post, "/").status == 405);
  CHECK(gateway.ask("", Method::get, "/api/v1/nothing").headers.at("Content-Type") == "application/problem+json");
}

TEST_CASE("ranges that make no sense are refused or ignored, and never reach beyond the film") {
  ApiGateway gateway;
  publish_film(*gateway.core, "r1");
  const auto ask = [&](const std::string& range) {
    Request request = gateway.as("role-auditor-own", Method::get, "/api/v1/recordings/r1/film/0");
    request.headers["range"] = range;
    return gateway.send(request);
  };
  const std::string whole = "headpictures with masks";
  CHECK(ask("bytes=0-").text == whole);
  CHECK(ask("bytes=0-").status == 206);
  CHECK(ask("bytes=2-5").text == "adpi");
  CHECK(ask("bytes=2-5").headers.at("Content-Range") == "bytes 2-5/23");
  CHECK(ask("bytes=-5").text == "masks");
  CHECK(ask("bytes=-500").text == whole);
  CHECK(ask("bytes=4-99999").text == "pictures with masks");
  for (const char* beyond : {"bytes=23-", "bytes=99-100", "bytes=-0"}) CHECK(ask(beyond).status == 416);
  for (const char* ignored : {"bytes=5-2", "bytes=0-1,3-4", "lines=0-1", "bytes=", "bytes=-", "bytes=a-b", "bytes=1", "bytes=99999999999999999999-"}) {
    INFO(ignored);
    CHECK(ask(ignored).status == 200);
    CHECK(ask(ignored).text == whole);
  }
}

TEST_CASE("the portal's files are served, and nothing beside them") {
  const storage::TemporaryDirectory folder;
  std::filesystem::create_directories(folder.path() / "dist" / "assets");
  write_file(folder.path() / "secret.txt", "not yours");
  write_file(folder.path() / "dist" / "index.html", "<!doctype html>");
  write_file(folder.path() / "dist" / "assets" / "app-1a2b.js", "export {}");
  write_file(folder.path() / "dist" / ".hidden", "hidden");
  std::filesystem::create_symlink(folder.path() / "secret.txt", folder.path() / "dist" / "link.txt");
  const auto status = [&](const std::string& target) { return static_file(folder.path() / "dist", ApiGateway::plain(Method::get, target)).status; };
  CHECK(status("/") == 200);
  CHECK(status("/recordings/r1") == 200);
  CHECK(status("/assets/app-1a2b.js") == 200);
  for (const char* no : {"/../secret.txt", "/%2e%2e/secret.txt", "/.hidden", "/link.txt", "/assets/none.js", "/index.html/x.js", "/assets/.."}) {
    INFO(no);
    CHECK(status(no) == 404);
  }
  const Response none = static_file({}, ApiGateway::plain(Method::get, "/"));
  CHECK(none.status == 200);
  CHECK(std::get<std::string>(none.body).find("npm ci") != std::string::npos);
}

TEST_CASE("a file of the portal's goes packed to who can unpack it, and as it is to others") {
  const storage::TemporaryDirectory folder;
  std::filesystem::create_directories(folder.path() / "assets");
  write_file(folder.path() / "assets" / "app.js", "export {}");
  write_file(folder.path() / "assets" / "app.js.gz", "packed");
  write_file(folder.path() / "assets" / "app.css", "a {}");
  const auto ask = [&](const std::string& target, const std::string& accepted) {
    Request request = ApiGateway::plain(Method::get, target);
    if (!accepted.empty()) request.headers["accept-encoding"] = accepted;
    return static_file(folder.path(), request);
  };
  const auto header = [](const Response& answer, std::string_view name) {
    const auto found = std::find_if(answer.headers.begin(), answer.headers.end(), [&](const auto& one) { return one.first == name; });
    return found == answer.headers.end() ? std::string() : found->second;
  };
  for (const char* yes : {"gzip", "br, GZIP", "gzip, deflate, br, zstd", "deflate;q=1, gzip;q=0.5"}) {
    INFO(yes);
    const Response got = ask("/assets/app.js", yes);
    CHECK(std::get<std::string>(got.body) == "packed");
    CHECK(header(got, "Content-Encoding") == "gzip");
    CHECK(header(got, "Content-Type") == "text/javascript; charset=utf-8");
    CHECK(header(got, "Vary") == "Accept-Encoding");
  }
  for (const char* no : {"", "br", "gzip;q=0", "gzip; q=0.000", "x-gzip", "gzipped", ",,;", "gzip;q="}) {
    INFO(no);
    const Response got = ask("/assets/app.js", no);
    CHECK(std::get<std::string>(got.body) == "export {}");
    CHECK(header(got, "Content-Encoding").empty());
    CHECK(header(got, "Vary") == "Accept-Encoding");
  }
  CHECK(std::get<std::string>(ask("/assets/app.css", "gzip").body) == "a {}");
}

TEST_CASE("whoever uses up idempotency keys uses up their own, the oldest first") {
  Idempotency answers;
  const Request request = ApiGateway::plain(Method::post, "/api/v1/exports", "{}");
  const auto done = [&](const std::string& user, int number) {
    const std::string key = "key-number-" + std::to_string(number);
    if (answers.begin(user, key, request, serve::kNow + std::chrono::seconds(number))) return false;
    answers.end(user, key, no_content());
    return true;
  };
  REQUIRE(done("anna", 0));
  for (int i = 1; i <= 10'001; ++i) REQUIRE(done("mallory", i));
  CHECK_FALSE(done("anna", 0));
  CHECK(done("carl", 0));
  CHECK_FALSE(done("mallory", 10'001));
  CHECK(done("mallory", 1));
}
