#include "report/band_series.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "specfuse/core/error.h"

namespace specfuse {

Series band_series(const std::vector<double>& wavelength_nm, const std::vector<double>& values) {
  Series series;
  if (wavelength_nm.size() != values.size()) {
    for (std::size_t band = 0; band < values.size(); ++band) series.x.push_back(static_cast<double>(band + 1));
    series.y = values;
    return series;
  }
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return wavelength_nm[a] < wavelength_nm[b]; });
  const double usual = (wavelength_nm[order.back()] - wavelength_nm[order.front()]) / static_cast<double>(order.size());
  for (const std::size_t band : order) {
    if (!series.x.empty() && wavelength_nm[band] - series.x.back() > 4 * usual) {
      series.x.push_back(series.x.back());
      series.y.push_back(std::numeric_limits<double>::quiet_NaN());
    }
    series.x.push_back(wavelength_nm[band]);
    series.y.push_back(values[band]);
  }
  return series;
}

std::string band_axis(const std::vector<double>& wavelength_nm) {
  return wavelength_nm.empty() ? "band" : "wavelength [nm]";
}

std::vector<Series> response_series(const Tensor& srf, const std::vector<double>& wavelength_nm,
                                    const std::vector<std::string>& names) {
  std::vector<Series> all;
  const Index bands = srf.dim(1);
  for (Index row = 0; row < srf.dim(0); ++row) {
    std::vector<double> weights;
    for (Index band = 0; band < bands; ++band) {
      // Where a band does not respond there is no line, except at the foot of its own slopes.
      const auto responds = [&](Index at) { return at >= 0 && at < bands && srf[row * bands + at] > 0; };
      const bool near = responds(band - 1) || responds(band) || responds(band + 1);
      weights.push_back(near ? srf[row * bands + band] : std::nan(""));
    }
    Series series = band_series(wavelength_nm, weights);
    const auto place = static_cast<std::size_t>(row);
    series.name = place < names.size() ? names[place] : concat("MSI band ", row + 1);
    series.colour = static_cast<int>(row);
    all.push_back(series);
  }
  return all;
}

}  // namespace specfuse
