#pragma once

#include <string>

namespace specfuse {

/// The bytes that a text in base 64 stands for.
inline std::string decode_base64(const std::string& text) {
  const std::string digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string bytes;
  unsigned bits = 0, pending = 0;
  for (const char character : text) {
    const std::size_t digit = digits.find(character);
    if (digit == std::string::npos) break;
    pending = pending << 6 | static_cast<unsigned>(digit);
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    bytes += static_cast<char>(pending >> bits & 0xff);
  }
  return bytes;
}

}  // namespace specfuse
