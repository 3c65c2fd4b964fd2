#include <algorithm>
#include <cmath>

#include "specfuse/report/line_chart.h"
#include "specfuse/report/text_format.h"

namespace specfuse {

std::vector<double> round_ticks(double low, double high, int count) {
  if (!(low < high) || count < 1) return {};
  const double raw = (high - low) / count, power = std::pow(10.0, std::floor(std::log10(raw)));
  double step = 10 * power;
  for (const double round : {5.0, 2.0, 1.0}) {
    if (round * power >= raw * (1 - 1e-9)) step = round * power;
  }
  std::vector<double> ticks;
  // Multiples, not sums, so that errors do not add up; + 0.0 makes a plain zero of -0.
  for (double i = std::ceil(low / step - 1e-9); i * step <= high + 1e-9 * step; ++i) ticks.push_back(i * step + 0.0);
  return ticks;
}

std::vector<double> decade_ticks(double low, double high) {
  if (!(low > 0 && low < high)) return {};
  constexpr int kMost = 8;
  const int first = static_cast<int>(std::floor(std::log10(low))), last = static_cast<int>(std::ceil(std::log10(high)));
  const int step = std::max(1, (last - first + kMost - 1) / kMost);
  std::vector<double> ticks;
  for (int decade = first; decade <= last; decade += step) {
    for (const double digit : {1.0, 2.0, 5.0}) {
      const double tick = digit * std::pow(10.0, decade);
      if (tick >= low && tick <= high && (digit == 1.0 || last - first <= 2)) ticks.push_back(tick);
    }
  }
  return ticks;
}

std::vector<std::string> tick_texts(const std::vector<double>& ticks) {
  std::vector<std::string> texts;
  for (const double tick : ticks) texts.push_back(number_text(tick));
  if (std::adjacent_find(texts.begin(), texts.end()) == texts.end()) return texts;
  const int decimals = std::max(0, static_cast<int>(std::ceil(-std::log10(ticks[1] - ticks[0]) - 1e-9)));
  for (std::size_t i = 0; i < ticks.size(); ++i) texts[i] = number_text(ticks[i], decimals);
  return texts;
}

}  // namespace specfuse
