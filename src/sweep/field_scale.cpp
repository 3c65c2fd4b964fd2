#include "sweep/field_scale.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "specfuse/config/json_fields.h"
#include "specfuse/report/text_format.h"

namespace specfuse {
namespace {

bool is_number(const std::string& value) { return json_of(value).is_number(); }

double number_of(const std::string& value) { return json_of(value).get<double>(); }

/// Of the mark on an axis, in bytes.
constexpr std::size_t kLongestMark = 22;

/// How many times as large as the smallest the largest step between neighbours is.
double unevenness(const std::vector<double>& places) {
  double least = INFINITY, most = 0;
  for (std::size_t i = 1; i < places.size(); ++i) {
    least = std::min(least, places[i] - places[i - 1]);
    most = std::max(most, places[i] - places[i - 1]);
  }
  return most / least;
}

/// Whether sorted numbers are better told apart on an axis of powers.
bool spread_as_powers(const std::vector<double>& numbers) {
  constexpr double kLeast = 3, kWide = 20;
  const double low = numbers.front(), high = numbers.back();
  if (!(low > 0) || high < kLeast * low) return false;
  if (numbers.size() < 3) return high >= kWide * low;
  std::vector<double> powers;
  for (const double number : numbers) powers.push_back(std::log(number));
  return unevenness(powers) < unevenness(numbers);
}

}  // namespace

FieldScale::FieldScale(const std::vector<const SweepRun*>& runs, std::size_t field, const FieldLabel& label)
    : label_(label) {
  for (const SweepRun* const run : runs) {
    const std::string& value = run->values[field];
    if (!value.empty() && std::find(values_.begin(), values_.end(), value) == values_.end()) values_.push_back(value);
  }
  numeric_ = std::all_of(values_.begin(), values_.end(), is_number);
  std::stable_sort(values_.begin(), values_.end(), [](const std::string& a, const std::string& b) {
    if (is_number(a) && is_number(b)) return number_of(a) < number_of(b);
    return is_number(a) && !is_number(b);
  });
}

bool FieldScale::is_ordered() const {
  return std::ranges::all_of(values_, [](const std::string& value) { return is_number(value) || value == "null"; });
}

double FieldScale::position(const std::string& value) const {
  if (numeric_) return number_of(value);
  return static_cast<double>(std::find(values_.begin(), values_.end(), value) - values_.begin());
}

void FieldScale::set_axis(Chart& chart) const {
  chart.x_label = label_.axis();
  if (numeric_) return set_number_axis(chart);
  for (const std::string& value : values_) {
    chart.x_ticks.emplace_back(position(value), shortened(label_.value(value), kLongestMark));
  }
}

/// Marks at the values themselves, where there is room to tell them apart.
void FieldScale::set_number_axis(Chart& chart) const {
  constexpr double kNear = 0.06;
  std::vector<double> numbers;
  for (const std::string& value : values_) numbers.push_back(number_of(value));
  chart.x_logarithmic = spread_as_powers(numbers);
  const auto place = [&](double x) { return chart.x_logarithmic ? std::log(x) : x; };
  const double whole = place(numbers.back()) - place(numbers.front());
  const auto near = [&](double a, double b) { return place(b) - place(a) < kNear * whole; };
  if (std::adjacent_find(numbers.begin(), numbers.end(), near) != numbers.end()) return;
  for (const double number : numbers) chart.x_ticks.emplace_back(number, number_text(number));
}

}  // namespace specfuse
