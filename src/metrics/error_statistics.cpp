#include "specfuse/metrics/error_statistics.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>

#include "metrics/shared/comparison.h"
#include "specfuse/core/threads.h"

namespace specfuse {
namespace {

/// Sizes are counted by the leading bits of the float: its exponent and 7 bits of its fraction, and 2 of them in the
/// histogram.
constexpr int kFineBits = 16, kBinBits = 21;
constexpr std::size_t kFineBins = std::size_t{1} << (31 - kFineBits);
/// Parts of the image that are counted side by side.
constexpr Index kParts = 16;
constexpr Index kGroups = 20;

/// The least size in a bin.
double start_of(std::size_t bin) { return double{std::bit_cast<float>(static_cast<std::uint32_t>(bin << kFineBits))}; }

struct Counts {
  std::vector<std::uint64_t> bins = std::vector<std::uint64_t>(kFineBins);
  float largest = 0;
};

Counts count_sizes(const Cube& reference, const Cube& fused) {
  const Index count = reference.values.size();
  std::vector<Counts> parts(kParts);
  parallel_for(kParts, [&](Index part) {
    Counts& own = parts[static_cast<std::size_t>(part)];
    for (Index i = count * part / kParts; i < count * (part + 1) / kParts; ++i) {
      const float size = std::abs(fused.values[i] - reference.values[i]);
      ++own.bins[std::bit_cast<std::uint32_t>(size) >> kFineBits];
      own.largest = std::max(own.largest, size);
    }
  });
  Counts all;
  for (const Counts& part : parts) {
    for (std::size_t i = 0; i < kFineBins; ++i) all.bins[i] += part.bins[i];
    all.largest = std::max(all.largest, part.largest);
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

void find_angles(const Cube& reference, const Cube& fused, ErrorStatistics& result) {
  struct Pixel {
    double brightness, angle;
  };
  std::vector<Pixel> pixels(static_cast<std::size_t>(reference.pixels()));
  const Index bands = reference.bands();
  parallel_ranges(reference.pixels(), 256, [&](Index begin, Index end) {
    for (Index i = begin; i < end; ++i) {
      const float* const x = reference.values.data() + i * bands;
      double squares = 0;
      for (Index b = 0; b < bands; ++b) squares += double{x[b]} * double{x[b]};
      pixels[static_cast<std::size_t>(i)] = {std::sqrt(squares / static_cast<double>(bands)),
                                             angle_deg(x, fused.values.data() + i * bands, bands)};
    }
  });
  std::erase_if(pixels, [](const Pixel& pixel) { return std::isnan(pixel.angle); });
  std::stable_sort(pixels.begin(), pixels.end(),
                   [](const Pixel& a, const Pixel& b) { return a.brightness < b.brightness; });
  const auto count = static_cast<Index>(pixels.size()), groups = std::min(kGroups, count);
  for (Index group = 0; group < groups; ++group) {
    const Index begin = group * count / groups, end = (group + 1) * count / groups;
    double sum = 0;
    std::vector<double> angles;
    for (Index i = begin; i < end; ++i) {
      sum += pixels[static_cast<std::size_t>(i)].brightness;
      angles.push_back(pixels[static_cast<std::size_t>(i)].angle);
    }
    const auto middle = angles.begin() + (end - begin) / 2;
    std::nth_element(angles.begin(), middle, angles.end());
    result.brightness.push_back(sum / static_cast<double>(end - begin));
    result.angle_deg.push_back(*middle);
  }
}

}  // namespace

ErrorStatistics error_statistics(const Cube& reference, const Cube& fused) {
  return error_statistics_of(ValidImages(reference, fused, 1));
}

ErrorStatistics error_statistics_of(const ValidImages& images) {
  const Cube &reference = images.pixels().reference, &fused = images.pixels().fused;
  const auto all = static_cast<std::uint64_t>(reference.values.size());
  const Counts counts = count_sizes(reference, fused);
  ErrorStatistics result;
  find_sizes(counts, all, result);
  find_histogram(counts, all, result);
  for (const BandStatistics& band : images.pixels().bands) {
    result.band_rmse.push_back(std::sqrt(band.squared_error));
  }
  find_angles(reference, fused, result);
  return result;
}

}  // namespace specfuse
