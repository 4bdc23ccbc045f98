#include "gateway/http/static_files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <optional>
#include <span>
#include <utility>

#include "gateway/base/descriptor.h"
#include "gateway/http/problem.h"
#include "storage/crypto/hash.h"
#include "storage/crypto/hex.h"

namespace frostgate::http {
namespace {

constexpr off_t kMaxFileBytes = 32 << 20;

constexpr const char* kNoPortal =
    "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>Frostgate</title></head><body>\n"
    "<h1>Frostgate is running, but its portal was not built</h1>\n"
    "<p>The API is at <a href=\"/api/v1/openapi.yaml\">/api/v1</a>. To build the portal, with Node 20.19 or newer:</p>\n"
    "<pre>cd gateway/portal &amp;&amp; npm ci &amp;&amp; npm run build</pre>\n"
    "<p>gateway/portal/README.md says how to get Node on Debian 12. Then load this page again.</p>\n</body></html>\n";

const char* type_of(const std::string& name) {
  constexpr std::array<std::pair<std::string_view, const char*>, 14> kTypes{{
      {".html", "text/html; charset=utf-8"}, {".js", "text/javascript; charset=utf-8"}, {".css", "text/css; charset=utf-8"},
      {".svg", "image/svg+xml"}, {".png", "image/png"}, {".ico", "image/x-icon"}, {".woff2", "font/woff2"}, {".json", "application/json"},
      {".webmanifest", "application/manifest+json"}, {".txt", "text/plain; charset=utf-8"}, {".map", "application/json"},
      {".webp", "image/webp"}, {".jpg", "image/jpeg"}, {".wasm", "application/wasm"}}};
  for (const auto& [ending, type] : kTypes) {
    if (name.ends_with(ending)) return type;
  }
  return "application/octet-stream";
}

// Nothing when it is no ordinary file. Its name was checked; that it is no link leads nowhere else.
std::optional<std::string> file_content(const std::filesystem::path& file) {
  const Descriptor in(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
  struct stat facts {};
  if (!in.valid() || fstat(in.fd(), &facts) != 0 || !S_ISREG(facts.st_mode) || facts.st_size > kMaxFileBytes) return std::nullopt;
  std::string out(static_cast<std::size_t>(facts.st_size), '\0');
  for (std::size_t done = 0; done < out.size();) {
    const ssize_t got = read(in.fd(), out.data() + done, out.size() - done);
    if (got <= 0) return std::nullopt;
    done += static_cast<std::size_t>(got);
  }
  return out;
}

// RFC 9110 12.5.3. "*" and weights other than none are not looked at: who can gzip says so.
bool takes_gzip(const Request& request) {
  const auto header = request.headers.find("accept-encoding");
  if (header == request.headers.end()) return false;
  std::string accepted;
  for (const char c : header->second) {
    if (c != ' ' && c != '\t') accepted += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  for (std::size_t begin = 0; begin <= accepted.size();) {
    const std::size_t end = std::min(accepted.find(',', begin), accepted.size());
    const std::string coding = accepted.substr(begin, end - begin);
    if (coding == "gzip" || (coding.starts_with("gzip;q=") && coding.find_first_not_of("0.", 7) != std::string::npos)) return true;
    begin = end + 1;
  }
  return false;
}

Response page(std::string content, const std::string& name, bool for_ever) {
  Response out;
  out.status = 200;
  const std::string etag = '"' + storage::to_hex(storage::Sha256::of(std::as_bytes(std::span(content)))).substr(0, 32) + '"';
  out.headers = {{"Content-Type", type_of(name)}, {"Cache-Control", for_ever ? "public, max-age=31536000, immutable" : "no-cache"}, {"ETag", etag}, {"Vary", "Accept-Encoding"}};
  out.body = std::move(content);
  return out;
}

}  // namespace

std::filesystem::path portal_folder() {
  std::error_code failure;
  const std::filesystem::path program = std::filesystem::read_symlink("/proc/self/exe", failure).parent_path();
  for (const char* place : {"../share/frostgate/portal", "../../gateway/portal/dist"}) {
    const std::filesystem::path folder = (program / place).lexically_normal();
    if (std::filesystem::exists(folder / "index.html", failure)) return folder;
  }
  return {};
}

Response static_file(const std::filesystem::path& folder, const Request& request) {
  if (request.method != Method::get && request.method != Method::head) return problem(405, "method_not_allowed");
  const auto path = path_of(request.target);
  if (!path) return problem(404, "not_found");
  if (folder.empty()) return path.value().empty() ? page(kNoPortal, ".html", false) : problem(404, "not_found");
  std::filesystem::path file = folder;
  for (const std::string& segment : path.value()) {
    if (segment.front() == '.') return problem(404, "not_found");
    file /= segment;
  }
  const bool names_file = !path.value().empty() && path.value().back().find('.') != std::string::npos;
  if (!names_file) file = folder / "index.html";
  // Vite names what it builds by content.
  const bool for_ever = path.value().size() > 1 && path.value().front() == "assets";
  if (takes_gzip(request)) {
    if (std::optional<std::string> packed = file_content(file.string() + ".gz")) {
      Response out = page(std::move(*packed), file.filename().string(), for_ever);
      out.headers.emplace_back("Content-Encoding", "gzip");
      return out;
    }
  }
  std::optional<std::string> content = file_content(file);
  if (!content) return problem(404, "not_found");
  return page(std::move(*content), file.filename().string(), for_ever);
}

}  // namespace frostgate::http
