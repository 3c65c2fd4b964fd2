#include "compose/decisions.h"

#include <algorithm>
#include <array>
#include <sstream>

namespace specfuse {
namespace {

constexpr std::array<std::size_t, 3> kWidths{12, 40, 62};

/// Broken between words; one that is longer than a line has one to itself.
std::vector<std::string> lines_of(const std::string& text, std::size_t width) {
  std::vector<std::string> lines(1);
  std::istringstream words(text);
  for (std::string word; words >> word;) {
    if (!lines.back().empty() && lines.back().size() + 1 + word.size() > width) lines.emplace_back();
    lines.back() += (lines.back().empty() ? "" : " ") + word;
  }
  return lines;
}

}  // namespace

std::string decision_table(const std::vector<Decision>& decisions) {
  std::string table;
  for (const Decision& decision : decisions) {
    const std::array<std::vector<std::string>, 3> columns{lines_of(decision.what, kWidths[0]),
                                                          lines_of(decision.decided, kWidths[1]),
                                                          lines_of(decision.why, kWidths[2])};
    const std::size_t lines = std::max(columns[1].size(), columns[2].size());
    for (std::size_t i = 0; i < lines; ++i) {
      std::string line;
      std::size_t end = 0;
      for (std::size_t c = 0; c < columns.size(); ++c) {
        line.resize(std::max(end, line.size() + (c > 0 ? 2 : 0)), ' ');
        line += i < columns[c].size() ? columns[c][i] : "";
        end += kWidths[c] + 2;
      }
      line.erase(line.find_last_not_of(' ') + 1);
      table += line + "\n";
    }
  }
  return table;
}

}  // namespace specfuse
