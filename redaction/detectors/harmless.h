// Text that looks random and is public: SSH public keys and fingerprints, integrity digests, embedded images.
#pragma once

#include <vector>

namespace frostgate::redaction {

class JudgedTexts;
struct PreparedText;
struct ScreenText;

std::vector<bool> harmless_positions(const PreparedText& text);

// "-----BEGIN CERTIFICATE-----": what follows down to the END line is public.
bool begins_public_block(const PreparedText& text);

// Marks what is harmless only in what stands above it: the rest of a wrapped public key, the body of a certificate.
void mark_harmless_lines(ScreenText& screen, JudgedTexts& texts);

}  // namespace frostgate::redaction
