// The contract, as it is compiled in from openapi.yaml.
#pragma once

#include <string>

namespace frostgate::http {

const std::string& document_yaml();
const std::string& document_json();

}  // namespace frostgate::http
