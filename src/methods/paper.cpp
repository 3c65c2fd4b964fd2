#include "specfuse/methods/paper.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "specfuse/core/error.h"

namespace specfuse {
namespace {

/// Without braces and accents: "Sim{\~o}es" is "Simoes".
std::string plain_text(const std::string& bibtex) {
  std::string text;
  for (std::size_t i = 0; i < bibtex.size(); ++i) {
    if (bibtex[i] == '\\')
      ++i;
    else if (bibtex[i] != '{' && bibtex[i] != '}')
      text += bibtex[i];
  }
  return text;
}

std::vector<std::string> surnames(const std::string& author) {
  static const std::string kBetween = " and ";
  std::vector<std::string> names;
  for (std::size_t begin = 0; begin < author.size();) {
    const std::size_t end = std::min(author.find(kBetween, begin), author.size());
    const std::string one = author.substr(begin, end - begin);
    names.push_back(plain_text(one.substr(0, one.find(','))));
    begin = end + kBetween.size();
  }
  return names;
}

/// The letters at the beginning, as small ones.
std::string first_word(const std::string& text) {
  std::string word;
  for (const char c : text) {
    const char small = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    if (small < 'a' || small > 'z') break;
    word += small;
  }
  return word;
}

}  // namespace

std::string Paper::name() const {
  constexpr std::size_t kNamed = 4;
  const std::vector<std::string> names = surnames(author);
  std::string text = names.at(0);
  for (std::size_t i = 1; i < names.size() && names.size() <= kNamed; ++i)
    text += (i + 1 < names.size() ? ", " : " and ") + names[i];
  return concat(text, names.size() > kNamed ? " et al. " : " ", year);
}

std::string Paper::key() const {
  return concat(first_word(surnames(author).at(0)), year, first_word(plain_text(title)));
}

std::string Paper::bibtex() const {
  std::string text = concat(journal.empty() ? "@inproceedings{" : "@article{", key(), ",\n");
  const std::pair<const char*, std::string> fields[] = {
      {"author", author},       {"title", title},       {"journal", journal},
      {"booktitle", booktitle}, {"year", concat(year)}, {"volume", volume},
      {"number", number},       {"pages", pages},       {"doi", doi}};
  for (const auto& [field, value] : fields) {
    if (!value.empty()) text += concat("  ", field, " = {", value, "},\n");
  }
  return text + "}\n";
}

}  // namespace specfuse
