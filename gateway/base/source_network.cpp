#include "gateway/base/source_network.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>

namespace frostgate {

std::string source_network(const std::string& address) {
  in6_addr six{};
  const std::string without_zone = address.substr(0, address.find('%'));
  if (inet_pton(AF_INET6, without_zone.c_str(), &six) != 1) return address;
  char text[INET6_ADDRSTRLEN];
  if (IN6_IS_ADDR_V4MAPPED(&six)) return inet_ntop(AF_INET, &six.s6_addr[12], text, sizeof text);
  std::fill(six.s6_addr + 8, six.s6_addr + 16, static_cast<unsigned char>(0));
  return std::string(inet_ntop(AF_INET6, &six, text, sizeof text)) + "/64";
}

}  // namespace frostgate
