// Passwords of local users (argon2id, RFC 9106, through libsodium) and the VncAuth response (RFC 6143 7.2.2).
#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include "codec/base/result.h"
#include "codec/base/secret.h"

namespace frostgate::crypto {

// About 100 ms and 64 MiB. The string carries its parameters and salt.
Result<std::string> hash_password(const Secret& password);
// Takes as long for an empty `hash` (no such user) as for a real one.
bool check_password(const Secret& password, const std::string& hash);

// What a VNC client answers to `challenge` when it knows `password` (its first 8 bytes count): DES, each key byte with
// its bits reversed, as every implementation does.
std::array<std::byte, 16> vnc_response(std::span<const std::byte, 16> challenge, std::string_view password);

bool equal_in_constant_time(std::span<const std::byte> a, std::span<const std::byte> b);

// `length` characters for people to type: no 0/O, 1/l/I. 5.8 bits each.
Secret random_ticket(std::size_t length);

}  // namespace frostgate::crypto
