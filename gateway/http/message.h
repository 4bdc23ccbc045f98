// A request and its answer as handlers see them: values, no socket, no library. The connection's ways (keep-alive, chunks, TLS) stay
// in server.cpp.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "codec/base/result.h"
#include "gateway/base/descriptor.h"

namespace frostgate::http {

enum class Method { get, head, post, put, del, other };

struct Request {
  Method method = Method::other;
  std::string target;                          // as it came: path and query
  std::map<std::string, std::string> headers;  // names in lower case; of several of a name, the values joined by ", "
  std::string body;
  std::string peer;                            // the client's address

  // Empty when it was not sent.
  const std::string& header(const std::string& lower_case_name) const;
};

// Bytes that are read as they are sent. `read` may block, and is not called from two threads at once.
struct ByteSource {
  std::uint64_t size = 0;
  std::function<Result<std::vector<std::byte>>(std::uint64_t offset, std::uint64_t size)> read;
};

struct StreamPiece {
  std::string bytes;
  bool over = false;
  bool failed = false;  // the rest cannot be had: the connection is cut, so that nobody takes it for the end
};
// What there is to send now, possibly nothing: asked several times a second until it is over or the client has gone. Never blocks.
using Stream = std::function<StreamPiece()>;

// The connection becomes another protocol's (status 101): its bytes go to this stream socket, and back, until either side ends it.
struct Upgrade {
  std::shared_ptr<Descriptor> socket;
};

struct Response {
  int status = 500;
  std::vector<std::pair<std::string, std::string>> headers;
  std::variant<std::string, ByteSource, Stream, Upgrade> body;
  std::string version;  // of the object that the body shows; empty: it has none
};

// What follows the ? of the target, decoded; of several of a name the last one. Error: invalid encoding.
Result<std::map<std::string, std::string>> query_of(std::string_view target);
// The path of the target as its segments, each decoded. Error: invalid encoding, or a segment that is empty, "." or "..",
// or has a slash, a NUL or bytes that are no UTF-8; a single "/" has none.
Result<std::vector<std::string>> path_of(std::string_view target);

// -1: it is none.
int hex_digit(char c);

bool valid_utf8(std::string_view text);

}  // namespace frostgate::http
