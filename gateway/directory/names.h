// Names as people type them and as LDAP wants them. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace frostgate::directory {

// A user's name as it was typed: "anna", "CORP\anna" or "anna@corp.example".
struct TypedName {
  std::string user;
  std::string domain;           // empty: none was given
  bool principal = false;       // it was user@domain

  std::string text() const;
};
TypedName typed_name(std::string_view text);

// A sign-in's name with a target behind it: "anna@dc1", "anna%dc1", "CORP\anna@dc1", "anna@corp.example@dc1". What is behind the last @ is one of `domains` (lower
// case) and no target: "anna@corp.example" names none.
struct TypedLogin {
  TypedName name;
  std::string target;
};
TypedLogin typed_login(const std::string& text, const std::vector<std::string>& domains);

// Of ASCII letters.
std::string lower_case(std::string_view text);

// A value inside a search filter (RFC 4515 3): what means something there, is not ASCII, or cannot be seen, as \xx.
std::string escaped(std::string_view value);
// "(attribute=value)", whatever the value is.
std::string equals(std::string_view attribute, std::string_view value);

// RFC 4512 1.4: a descriptor, or a numeric object identifier.
bool is_attribute(std::string_view text);
// Whether it stands in one pair of balanced parentheses, so that it cannot change what it is put together with.
bool is_filter(std::string_view text);

}  // namespace frostgate::directory
