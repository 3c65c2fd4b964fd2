#include "specfuse/core/utf8.h"

#include <cstddef>

namespace specfuse {
namespace {

/// Bytes of the character that begins with `lead`, 0 where none does; `least` is the least second byte, `most` the
/// most.
std::size_t length_of(unsigned char lead, unsigned char& least, unsigned char& most) {
  least = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;  // none is longer than it has to be
  most = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;   // no surrogates, nothing beyond U+10FFFF
  if (lead < 0x80) return 1;
  if (lead < 0xC2 || lead > 0xF4) return 0;
  return lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
}

bool is_utf8(const std::string& text) {
  for (std::size_t at = 0; at < text.size();) {
    unsigned char least = 0, most = 0;
    const std::size_t length = length_of(static_cast<unsigned char>(text[at]), least, most);
    if (length == 0 || at + length > text.size()) return false;
    for (std::size_t i = 1; i < length; ++i, least = 0x80, most = 0xBF) {
      const auto byte = static_cast<unsigned char>(text[at + i]);
      if (byte < least || byte > most) return false;
    }
    at += length;
  }
  return true;
}

}  // namespace

std::string as_utf8(const std::string& text) {
  if (is_utf8(text)) return text;
  std::string result;
  for (const char one : text) {
    const auto byte = static_cast<unsigned char>(one);
    if (byte < 0x80) {
      result += one;
    } else {
      result += static_cast<char>(0xC0 | byte >> 6);
      result += static_cast<char>(0x80 | (byte & 0x3F));
    }
  }
  return result;
}

}  // namespace specfuse
