#include "compose/decisions.h"

#include <algorithm>
#include <array>

#include "specfuse/core/terminal.h"

namespace specfuse {
namespace {

/// Of the three columns; between two are two blanks.
std::array<std::size_t, 3> widths_of(std::size_t columns) {
  constexpr std::size_t kWhat = 12, kLeast = 20;
  const std::size_t left = std::max(columns, kWhat + 2 * kLeast + 4) - kWhat - 4;
  return {kWhat, left * 2 / 5, left - left * 2 / 5};
}

}  // namespace

std::string decision_table(const std::vector<Decision>& decisions, std::size_t width) {
  const std::array<std::size_t, 3> widths = widths_of(width);
  std::string table;
  for (const Decision& decision : decisions) {
    const std::array<std::vector<std::string>, 3> columns{
        wrapped(decision.what, widths[0]), wrapped(decision.decided, widths[1]), wrapped(decision.why, widths[2])};
    const std::size_t lines = std::max(columns[1].size(), columns[2].size());
    for (std::size_t i = 0; i < lines; ++i) {
      std::string line;
      std::size_t end = 0;
      for (std::size_t c = 0; c < columns.size(); ++c) {
        line.resize(std::max(end, line.size() + (c > 0 ? 2 : 0)), ' ');
        line += i < columns[c].size() ? columns[c][i] : "";
        end += widths[c] + 2;
      }
      line.erase(line.find_last_not_of(' ') + 1);
      table += line + "\n";
    }
  }
  return table;
}

}  // namespace specfuse
