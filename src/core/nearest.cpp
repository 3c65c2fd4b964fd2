#include "specfuse/core/nearest.h"

#include <algorithm>
#include <cctype>
#include <numeric>
#include <utility>

namespace specfuse {
namespace {

/// Edits (insert, remove or replace one character, swap two neighbours) that turn one text into the other: Damerau
/// 1964, with no part edited twice.
std::size_t edit_distance(const std::string& from, const std::string& to) {
  std::vector<std::size_t> before, last, row(to.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < from.size(); ++i) {
    before = std::exchange(last, row);
    row[0] = i + 1;
    for (std::size_t j = 0; j < to.size(); ++j) {
      row[j + 1] = std::min({row[j] + 1, last[j + 1] + 1, last[j] + (from[i] == to[j] ? 0 : 1)});
      const bool swapped = i > 0 && j > 0 && from[i] == to[j - 1] && from[i - 1] == to[j];
      if (swapped) row[j + 1] = std::min(row[j + 1], before[j - 1] + 1);
    }
  }
  return row.back();
}

/// Lower case, and without what separates words.
std::string plain(const std::string& text) {
  std::string result;
  for (const char character : text) {
    if (character == '_' || character == '-' || character == ' ') continue;
    result += static_cast<char>(std::tolower(static_cast<unsigned char>(character)));
  }
  return result;
}

}  // namespace

std::string nearest(const std::string& text, const std::vector<std::string>& known) {
  const std::string wanted = plain(text);
  std::string best;
  std::size_t least = 2 + text.size() / 4;  // one more than is allowed
  for (const std::string& one : known) {
    const std::size_t distance = edit_distance(wanted, plain(one));
    if (distance >= least) continue;
    least = distance;
    best = one;
  }
  return best;
}

std::string did_you_mean(const std::string& text, const std::vector<std::string>& known) {
  const std::string meant = nearest(text, known);
  return meant.empty() ? std::string() : " (did you mean " + meant + "?)";
}

}  // namespace specfuse
