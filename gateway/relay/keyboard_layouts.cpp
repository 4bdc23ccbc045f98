#include "gateway/relay/keyboard_layouts.h"

namespace frostgate::relay {
namespace {

// Where a character can be made twice the first key is the one to press.
constexpr CharacterKey kUsKeys[] = {
    {0x02, '1', '!', 0, false},  {0x03, '2', '@', 0, false},  {0x04, '3', '#', 0, false}, {0x05, '4', '$', 0, false},
    {0x06, '5', '%', 0, false},  {0x07, '6', '^', 0, false},  {0x08, '7', '&', 0, false}, {0x09, '8', '*', 0, false},
    {0x0a, '9', '(', 0, false},  {0x0b, '0', ')', 0, false},  {0x0c, '-', '_', 0, false}, {0x0d, '=', '+', 0, false},
    {0x10, 'q', 'Q', 0, true},   {0x11, 'w', 'W', 0, true},   {0x12, 'e', 'E', 0, true},  {0x13, 'r', 'R', 0, true},
    {0x14, 't', 'T', 0, true},   {0x15, 'y', 'Y', 0, true},   {0x16, 'u', 'U', 0, true},  {0x17, 'i', 'I', 0, true},
    {0x18, 'o', 'O', 0, true},   {0x19, 'p', 'P', 0, true},   {0x1a, '[', '{', 0, false}, {0x1b, ']', '}', 0, false},
    {0x1e, 'a', 'A', 0, true},   {0x1f, 's', 'S', 0, true},   {0x20, 'd', 'D', 0, true},  {0x21, 'f', 'F', 0, true},
    {0x22, 'g', 'G', 0, true},   {0x23, 'h', 'H', 0, true},   {0x24, 'j', 'J', 0, true},  {0x25, 'k', 'K', 0, true},
    {0x26, 'l', 'L', 0, true},   {0x27, ';', ':', 0, false},  {0x28, '\'', '"', 0, false}, {0x29, '`', '~', 0, false},
    {0x2b, '\\', '|', 0, false}, {0x2c, 'z', 'Z', 0, true},   {0x2d, 'x', 'X', 0, true},  {0x2e, 'c', 'C', 0, true},
    {0x2f, 'v', 'V', 0, true},   {0x30, 'b', 'B', 0, true},   {0x31, 'n', 'N', 0, true},  {0x32, 'm', 'M', 0, true},
    {0x33, ',', '<', 0, false},  {0x34, '.', '>', 0, false},  {0x35, '/', '?', 0, false}, {0x39, ' ', ' ', 0, false},
    {0x56, '\\', '|', 0, false},
};

constexpr CharacterKey kGermanKeys[] = {
    {0x02, '1', '!', 0, false}, {0x03, '2', '"', U'\u00b2', false}, {0x04, '3', U'\u00a7', U'\u00b3', false},
    {0x05, '4', '$', 0, false}, {0x06, '5', '%', 0, false}, {0x07, '6', '&', 0, false}, {0x08, '7', '/', '{', false},
    {0x09, '8', '(', '[', false}, {0x0a, '9', ')', ']', false}, {0x0b, '0', '=', '}', false},
    {0x0c, U'\u00df', '?', '\\', false}, {0x0d, kDeadAcute, kDeadGrave, 0, false}, {0x10, 'q', 'Q', '@', true},
    {0x11, 'w', 'W', 0, true}, {0x12, 'e', 'E', U'\u20ac', true}, {0x13, 'r', 'R', 0, true}, {0x14, 't', 'T', 0, true},
    {0x15, 'z', 'Z', 0, true}, {0x16, 'u', 'U', 0, true}, {0x17, 'i', 'I', 0, true}, {0x18, 'o', 'O', 0, true},
    {0x19, 'p', 'P', 0, true}, {0x1a, U'\u00fc', U'\u00dc', 0, true}, {0x1b, '+', '*', '~', false},
    {0x1e, 'a', 'A', 0, true}, {0x1f, 's', 'S', 0, true}, {0x20, 'd', 'D', 0, true}, {0x21, 'f', 'F', 0, true},
    {0x22, 'g', 'G', 0, true}, {0x23, 'h', 'H', 0, true}, {0x24, 'j', 'J', 0, true}, {0x25, 'k', 'K', 0, true},
    {0x26, 'l', 'L', 0, true}, {0x27, U'\u00f6', U'\u00d6', 0, true}, {0x28, U'\u00e4', U'\u00c4', 0, true},
    {0x29, kDeadCircumflex, U'\u00b0', 0, false}, {0x2b, '#', '\'', 0, false}, {0x2c, 'y', 'Y', 0, true},
    {0x2d, 'x', 'X', 0, true}, {0x2e, 'c', 'C', 0, true}, {0x2f, 'v', 'V', 0, true}, {0x30, 'b', 'B', 0, true},
    {0x31, 'n', 'N', 0, true}, {0x32, 'm', 'M', U'\u00b5', true}, {0x33, ',', ';', 0, false},
    {0x34, '.', ':', 0, false}, {0x35, '-', '_', 0, false}, {0x39, ' ', ' ', 0, false}, {0x56, '<', '>', '|', false},
};

// Caps Lock holds Shift down for all keys, digits and signs, too.
constexpr CharacterKey kFrenchKeys[] = {
    {0x02, '&', '1', 0, true}, {0x03, U'\u00e9', '2', kDeadTilde, true}, {0x04, '"', '3', '#', true},
    {0x05, '\'', '4', '{', true}, {0x06, '(', '5', '[', true}, {0x07, '-', '6', '|', true},
    {0x08, U'\u00e8', '7', kDeadGrave, true}, {0x09, '_', '8', '\\', true}, {0x0a, U'\u00e7', '9', '^', true},
    {0x0b, U'\u00e0', '0', '@', true}, {0x0c, ')', U'\u00b0', ']', true}, {0x0d, '=', '+', '}', true},
    {0x10, 'a', 'A', 0, true}, {0x11, 'z', 'Z', 0, true}, {0x12, 'e', 'E', U'\u20ac', true}, {0x13, 'r', 'R', 0, true},
    {0x14, 't', 'T', 0, true}, {0x15, 'y', 'Y', 0, true}, {0x16, 'u', 'U', 0, true}, {0x17, 'i', 'I', 0, true},
    {0x18, 'o', 'O', 0, true}, {0x19, 'p', 'P', 0, true}, {0x1a, kDeadCircumflex, kDeadDiaeresis, 0, true},
    {0x1b, '$', U'\u00a3', U'\u00a4', true}, {0x1e, 'q', 'Q', 0, true}, {0x1f, 's', 'S', 0, true},
    {0x20, 'd', 'D', 0, true}, {0x21, 'f', 'F', 0, true}, {0x22, 'g', 'G', 0, true}, {0x23, 'h', 'H', 0, true},
    {0x24, 'j', 'J', 0, true}, {0x25, 'k', 'K', 0, true}, {0x26, 'l', 'L', 0, true}, {0x27, 'm', 'M', 0, true},
    {0x28, U'\u00f9', '%', 0, true}, {0x29, U'\u00b2', 0, 0, false}, {0x2b, '*', U'\u00b5', 0, true},
    {0x2c, 'w', 'W', 0, true}, {0x2d, 'x', 'X', 0, true}, {0x2e, 'c', 'C', 0, true}, {0x2f, 'v', 'V', 0, true},
    {0x30, 'b', 'B', 0, true}, {0x31, 'n', 'N', 0, true}, {0x32, ',', '?', 0, true}, {0x33, ';', '.', 0, true},
    {0x34, ':', '/', 0, true}, {0x35, '!', U'\u00a7', 0, true}, {0x39, ' ', ' ', 0, true}, {0x56, '<', '>', 0, true},
};

constexpr CharacterKey kSpanishKeys[] = {
    {0x02, '1', '!', '|', false}, {0x03, '2', '"', '@', false}, {0x04, '3', U'\u00b7', '#', false},
    {0x05, '4', '$', kDeadTilde, false}, {0x06, '5', '%', U'\u20ac', false}, {0x07, '6', '&', U'\u00ac', false},
    {0x08, '7', '/', 0, false}, {0x09, '8', '(', 0, false}, {0x0a, '9', ')', 0, false}, {0x0b, '0', '=', 0, false},
    {0x0c, '\'', '?', 0, false}, {0x0d, U'\u00a1', U'\u00bf', 0, false}, {0x10, 'q', 'Q', 0, true},
    {0x11, 'w', 'W', 0, true}, {0x12, 'e', 'E', U'\u20ac', true}, {0x13, 'r', 'R', 0, true}, {0x14, 't', 'T', 0, true},
    {0x15, 'y', 'Y', 0, true}, {0x16, 'u', 'U', 0, true}, {0x17, 'i', 'I', 0, true}, {0x18, 'o', 'O', 0, true},
    {0x19, 'p', 'P', 0, true}, {0x1a, kDeadGrave, kDeadCircumflex, '[', false}, {0x1b, '+', '*', ']', false},
    {0x1e, 'a', 'A', 0, true}, {0x1f, 's', 'S', 0, true}, {0x20, 'd', 'D', 0, true}, {0x21, 'f', 'F', 0, true},
    {0x22, 'g', 'G', 0, true}, {0x23, 'h', 'H', 0, true}, {0x24, 'j', 'J', 0, true}, {0x25, 'k', 'K', 0, true},
    {0x26, 'l', 'L', 0, true}, {0x27, U'\u00f1', U'\u00d1', 0, true}, {0x28, kDeadAcute, kDeadDiaeresis, '{', false},
    {0x29, U'\u00ba', U'\u00aa', '\\', false}, {0x2b, U'\u00e7', U'\u00c7', '}', true}, {0x2c, 'z', 'Z', 0, true},
    {0x2d, 'x', 'X', 0, true}, {0x2e, 'c', 'C', 0, true}, {0x2f, 'v', 'V', 0, true}, {0x30, 'b', 'B', 0, true},
    {0x31, 'n', 'N', 0, true}, {0x32, 'm', 'M', 0, true}, {0x33, ',', ';', 0, false}, {0x34, '.', ':', 0, false},
    {0x35, '-', '_', 0, false}, {0x39, ' ', ' ', 0, false}, {0x56, '<', '>', 0, false},
};

constexpr KeyboardLayout kUs{kUsKeys, false}, kGerman{kGermanKeys, true}, kFrench{kFrenchKeys, true}, kSpanish{kSpanishKeys, true};

}  // namespace

const KeyboardLayout& keyboard_layout(std::uint32_t windows_id) {
  switch (windows_id) {
    case 0x407:            // Germany
    case 0xc07: return kGerman;  // Austria
    case 0x40c: return kFrench;  // France
    case 0x40a:            // Spain, traditional sorting
    case 0xc0a: return kSpanish;
    default: return kUs;
  }
}

}  // namespace frostgate::relay
