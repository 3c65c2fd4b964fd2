#include "specfuse/imaging/fingerprint.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "specfuse/core/error.h"
#include "specfuse/core/threads.h"

namespace specfuse {
namespace {

using Hashes = std::vector<std::uint64_t>;

/// 48 KiB of them: some twenty of 20 x 20 pixels when thirteen scenes of 100 x 100 pixels were seen.
constexpr std::size_t kMost = 6144;
/// Bands of a run, or all where there are fewer: scenes of one sensor share shorter ones.
constexpr Index kRun = 8;
/// Ratios of values are told apart by this part of a factor of two.
constexpr double kSteps = 1024;
constexpr int kHalfBits = 24;
constexpr std::uint64_t kHalf = std::uint64_t{1} << kHalfBits;

void keep_smallest(Hashes& hashes) {
  std::sort(hashes.begin(), hashes.end());
  hashes.erase(std::unique(hashes.begin(), hashes.end()), hashes.end());
  hashes.resize(std::min(hashes.size(), kMost));
}

/// The largest hash that would be kept.
std::uint64_t limit_of(const Hashes& hashes) {
  return hashes.size() < kMost ? std::numeric_limits<std::uint64_t>::max() : hashes.back();
}

/// Of the ratios of the values of a run, given as logarithms, to its first one.
std::uint64_t hash_of_run(const double* logs, Index bands) {
  std::uint64_t hash = static_cast<std::uint64_t>(bands);
  for (Index i = 1; i < bands; ++i) {
    const double steps = std::floor(kSteps * (logs[i] - logs[0]) + 0.5);
    hash = (hash ^ static_cast<std::uint64_t>(static_cast<std::int64_t>(steps))) * 0xBF58476D1CE4E5B9u;
    hash ^= hash >> 29;
  }
  hash *= 0x94D049BB133111EBu;
  return (hash ^ (hash >> 32)) >> (64 - 2 * kHalfBits);
}

/// The hashes of the runs of one spectrum that are no larger than a limit.
void add_runs(const float* values, Index bands, std::uint64_t limit, std::vector<double>& logs, Hashes& hashes) {
  const Index run = std::min(kRun, bands);
  Index clear = 0;  // where the values that differ and are above 0 begin
  for (Index band = 0; band < bands; ++band) {
    const float value = values[band];
    const bool tells = value > 0 && std::isfinite(value);
    if (!tells) clear = band + 1;
    logs[static_cast<std::size_t>(band)] = tells ? std::log2(double{value}) : 0;
    for (Index before = band - 1; before >= std::max(clear, band - run + 1); --before) {
      if (values[before] == value) clear = before + 1;
    }
    const Index first = band - run + 1;
    if (run < 2 || first < clear) continue;
    const std::uint64_t hash = hash_of_run(logs.data() + first, run);
    if (hash <= limit) hashes.push_back(hash);
  }
}

}  // namespace

void Fingerprint::add(const Cube& image) {
  constexpr Index kPixels = 4096;
  const std::uint64_t limit = limit_of(hashes_);
  std::vector<Hashes> parts(static_cast<std::size_t>((image.pixels() + kPixels - 1) / kPixels));
  parallel_ranges(image.pixels(), kPixels, [&](Index begin, Index end) {
    Hashes& part = parts[static_cast<std::size_t>(begin / kPixels)];
    std::vector<double> logs(static_cast<std::size_t>(image.bands()));
    std::uint64_t lowest = limit;
    for (Index pixel = begin; pixel < end; ++pixel) {
      if (!image.is_valid(pixel)) continue;
      add_runs(image.values.data() + pixel * image.bands(), image.bands(), lowest, logs, part);
      if (part.size() < 4 * kMost) continue;
      keep_smallest(part);
      lowest = std::min(lowest, limit_of(part));
    }
    keep_smallest(part);
  });
  for (const Hashes& part : parts) {
    hashes_.insert(hashes_.end(), part.begin(), part.end());
    keep_smallest(hashes_);
  }
}

void Fingerprint::add(const Fingerprint& other) {
  hashes_.insert(hashes_.end(), other.hashes_.begin(), other.hashes_.end());
  keep_smallest(hashes_);
}

double Fingerprint::share_in(const Fingerprint& other) const {
  constexpr double kLeastShare = 0.01;
  constexpr Index kLeast = 3;
  const std::uint64_t limit = std::min(limit_of(hashes_), limit_of(other.hashes_));
  const auto end = std::upper_bound(hashes_.begin(), hashes_.end(), limit);
  const Index shared = std::count_if(hashes_.begin(), end, [&](std::uint64_t hash) {
    return std::binary_search(other.hashes_.begin(), other.hashes_.end(), hash);
  });
  const double share = shared == 0 ? 0 : static_cast<double>(shared) / static_cast<double>(end - hashes_.begin());
  return shared < kLeast || share < kLeastShare ? 0 : share;
}

Tensor Fingerprint::tensor() const {
  Tensor halves({static_cast<Index>(hashes_.size()), 2});
  for (std::size_t i = 0; i < hashes_.size(); ++i) {
    halves[2 * static_cast<Index>(i)] = static_cast<float>(hashes_[i] / kHalf);
    halves[2 * static_cast<Index>(i) + 1] = static_cast<float>(hashes_[i] % kHalf);
  }
  return halves;
}

Fingerprint Fingerprint::from(const Tensor& halves) {
  SPECFUSE_CHECK_AS(DataError, halves.shape().rank() == 2 && halves.dim(1) == 2,
                    "fingerprint: expected two halves of each hash, got ", halves.shape().text());
  const auto half = [&](Index i) {
    const float value = halves[i];
    SPECFUSE_CHECK_AS(DataError, value >= 0 && value < static_cast<float>(kHalf) && value == std::floor(value),
                      "fingerprint: expected integers of ", kHalfBits, " bits, got ", value);
    return static_cast<std::uint64_t>(value);
  };
  Fingerprint result;
  for (Index i = 0; i < halves.size(); i += 2) result.hashes_.push_back(half(i) * kHalf + half(i + 1));
  keep_smallest(result.hashes_);
  return result;
}

}  // namespace specfuse
