// Errors as RFC 9457 problem documents.
#pragma once

#include <string>

#include "codec/base/result.h"
#include "gateway/http/message.h"

namespace frostgate::http {

// `code` is one of the contract's (openapi.yaml, Problem); `detail` is for the person who asked, or empty.
Response problem(int status, const std::string& code, const std::string& detail = "");
// What is somebody's own fault is explained; of what is ours nothing is told, so log it.
Response problem_of(const Error& error);

}  // namespace frostgate::http
