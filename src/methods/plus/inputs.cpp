#include "specfuse/methods/plus/inputs.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "specfuse/core/disk_memory.h"
#include "specfuse/core/error.h"
#include "specfuse/core/threads.h"
#include "specfuse/imaging/sums.h"
#include "specfuse/imaging/upsample.h"
#include "specfuse/io/hdf5.h"
#include "specfuse/kernels/matrix.h"
#include "specfuse/methods/plus/guided.h"
#include "specfuse/methods/shared/consistency.h"
#include "specfuse/methods/shared/detail_injection.h"
#include "specfuse/methods/shared/signal_subspace.h"
#include "specfuse/methods/shared/spectra.h"
#include "specfuse/tensor/math.h"

namespace specfuse {
namespace {

/// The largest input that is kept in 16 bits, and the step between two.
constexpr float kLargest = 10, kStep = kLargest / 32767;
/// Keeps e from 0, in deviations of the whole base; and where the whole image is of one value.
constexpr double kLeast = 1e-6, kLeastEver = std::numeric_limits<float>::min();

/// Mean of each band, and mean of the squares of value - mean.
struct BandStatistics {
  std::vector<double> mean, variance;
};

BandStatistics statistics_of(const Tensor& image) {
  const Index rows = image.dim(0), cols = image.dim(1), bands = image.dim(2);
  const auto over_pixels = [&](const auto& add) {
    std::vector<double> sums = sum_over_rows(rows, bands, [&](Index row, double* to) {
      const float* from = image.data() + row * cols * bands;
      for (Index i = 0; i < cols * bands; ++i) add(i % bands, from[i], to);
    });
    for (double& value : sums) value /= static_cast<double>(rows * cols);
    return sums;
  };
  BandStatistics result;
  result.mean = over_pixels([](Index b, float value, double* to) { to[b] += value; });
  result.variance = over_pixels([&](Index b, float value, double* to) {
    const double off = value - result.mean[static_cast<std::size_t>(b)];
    to[b] += off * off;
  });
  return result;
}

/// e of each band: root mean square of the candidates' distance from the base.
std::vector<float> disagreement(const std::vector<Tensor>& candidates, const Tensor& base, double whole_deviation) {
  const Index rows = base.dim(0), width = base.dim(1) * base.dim(2), bands = base.dim(2);
  std::vector<double> sums = sum_over_rows(rows, bands, [&](Index row, double* to) {
    for (const Tensor& candidate : candidates) {
      const float *a = candidate.data() + row * width, *b = base.data() + row * width;
      for (Index i = 0; i < width; ++i) {
        const double off = a[i] - b[i];
        to[i % bands] += off * off;
      }
    }
  });
  const double count = static_cast<double>(rows * base.dim(1)) * static_cast<double>(candidates.size());
  std::vector<float> scale;
  for (const double sum : sums) scale.push_back(static_cast<float>(std::sqrt(sum / count) + kLeast * whole_deviation));
  return scale;
}

std::vector<float> roots(const std::vector<double>& squares, double least) {
  std::vector<float> result;
  for (const double square : squares) result.push_back(static_cast<float>(std::sqrt(square) + least));
  return result;
}

std::vector<float> floats_of(const std::vector<double>& values) { return {values.begin(), values.end()}; }

/// log(values / scale), limited, / 3.
std::vector<float> log_ratio(const std::vector<float>& values, const std::vector<float>& scale, float limit) {
  std::vector<float> result;
  for (std::size_t b = 0; b < values.size(); ++b) {
    result.push_back(std::clamp(std::log(std::max(values[b], 1e-30f) / scale[b]), -limit, limit) / 3);
  }
  return result;
}

/// The standard deviation of all values together.
double deviation_of_all(const BandStatistics& of) {
  const auto count = static_cast<double>(of.mean.size());
  double mean = 0, square = 0;
  for (std::size_t b = 0; b < of.mean.size(); ++b) {
    mean += of.mean[b] / count;
    square += (of.variance[b] + of.mean[b] * of.mean[b]) / count;
  }
  return std::sqrt(std::max(square - mean * mean, 0.0));
}

const std::vector<std::string>& all_kinds() {
  static const std::vector<std::string> kinds = PlusInputOptions().kinds;
  return kinds;
}

}  // namespace

void PlusInputOptions::describe(FieldVisitor& fields) {
  Choices known{};
  known.texts = all_kinds();
  fields("candidates", candidates, Label{"candidate"},
         "Estimates of the fine image for the network to weigh, by name.");
  fields("kinds", kinds, known,
         "What the network sees: `candidates`, each candidate's deviation from the base; `interpolated`, that of the "
         "up-sampled HSI; the base's `level` in its band; its `misfit`, the residual to HSI and MSI; and for each band "
         "its `spread`, "
         "the `noise` of the HSI, how well the MSI's `detail` predicts it one scale down, and the `ratio`.");
  fields("guided", guided, Range{0, 100},
         "Rounds in which what the base misses of the HSI goes where the detail of the MSI predicts it; none for a "
         "pair as small as in `in_small_base`.");
  fields("consistency", consistency, Range{0, 100}, Label{"rounds of consistency in the network"},
         "Rounds of consistency with both inputs, as far as their noise allows, before the network and after it.");
}

bool PlusInputOptions::has(const std::string& kind) const {
  return std::find(kinds.begin(), kinds.end(), kind) != kinds.end();
}

Index PlusInputOptions::channels() const {
  Index count = 0;
  for (const auto& [name, candidate] : candidates.items) count += candidate.enabled && has("candidates") ? 1 : 0;
  for (const char* kind : {"interpolated", "level", "spread", "ratio"}) count += has(kind) ? 1 : 0;
  for (const char* kind : {"misfit", "noise", "detail"}) count += has(kind) ? 2 : 0;
  return count;
}

PlusInputs::PlusInputs(const KnownPair& pair, const PlusInputOptions& options, std::uint64_t seed) {
  std::vector<Tensor> candidates = make_candidates(options.candidates, pair, seed);
  base_ = median_of_base(options.candidates, candidates, pair);
  Cube base = as_cube(base_);
  const PairNoise& noise = pair.noise();
  for (Index round = 0; round < options.guided; ++round) add_guided(pair, noise, base);
  for (Index round = 0; round < options.consistency; ++round) make_consistent(pair, noise, base);
  const BandStatistics of_base = statistics_of(base_);
  const double whole = std::max(deviation_of_all(of_base), kLeastEver / kLeast);
  scale_ = disagreement(candidates, base_, whole);
  mean_.assign(of_base.mean.begin(), of_base.mean.end());
  deviation_ = roots(of_base.variance, kLeast * whole);
  level_ = options.has("level");

  for (Tensor& candidate : candidates) {
    if (options.has("candidates")) add_plane(minus_base(candidate), 1, 8);
    candidate = {};
  }
  if (options.has("interpolated"))
    add_plane(minus_base(upsample_cubic(pair.hsi, pair.degradation).values), 8, kLargest);
  if (options.has("misfit")) {
    add_plane(hsi_misfit(pair, base).values, 1, 8);
    add_plane(msi_misfit(pair, base).values, 1, 8);
  }
  if (options.has("spread")) by_band_.push_back(log_ratio(deviation_, scale_, kLargest));
  if (options.has("noise")) {
    by_band_.push_back(log_ratio(floats_of(noise.hsi), scale_, 6));
    by_band_.push_back(log_ratio(floats_of(hsi_noise(pair.hsi)), scale_, 6));
  }
  if (options.has("detail")) add_detail(pair);
  if (options.has("ratio"))
    by_band_.emplace_back(scale_.size(), std::log2(static_cast<float>(pair.degradation.ratio)) - 2);
}

void PlusInputs::keep_only(const PlusInputOptions& options) {
  // In the order in which the constructor adds them.
  const std::vector<std::string> behind_candidates{"interpolated", "misfit", "misfit"};
  const std::vector<std::string> of_rows{"spread", "noise", "noise", "detail", "detail", "ratio"};
  SPECFUSE_CHECK(level_ && planes_.size() > behind_candidates.size() && by_band_.size() == of_rows.size(),
                 "inputs: expected all kinds, got ", channels(), " channels");
  std::vector<std::string> of_planes(planes_.size() - behind_candidates.size(), "candidates");
  of_planes.insert(of_planes.end(), behind_candidates.begin(), behind_candidates.end());
  const auto keep = [&](const std::vector<std::string>& kinds, auto& values) {
    std::size_t kept = 0;
    for (std::size_t i = 0; i < values.size(); ++i) {
      if (options.has(kinds[i])) std::swap(values[kept++], values[i]);
    }
    values.resize(kept);
  };
  keep(of_planes, planes_);
  keep(of_rows, by_band_);
  level_ = options.has("level");
}

Tensor PlusInputs::minus_base(const Tensor& values) const {
  Tensor result = values.clone();
  add_scaled(result, base_, -1.0f);
  return result;
}

/// Keeps deviation / (unit e), limited.
void PlusInputs::add_plane(const Tensor& deviation, float unit, float limit) {
  const Plane plane = plane_of(deviation.size());
  const std::size_t many = scale_.size();
  const float* const from = deviation.data();
  std::int16_t* const to = plane.get();
  for_each_element(deviation.size(), [&, from, to, unit, limit](Index i) {
    const float scaled = from[i] / (unit * scale_[static_cast<std::size_t>(i) % many]);
    to[i] = static_cast<std::int16_t>(std::lround(std::clamp(scaled, -limit, limit) / kStep));
  });
  planes_.push_back(plane);
}

PlusInputs::Plane PlusInputs::plane_of(Index values) {
  return Plane(new std::int16_t[static_cast<std::size_t>(values)]);
}

void PlusInputs::move_to_disk(const std::string& folder) {
  const auto bytes = static_cast<std::size_t>(base_.size()) * sizeof(std::int16_t);
  for (Plane& plane : planes_) {
    plane = std::static_pointer_cast<std::int16_t[]>(copy_on_disk(plane.get(), bytes, folder));
  }
  base_ = base_.on_disk(folder);
}

/// How much detail the HSI has one scale down, and how much of it that of the MSI does not predict.
void PlusInputs::add_detail(const KnownPair& pair) {
  const InjectionLesson lesson = injection_lesson(pair.lower());
  for (const Cube& detail : {lesson.missing, lesson.left}) {
    std::vector<float> rms;
    const Matrix spectra = spectra_of(detail, 0, detail.pixels());
    for (Index b = 0; b < bands(); ++b) {
      double sum = 0;
      for (Index i = 0; i < spectra.rows; ++i) sum += spectra(i, b) * spectra(i, b);
      rms.push_back(static_cast<float>(std::sqrt(sum / static_cast<double>(spectra.rows))));
    }
    by_band_.push_back(log_ratio(rms, scale_, 6));
  }
}

Index PlusInputs::channels() const { return static_cast<Index>(planes_.size() + by_band_.size()) + (level_ ? 1 : 0); }

Tensor PlusInputs::cut(const Block& block) const {
  const Rectangle& pixels = block.pixels;
  const Index band = block.band, many = block.bands;
  const Index all = channels(), width = pixels.cols * many;
  Tensor result = Tensor::uninitialized({pixels.rows, pixels.cols, many, all});
  parallel_for(pixels.rows, [&](Index r) {
    float* to = result.data() + r * width * all;
    for (Index i = 0; i < width; ++i) {
      const Index b = band + i % many, at = ((pixels.row + r) * cols() + pixels.col + i / many) * bands() + b;
      for (const Plane& plane : planes_) *to++ = kStep * static_cast<float>(plane[at]);
      const auto of_band = static_cast<std::size_t>(b);
      if (level_) *to++ = (base_[at] - mean_[of_band]) / deviation_[of_band];
      for (const std::vector<float>& values : by_band_) *to++ = values[of_band];
    }
  });
  return result;
}

}  // namespace specfuse
