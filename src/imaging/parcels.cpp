#include <algorithm>
#include <cmath>

#include "imaging/landscape.h"
#include "specfuse/core/rng.h"

namespace specfuse {
namespace {

/// Strips are indexed beside this one, which the plots within strips never reach.
constexpr std::int64_t kStrips = 1 << 20;

/// Where the numbers of a place begin in the stream: sixteen for each.
std::uint64_t position_of(std::int64_t strip, std::int64_t index) {
  constexpr std::int64_t kOrigin = 1 << 21;
  return 16 * ((static_cast<std::uint64_t>(strip + kOrigin) << 22) + static_cast<std::uint64_t>(index + kOrigin));
}

}  // namespace

Parcels::Parcels(const Shape& shape, std::uint64_t seed, const std::string& name)
    : shape_(shape), seed_(seed), stream_(stream_of(name)) {}

/// The lower border of plot `index` of a strip in units of its mean size.
double Parcels::edge(std::int64_t strip, std::int64_t index) const {
  Rng rng(seed_, stream_);
  rng.seek(position_of(strip, index));
  return static_cast<double>(index) + double{rng.uniform(-0.35f, 0.35f)};
}

Parcels::Plot Parcels::at(double row, double col) const {
  const double x = (col * std::cos(shape_.angle) + row * std::sin(shape_.angle)) / shape_.width;
  const double y = (row * std::cos(shape_.angle) - col * std::sin(shape_.angle)) / shape_.length;
  double border = 1e9;
  const auto locate = [&](std::int64_t strip, double position, double size) {
    auto index = static_cast<std::int64_t>(std::floor(position));
    double low = edge(strip, index), high = edge(strip, index + 1);
    if (position < low) {
      high = low;
      low = edge(strip, --index);
    } else if (position >= high) {
      low = high;
      high = edge(strip, ++index + 1);
    }
    border = std::min({border, (position - low) * size, (high - position) * size});
    return index;
  };
  const std::int64_t strip = locate(kStrips, x, shape_.width);
  const std::int64_t plot = locate(strip, y, shape_.length);
  Plot result{border, {}};
  Rng rng(seed_, stream_ + 1);
  rng.seek(position_of(strip, plot));
  for (float& lot : result.lots) lot = rng.uniform();
  return result;
}

}  // namespace specfuse
