#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <regex>
#include <set>
#include <string>
#include <vector>

#include "report/marker.h"

using namespace specfuse;

namespace {

/// The coordinates in the markup of a shape; a circle's radius counts as one to its right.
std::vector<double> coordinates(std::string svg) {
  const std::size_t width = svg.find(" stroke-width");
  if (width != std::string::npos) svg.resize(width);
  const std::regex number("-?[0-9]+(\\.[0-9]+)?");
  std::vector<double> numbers;
  for (std::sregex_iterator at(svg.begin(), svg.end(), number), end; at != end; ++at)
    numbers.push_back(std::stod(at->str()));
  if (numbers.size() == 3) numbers = {numbers[0] + numbers[2], numbers[1], numbers[0] - numbers[2], numbers[1]};
  return numbers;
}

}  // namespace

TEST_CASE("marker: shapes around a point that look equally large, each another one") {
  std::set<std::string> seen;
  for (int place = 0; place < kMarkers; ++place) {
    const std::string svg = marker_svg(place, 100, 200);
    seen.insert(svg);
    CHECK(svg == marker_svg(place + kMarkers, 100, 200));
    const std::vector<double> at = coordinates(svg);
    REQUIRE(at.size() % 2 == 0);
    REQUIRE(at.size() >= 4);
    double farthest = 0, down = 0, right = 0;
    for (std::size_t i = 0; i < at.size(); i += 2) {
      farthest = std::max(farthest, std::hypot(at[i] - 100, at[i + 1] - 200));
      right += (at[i] - 100) * 2 / static_cast<double>(at.size());
      down += (at[i + 1] - 200) * 2 / static_cast<double>(at.size());
    }
    CHECK(farthest >= 3.15);
    CHECK(farthest <= 1.5 * 3.2);
    CHECK(std::abs(right) < 0.1);
    CHECK(std::abs(down) < 0.5);
  }
  CHECK(seen.size() == kMarkers);
  CHECK(marker_svg(-1, 1, 2) == marker_svg(0, 1, 2));
}
