#pragma once

#include <concepts>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

namespace specfuse {

/// What `concat` takes: a text, which is not copied, or a number as a stream writes it, with six significant digits.
class TextPart {
 public:
  TextPart(std::string_view text) : begin_(text.data()), size_(text.size()) {}
  TextPart(const std::string& text) : TextPart(std::string_view(text)) {}
  TextPart(const char* text) : TextPart(std::string_view(text)) {}
  TextPart(char character) : size_(1) { own_[0] = character; }
  TextPart(double number);
  template <std::integral T>
  TextPart(T number) {
    if constexpr (std::signed_integral<T>) {
      write(static_cast<long long>(number));
    } else {
      write(static_cast<unsigned long long>(number));
    }
  }

  std::string_view text() const { return {begin_ ? begin_ : own_, size_}; }

 private:
  void write(long long number);
  void write(unsigned long long number);

  const char* begin_ = nullptr;
  std::size_t size_;
  char own_[24];
};

/// The parts one after the other.
std::string concat_parts(std::initializer_list<TextPart> parts);

template <class... Parts>
std::string concat(const Parts&... parts) {
  return concat_parts({TextPart(parts)...});
}

/// What `text_of` gives for each item, such as "a, b, c".
template <class Items, class TextOf>
std::string joined(const Items& items, const TextOf& text_of) {
  std::string all;
  for (const auto& item : items) all += concat(all.empty() ? "" : ", ", text_of(item));
  return all;
}

/// The items themselves likewise.
template <class Items>
std::string joined(const Items& items) {
  return joined(items, [](const auto& item) { return item; });
}

/// A number with the fewest digits that are read back as the same.
std::string exact_number_text(double number);

/// A text with A to Z made small.
std::string lower_case(std::string text);

/// Cut where it is longer than so many bytes, after a word unless that leaves too little, with "…" in place of the
/// rest.
std::string shortened(const std::string& text, std::size_t longest);

/// The number that a text consists of, blanks around it aside; none where it is no number.
std::optional<double> parsed_number(const std::string& text);

}  // namespace specfuse
