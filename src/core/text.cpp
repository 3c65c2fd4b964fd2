#include "specfuse/core/text.h"

#include <cctype>
#include <charconv>
#include <cstdlib>

namespace specfuse {
namespace {

/// Writes a number, and returns how many characters that takes.
template <std::size_t size, class... Arguments>
std::size_t write_number(char (&to)[size], Arguments... arguments) {
  return static_cast<std::size_t>(std::to_chars(to, to + size, arguments...).ptr - to);
}

}  // namespace

TextPart::TextPart(double number) : size_(write_number(own_, number, std::chars_format::general, 6)) {}
void TextPart::write(long long number) { size_ = write_number(own_, number); }
void TextPart::write(unsigned long long number) { size_ = write_number(own_, number); }

std::string concat_parts(std::initializer_list<TextPart> parts) {
  std::size_t size = 0;
  for (const TextPart& part : parts) size += part.text().size();
  std::string text;
  text.reserve(size);
  for (const TextPart& part : parts) text += part.text();
  return text;
}

std::string exact_number_text(double number) {
  char text[32];
  return {text, write_number(text, number)};
}

std::string lower_case(std::string text) {
  for (char& letter : text) letter = static_cast<char>(std::tolower(static_cast<unsigned char>(letter)));
  return text;
}

std::string shortened(const std::string& text, std::size_t longest) {
  if (text.size() <= longest) return text;
  std::size_t end = text.rfind(' ', longest);
  if (end == text.npos || 2 * end < longest) end = longest;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;  // not inside of a character
  return text.substr(0, end) + " …";
}

std::optional<double> parsed_number(const std::string& text) {
  char* end = nullptr;
  const double number = std::strtod(text.c_str(), &end);
  const bool is_all = text.find_first_not_of(" \t\r\n", static_cast<std::size_t>(end - text.c_str())) == text.npos;
  if (end == text.c_str() || !is_all) return {};
  return number;
}

}  // namespace specfuse
