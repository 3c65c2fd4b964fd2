#include "specfuse/report/text_format.h"

#include <cmath>
#include <cstdint>
#include <cstdio>

namespace specfuse {

namespace {

/// The text with each character replaced by `replacement(character)`, where that is not null.
template <class Replacement>
std::string replace(const std::string& text, Replacement replacement) {
  std::string result;
  for (const char character : text) {
    if (const char* instead = replacement(character)) {
      result += instead;
    } else {
      result += character;
    }
  }
  return result;
}

template <class... Arguments>
std::string print(const char* format, Arguments... arguments) {
  char text[400];
  std::snprintf(text, sizeof text, format, arguments...);
  return text;
}

}  // namespace

std::string escape_html(const std::string& text) {
  return replace(text, [](char character) -> const char* {
    switch (character) {
      case '&':
        return "&amp;";
      case '<':
        return "&lt;";
      case '>':
        return "&gt;";
      case '"':
        return "&quot;";
      case '\'':
        return "&#39;";
      default:
        return nullptr;
    }
  });
}

std::string escape_markdown(const std::string& text) {
  return replace(text, [](char character) -> const char* {
    switch (character) {
      case '\\':
        return "\\\\";
      case '|':
        return "\\|";
      case '*':
        return "\\*";
      case '`':
        return "\\`";
      case '<':
        return "\\<";
      case '[':
        return "\\[";
      case '\n':
        return " ";
      default:
        return nullptr;
    }
  });
}

std::string escape_csv(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string quoted = "\"";
  quoted += replace(text, [](char character) -> const char* { return character == '"' ? "\"\"" : nullptr; });
  return quoted + '"';
}

std::string base64(const std::string& bytes) {
  const char* const digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    std::uint32_t group = 0;
    for (std::size_t k = 0; k < 3; ++k) {
      group = group << 8 | (i + k < bytes.size() ? static_cast<unsigned char>(bytes[i + k]) : 0u);
    }
    for (std::size_t k = 0; k < 4; ++k) {
      text += i + k <= bytes.size() ? digits[group >> (18 - 6 * k) & 63u] : '=';
    }
  }
  return text;
}

std::string number_text(double value, int decimals) { return print("%.*f", decimals, value); }

std::string scientific_text(double value) { return print("%.1e", value); }

std::string number_text(double value) {
  const double size = std::abs(value);
  return size >= 1e4 && size < 1e7 ? number_text(value, 0) : print("%.4g", value);
}

}  // namespace specfuse
