// `directory` in the configuration: the LDAP servers that know the users, and how they keep them.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace frostgate::directory {

// Only encrypted ones: ldaps://, or ldap:// where StartTLS comes first.
struct Server {
  std::string host;
  std::uint16_t port = 0;
  bool start_tls = false;

  // As LDAP's own URL.
  std::string url() const;
};

// How groups of groups are found.
enum class Nesting { automatic, chain, walk, none };

struct Settings {
  std::vector<Server> servers;  // in the order in which they are asked; empty: there is no directory
  std::filesystem::path authorities;    // PEM; of those who vouch for the servers; empty: the system's
  std::string bind_dn;                  // our own account
  std::filesystem::path bind_password;  // a file with its password
  std::vector<std::string> domains;     // what may stand in DOMAIN\user and user@domain; lower case

  std::string user_base, user_filter;
  std::string name_attribute, upn_attribute;  // the latter is empty where there is none: user@domain is then sought as user
  std::string group_base, group_filter, group_name_attribute, member_attribute;
  Nesting nesting = Nesting::automatic;

  std::chrono::seconds timeout{4};  // for one server's answers in one sign-in
  int failures = 4;                 // wrong passwords of an account
  std::chrono::minutes failure_window{30};  // within so long: after them the directory is not asked
  std::chrono::minutes refresh{15};         // between two looks at the users who were here
};

}  // namespace frostgate::directory
