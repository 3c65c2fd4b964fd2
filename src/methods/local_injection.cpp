#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "specfuse/core/error.h"
#include "specfuse/core/threads.h"
#include "specfuse/imaging/msi_detail.h"
#include "specfuse/imaging/upsample.h"
#include "specfuse/kernels/gemm.h"
#include "specfuse/kernels/matrix.h"
#include "specfuse/methods/registry.h"
#include "specfuse/methods/shared/detail_injection.h"
#include "specfuse/methods/shared/refinement.h"
#include "specfuse/methods/shared/spectra.h"
#include "specfuse/tensor/math.h"

namespace specfuse {
namespace {

/// Coarse pixels on a side of the blocks whose fine pixels share a neighbourhood.
constexpr Index kBlock = 4;
/// Deviations of the distance beyond which a coarse pixel has no say: a hundredth of the weight lies there.
constexpr double kFarthest = 3;
/// Keeps the equations solvable where the MSI is flat or its bands say the same, beyond what float32 sums round: in
/// units of its variance, and of the mean square of its detail.
constexpr double kFlat = 1e-9, kRidge = 1e-6;

struct LocalInjectionOptions {
  double reach = 6, likeness = 1, shrink = 0.3;
  Refinement refinement;

  void describe(FieldVisitor& fields) {
    fields("reach", reach, Range{0.5, 100}, "How far around a pixel it learns: standard deviation in coarse pixels.");
    fields("likeness", likeness, Range{0.01, 100},
           "How like its MSI values have to be: standard deviation in deviations of each MSI band.");
    fields("shrink", shrink, Range{1e-6, 1e3},
           "Share of the whole image's detail variance that is added to the local one; more of it trusts the local "
           "correction less.");
    refinement.describe(fields);
  }
};

/// Everything the corrections are learned from: one scale down, where the HSI itself is the answer.
struct Lesson {
  Index ratio;
  /// MSI values in deviations of their band, at the coarse pixels and at the fine ones.
  Cube coarse, fine;
  /// MSI detail d and what the global matrix leaves of the HSI's detail, at the coarse pixels.
  Cube detail, left;
  /// The mean of d d' over all coarse pixels.
  Matrix mean_square;
};

class LocalInjection : public FusionMethod {
 public:
  explicit LocalInjection(const LocalInjectionOptions& options) : options_(options) {}
  void check(const TrainingData&, const Pair& pair) const override;
  Cube fuse(const Pair& pair) const override;

 private:
  void correct(const Lesson& lesson, const Cube& detail, const Rectangle& block, Cube& fused) const;
  std::vector<float> weights(const Lesson& lesson, const Rectangle& part, const std::array<Index, 2>& pixel) const;

  LocalInjectionOptions options_;
};

void LocalInjection::check(const TrainingData&, const Pair& pair) const {
  const Index ratio = pair.degradation.ratio;
  SPECFUSE_CHECK_AS(ConfigError, pair.hsi.rows() >= ratio && pair.hsi.cols() >= ratio,
                    "local_injection: expected at least ", ratio, " x ", ratio, " coarse pixels, got ", pair.hsi.rows(),
                    " x ", pair.hsi.cols());
  options_.refinement.check(pair, "local_injection");
}

/// The bands of an image divided by these deviations.
Cube in_deviations(const Cube& image, const std::vector<double>& deviations) {
  Cube result = image;
  result.values = image.values.clone();
  for (Index i = 0; i < result.values.size(); ++i) {
    result.values[i] = static_cast<float>(result.values[i] / deviations[static_cast<std::size_t>(i % image.bands())]);
  }
  return result;
}

std::vector<double> deviations_of(const Cube& image) {
  const Covariance moments = covariance(image, image);
  std::vector<double> deviations;
  for (const double variance : moments.y_variance) deviations.push_back(variance > 0 ? std::sqrt(variance) : 1.0);
  return deviations;
}

/// Weights of the coarse pixels of `part` for a fine pixel {row, col}, of sum 1.
std::vector<float> LocalInjection::weights(const Lesson& lesson, const Rectangle& part,
                                           const std::array<Index, 2>& pixel) const {
  const auto [row, col] = pixel;
  const double scale = 1 / static_cast<double>(lesson.ratio);
  const double at_row = (static_cast<double>(row) + 0.5) * scale - 0.5;
  const double at_col = (static_cast<double>(col) + 0.5) * scale - 0.5;
  const float* const own = lesson.fine.pixel(row, col);
  std::vector<float> far(static_cast<std::size_t>(part.rows * part.cols));
  std::size_t at = 0;
  for (Index r = part.row; r < part.row + part.rows; ++r) {
    for (Index c = part.col; c < part.col + part.cols; ++c) {
      const double down = static_cast<double>(r) - at_row, along = static_cast<double>(c) - at_col;
      const float* const other = lesson.coarse.pixel(r, c);
      float unlike = 0;
      for (Index b = 0; b < lesson.coarse.bands(); ++b) unlike += (own[b] - other[b]) * (own[b] - other[b]);
      far[at++] = static_cast<float>(unlike / (options_.likeness * options_.likeness) +
                                     (down * down + along * along) / (options_.reach * options_.reach));
    }
  }
  const float nearest = *std::min_element(far.begin(), far.end());
  double total = 0;
  for (float& value : far) total += value = std::exp(-0.5f * (value - nearest));
  for (float& value : far) value = static_cast<float>(value / total);
  return far;
}

/// Adds the local correction to the fine pixels of a block of coarse ones: for each the matrix
/// (sum_q w_q d_q d_q' + shrink S0)^-1 sum_q w_q d_q e_q', over the coarse pixels q of the neighbourhood.
void LocalInjection::correct(const Lesson& lesson, const Cube& detail, const Rectangle& block, Cube& fused) const {
  const Index few = detail.bands(), many = fused.bands(), ratio = lesson.ratio;
  const Rectangle part = with_margin(block, static_cast<Index>(std::ceil(kFarthest * options_.reach)), lesson.coarse);
  const Index coarse = part.rows * part.cols, fine = block.rows * block.cols * ratio * ratio;
  // For each coarse pixel d d' and d e', side by side.
  Tensor products = Tensor::uninitialized({coarse, few * (few + many)});
  for (Index q = 0; q < coarse; ++q) {
    const Index r = part.row + q / part.cols, c = part.col + q % part.cols;
    const float *d = lesson.detail.pixel(r, c), *e = lesson.left.pixel(r, c);
    float* to = products.data() + q * products.dim(1);
    for (Index i = 0; i < few; ++i) {
      for (Index j = 0; j < few; ++j) *to++ = d[i] * d[j];
      for (Index b = 0; b < many; ++b) *to++ = d[i] * e[b];
    }
  }
  Tensor shares = Tensor::uninitialized({fine, coarse}), sums = Tensor::uninitialized({fine, products.dim(1)});
  const auto pixel_of = [&](Index p) {
    const Index width = block.cols * ratio;
    return std::array<Index, 2>{block.row * ratio + p / width, block.col * ratio + p % width};
  };
  for (Index p = 0; p < fine; ++p) {
    const std::vector<float> share = weights(lesson, part, pixel_of(p));
    std::copy(share.begin(), share.end(), shares.data() + p * coarse);
  }
  gemm(plain(shares), plain(products), output(sums));
  for (Index p = 0; p < fine; ++p) {
    const auto [row, col] = pixel_of(p);
    const float* const sum = sums.data() + p * sums.dim(1);
    Matrix square = lesson.mean_square, own(few, 1);
    double ridge = kFlat;
    for (Index i = 0; i < few; ++i)
      ridge += kRidge * (square(i, i) + sum[i * (few + many) + i]) / static_cast<double>(few);
    for (Index i = 0; i < few; ++i) {
      for (Index j = 0; j < few; ++j) square(i, j) = options_.shrink * square(i, j) + sum[i * (few + many) + j];
      square(i, i) += ridge;
      own(i, 0) = detail.pixel(row, col)[i];
    }
    const Matrix solved = solve_positive(square, own);
    float* const out = fused.pixel(row, col);
    for (Index i = 0; i < few; ++i) {
      const float factor = static_cast<float>(solved(i, 0));
      const float* const from = sum + i * (few + many) + few;
      for (Index b = 0; b < many; ++b) out[b] += factor * from[b];
    }
  }
}

/// Linear injection whose matrix follows the place and the material: up(hsi) + (A + A(x)) (msi - up(degrade(msi))).
/// Both are learned one scale down from the pair itself, where d is the MSI detail and e the HSI detail: A by least
/// squares, and A(x) by ridge regression of what A leaves, weighted by closeness and likeness. Coarse pixels farther
/// than three reaches have no say, so that the time is linear in the pixels.
Cube LocalInjection::fuse(const Pair& pair) const {
  const Index ratio = pair.degradation.ratio;
  Pair scaled = pair;
  const std::vector<double> deviations = deviations_of(pair.msi);
  scaled.msi = in_deviations(pair.msi, deviations);
  const Pair lower = degrade_pair(scaled);
  const Cube answer = crop(pair.hsi, {0, 0, lower.msi.rows(), lower.msi.cols()});

  Lesson lesson{ratio, lower.msi, scaled.msi, msi_detail(lower), answer, {}};
  lesson.left.values = answer.values.clone();
  add_scaled(lesson.left.values, upsample_cubic(lower.hsi, ratio).values, -1.0f);
  const Matrix d = spectra_of(lesson.detail, 0, lesson.detail.pixels());
  lesson.mean_square = product_tn(d, d);
  const Matrix gain =
      least_squares(lesson.mean_square, product_tn(d, spectra_of(lesson.left, 0, lesson.left.pixels())));
  Matrix taken = gain;
  for (double& value : taken.values) value = -value;
  add_product(lesson.detail.values, taken, lesson.left.values);
  for (double& value : lesson.mean_square.values) value /= static_cast<double>(d.rows);

  const Cube detail = msi_detail(scaled);
  Cube fused = upsample_cubic(pair.hsi, ratio);
  inject(fused, detail, to_tensor(gain));
  const Index rows = pair.hsi.rows(), cols = pair.hsi.cols(), across = (cols + kBlock - 1) / kBlock;
  parallel_for((rows + kBlock - 1) / kBlock * across, [&](Index i) {
    const Index row = i / across * kBlock, col = i % across * kBlock;
    correct(lesson, detail, {row, col, std::min(kBlock, rows - row), std::min(kBlock, cols - col)}, fused);
  });
  options_.refinement.apply(pair, fused);
  return fused;
}

}  // namespace

MethodType local_injection_method() {
  return method_type<LocalInjection, LocalInjectionOptions>(
      "local_injection", "linear injection whose matrix follows place and material; learns from the pair itself", "");
}

}  // namespace specfuse
