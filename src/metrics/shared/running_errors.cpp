#include "metrics/shared/running_errors.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <numeric>

#include "specfuse/core/threads.h"

namespace specfuse {
namespace {

/// Sizes are counted by the leading bits of the float: its exponent and 7 bits of its fraction, and 2 of them in the
/// histogram.
constexpr int kFineBits = 16, kBinBits = 21;
constexpr std::size_t kFineBins = std::size_t{1} << (31 - kFineBits);
/// Parts of the image that are counted side by side.
constexpr Index kParts = 16;

using Counts = RunningErrors::Counts;

/// The least size in a bin.
double start_of(std::size_t bin) { return double{std::bit_cast<float>(static_cast<std::uint32_t>(bin << kFineBits))}; }

void count_sizes(const Cube& reference, const Cube& fused, Index pixel, Counts& counts) {
  const Index bands = reference.bands();
  for (Index i = pixel * bands; i < (pixel + 1) * bands; ++i) {
    const float size = std::abs(fused.values[i] - reference.values[i]);
    ++counts.bins[std::bit_cast<std::uint32_t>(size) >> kFineBits];
    counts.largest = std::max(counts.largest, size);
  }
}

Counts sum_of(const std::vector<Counts>& parts) {
  Counts all = parts.front();
  for (auto part = parts.begin() + 1; part != parts.end(); ++part) {
    for (std::size_t i = 0; i < kFineBins; ++i) all.bins[i] += part->bins[i];
    all.largest = std::max(all.largest, part->largest);
  }
  return all;
}

void find_sizes(const Counts& counts, std::uint64_t all, ErrorStatistics& result) {
  std::uint64_t below = 0;
  std::size_t bin = 0;
  for (std::size_t k = 0; k + 1 < kErrorShares.size(); ++k) {
    const auto wanted = static_cast<std::uint64_t>(std::ceil(kErrorShares[k] / 100 * static_cast<double>(all)));
    while (below + counts.bins[bin] < wanted) below += counts.bins[bin++];
    const double middle = (start_of(bin) + start_of(bin + 1)) / 2;
    result.size[k] = bin == 0 ? 0 : std::min(middle, double{counts.largest});
  }
  result.size.back() = double{counts.largest};
}

void find_histogram(const Counts& counts, std::uint64_t all, ErrorStatistics& result) {
  constexpr std::size_t kFine = std::size_t{1} << (kBinBits - kFineBits);
  const std::size_t last = std::bit_cast<std::uint32_t>(counts.largest) >> kFineBits;
  for (std::size_t begin = kFine; begin <= last; begin += kFine) {
    std::uint64_t inside = 0;
    for (std::size_t i = begin; i < begin + kFine; ++i) inside += counts.bins[i];
    if (inside == 0 && result.bin.empty()) continue;
    const double low = start_of(begin), high = start_of(begin + kFine);
    result.bin.push_back(std::sqrt(low * high));
    result.density.push_back(100.0 * static_cast<double>(inside) / static_cast<double>(all) / std::log10(high / low));
  }
}

/// The root mean square of a spectrum.
float brightness(const float* x, Index bands) {
  double squares = 0;
  for (Index b = 0; b < bands; ++b) squares += double{x[b]} * double{x[b]};
  return static_cast<float>(std::sqrt(squares / static_cast<double>(bands)));
}

}  // namespace

RunningErrors::RunningErrors(Index rows, Index cols)
    : counts_(kParts, {std::vector<std::uint64_t>(kFineBins)}), angles_(rows, cols, 1) {}

void RunningErrors::add(const Cube& reference, const Cube& fused, Index row, Index col) {
  const Index pixels = reference.pixels(), bands = reference.bands();
  const auto seen = [&](Index pixel) { return reference.is_valid(pixel) && fused.is_valid(pixel); };
  parallel_for(kParts, [&](Index part) {
    Counts& own = counts_[static_cast<std::size_t>(part)];
    for (Index i = pixels * part / kParts; i < pixels * (part + 1) / kParts; ++i) {
      if (seen(i)) count_sizes(reference, fused, i, own);
    }
  });
  const std::vector<GroupedCurve::Place> places = angles_.taken_of({row, col, reference.rows(), reference.cols()});
  std::vector<GroupedCurve::Point> points(places.size());
  parallel_ranges(std::ssize(places), 256, [&](Index begin, Index end) {
    for (auto i = static_cast<std::size_t>(begin); i < static_cast<std::size_t>(end); ++i) {
      const Index pixel = places[i].in_part;
      const float* const x = reference.values.data() + pixel * bands;
      const double angle = seen(pixel) ? angle_deg(x, fused.values.data() + pixel * bands, bands) : std::nan("");
      points[i] = {places[i].in_image, brightness(x, bands), static_cast<float>(angle)};
    }
  });
  std::erase_if(points, [](const GroupedCurve::Point& point) { return std::isnan(point.y); });
  angles_.add(points);
}

ErrorStatistics RunningErrors::statistics(const std::vector<BandStatistics>& bands) {
  const Counts counts = sum_of(counts_);
  const std::uint64_t all = std::accumulate(counts.bins.begin(), counts.bins.end(), std::uint64_t{0});
  ErrorStatistics result;
  find_sizes(counts, all, result);
  find_histogram(counts, all, result);
  for (const BandStatistics& band : bands) result.band_rmse.push_back(std::sqrt(band.squared_error));
  const GroupedCurve::Groups angles = angles_.groups(0.5);
  result.brightness = angles.x;
  result.angle_deg = angles.y;
  return result;
}

}  // namespace specfuse
