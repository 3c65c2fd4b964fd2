#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <optional>
#include <vector>

#include "specfuse/core/error.h"
#include "specfuse/core/progress.h"
#include "specfuse/core/threads.h"
#include "specfuse/imaging/msi_detail.h"
#include "specfuse/imaging/upsample.h"
#include "specfuse/kernels/gemm.h"
#include "specfuse/kernels/matrix.h"
#include "specfuse/methods/registry.h"
#include "specfuse/methods/shared/detail_injection.h"
#include "specfuse/methods/shared/neighbourhood.h"
#include "specfuse/methods/shared/refinement.h"
#include "specfuse/methods/shared/spectra.h"
#include "specfuse/tensor/math.h"

namespace specfuse {
namespace {

/// Images of the size of the result that memory is taken for, measured.
constexpr double kLocalImages = 2.1;

/// Coarse pixels on a side of the blocks whose fine pixels share a neighbourhood.
constexpr Index kBlock = 4;
/// Deviations of the distance beyond which a coarse pixel is left out: a hundredth of the weight lies there.
constexpr double kFarthest = 3;
/// Keeps the equations solvable where the MSI is flat or its bands are collinear, beyond what float32 sums round: in
/// units of its variance, and of the mean square of its detail.
constexpr double kFlatRidge = 1e-9, kWindowRidge = 1e-6;
/// How often the ridge is made ten times as large at most.
constexpr int kMostGrowths = 6;
/// What `shrink` is chosen from, band by band: from nearly free to hardly any correction.
constexpr std::array kShrinks = {0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 100.0};

struct LocalInjectionOptions {
  double reach = 5, likeness = 0.7;
  std::optional<double> shrink;
  Refinement refinement;

  void describe(FieldVisitor& fields) {
    fields("reach", reach, Range{0.5, 100}, Label{"reach", "coarse pixels"},
           "How far around a pixel it learns: standard deviation in coarse pixels.");
    fields(
        "likeness", likeness, Range{0.01, 100}, Label{"likeness"},
        "How like its MSI values have to be, in deviations of each MSI band: so far off a pixel has half the weight.");
    fields("shrink", shrink, Range{1e-6, 1e3}, Label{"shrinkage"},
           "Share of the whole image's detail variance that is added to the local one; more of it trusts the local "
           "correction less. Without it each band has the share that predicts left out pixels best.");
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
  Fuser fuser(const PairParts& pair) const override {
    return whole_fuser(pair, kLocalImages, [this](const Pair& whole) -> FusedCube { return {fused(whole)}; });
  }

 private:
  Cube fused(const Pair& pair) const;
  Tensor sums_around(const Lesson& lesson, const Rectangle& block,
                     const std::vector<Neighbourhood::Place>& places) const;
  std::vector<double> best_shrinks(const Lesson& lesson, Progress& progress) const;
  Matrix left_out_errors(const Lesson& lesson, const Rectangle& block) const;
  void correct(const Lesson& lesson, const std::vector<double>& shrinks, const Cube& detail, const Rectangle& block,
               Cube& fused) const;

  LocalInjectionOptions options_;
};

void LocalInjection::check(const TrainingData&, const Pair& pair) const {
  require_lower_scale("local_injection", pair.hsi.rows(), pair.hsi.cols(), pair.degradation.ratio);
  options_.refinement.check(pair, "local_injection");
}

/// The bands of an image divided by their standard deviation, where it is not 0.
Cube in_deviations(const Cube& image) {
  std::vector<float> factors;
  for (const double variance : covariance(image, image).y_variance) {
    factors.push_back(variance > 0 ? static_cast<float>(1 / std::sqrt(variance)) : 1.0f);
  }
  Cube result = image;
  result.values = image.values.clone();
  scale_bands(result, factors);
  return result;
}

/// For each place the weighted sums of d [d', e'] over the coarse pixels around the block: [places, few (few + many)].
Tensor LocalInjection::sums_around(const Lesson& lesson, const Rectangle& block,
                                   const std::vector<Neighbourhood::Place>& places) const {
  const Index few = lesson.detail.bands(), many = lesson.left.bands();
  // One scale down, rows and columns of the HSI that fill no pixel are missing: a block there sees at least the last.
  const Index reached = static_cast<Index>(std::ceil(kFarthest * options_.reach));
  const Index row_gap = block.row - (lesson.coarse.rows() - 1), col_gap = block.col - (lesson.coarse.cols() - 1);
  const Rectangle part = with_margin(block, std::max({reached, row_gap, col_gap}), lesson.coarse);
  const Index coarse = part.rows * part.cols, count = static_cast<Index>(places.size());
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
  Tensor shares = Tensor::uninitialized({count, coarse}), sums = Tensor::uninitialized({count, products.dim(1)});
  const Neighbourhood around(lesson.coarse, part, places, options_.reach, options_.likeness);
  for (Index p = 0; p < count; ++p) {
    const std::vector<float> share = around.weights(p);
    std::copy(share.begin(), share.end(), shares.data() + p * coarse);
  }
  gemm(plain(shares), plain(products), output(sums));
  return sums;
}

/// d' (sum_q w_q d_q d_q' + shrink S0)^-1 for the detail d of a place: what the sums of d e' are weighed by. Where MSI
/// bands are combinations of each other, rounding may leave less than the ridge adds: then it grows.
Matrix answer_to(const Lesson& lesson, const float* sum, double shrink, const float* detail) {
  const Index few = lesson.detail.bands(), width = few + lesson.left.bands();
  Matrix square = lesson.mean_square, own(few, 1);
  double ridge = kFlatRidge;
  for (Index i = 0; i < few; ++i)
    ridge += kWindowRidge * (square(i, i) + sum[i * width + i]) / static_cast<double>(few);
  for (Index i = 0; i < few; ++i) {
    for (Index j = 0; j < few; ++j) square(i, j) = shrink * square(i, j) + sum[i * width + j];
    own(i, 0) = detail[i];
  }
  for (Index i = 0; i < few; ++i) square(i, i) += ridge;
  for (int growth = 0; growth < kMostGrowths; ++growth) {
    if (const Cholesky factor(square); factor.is_positive_definite()) return factor.solve(own);
    for (Index i = 0; i < few; ++i) square(i, i) += 9 * ridge;
    ridge *= 10;
  }
  return solve_positive(square, own);
}

/// The correction of a band by an answer.
double correction(const Lesson& lesson, const float* sum, const Matrix& answer, Index band) {
  const Index few = lesson.detail.bands(), width = few + lesson.left.bands();
  double total = 0;
  for (Index i = 0; i < few; ++i) total += answer(i, 0) * sum[i * width + few + band];
  return total;
}

std::vector<Rectangle> blocks_of(const Cube& image) {
  std::vector<Rectangle> blocks;
  for (Index row = 0; row < image.rows(); row += kBlock) {
    for (Index col = 0; col < image.cols(); col += kBlock) {
      blocks.push_back({row, col, std::min(kBlock, image.rows() - row), std::min(kBlock, image.cols() - col)});
    }
  }
  return blocks;
}

/// Squared errors [shrinks, bands] of the coarse pixels of a block, each corrected by what the others teach.
Matrix LocalInjection::left_out_errors(const Lesson& lesson, const Rectangle& block) const {
  const Index many = lesson.left.bands();
  std::vector<Neighbourhood::Place> places;
  std::vector<const float*> details, wanted;
  for (Index r = block.row; r < block.row + block.rows; ++r) {
    for (Index c = block.col; c < block.col + block.cols; ++c) {
      places.push_back({static_cast<double>(r), static_cast<double>(c), lesson.coarse.pixel(r, c), true});
      details.push_back(lesson.detail.pixel(r, c));
      wanted.push_back(lesson.left.pixel(r, c));
    }
  }
  const Tensor sums = sums_around(lesson, block, places);
  Matrix errors(static_cast<Index>(kShrinks.size()), many);
  for (std::size_t p = 0; p < places.size(); ++p) {
    const float* const sum = sums.data() + static_cast<Index>(p) * sums.dim(1);
    for (Index k = 0; k < errors.rows; ++k) {
      const Matrix answer = answer_to(lesson, sum, kShrinks[static_cast<std::size_t>(k)], details[p]);
      for (Index b = 0; b < many; ++b) {
        const double error = double{wanted[p][b]} - correction(lesson, sum, answer, b);
        errors(k, b) += error * error;
      }
    }
  }
  return errors;
}

/// For each band what `shrink` gives, else the one of the smallest error.
std::vector<double> LocalInjection::best_shrinks(const Lesson& lesson, Progress& progress) const {
  const Index many = lesson.left.bands();
  if (options_.shrink) return std::vector<double>(static_cast<std::size_t>(many), *options_.shrink);
  const std::vector<Rectangle> blocks = blocks_of(lesson.coarse);
  std::vector<Matrix> errors(blocks.size());
  parallel_for(static_cast<Index>(blocks.size()), [&](Index i) {
    const Rectangle& block = blocks[static_cast<std::size_t>(i)];
    errors[static_cast<std::size_t>(i)] = left_out_errors(lesson, block);
    progress.tick(block.rows * block.cols);
  });
  Matrix total = errors.front();
  for (std::size_t i = 1; i < errors.size(); ++i) {
    for (std::size_t k = 0; k < total.values.size(); ++k) total.values[k] += errors[i].values[k];
  }
  std::vector<double> best;
  for (Index b = 0; b < many; ++b) {
    Index least = 0;
    for (Index k = 1; k < total.rows; ++k) least = total(k, b) < total(least, b) ? k : least;
    best.push_back(kShrinks[static_cast<std::size_t>(least)]);
  }
  return best;
}

/// Adds to each band of the fine pixels of a block of coarse ones its correction, by its shrink.
void LocalInjection::correct(const Lesson& lesson, const std::vector<double>& shrinks, const Cube& detail,
                             const Rectangle& block, Cube& fused) const {
  const double scale = 1 / static_cast<double>(lesson.ratio);
  std::vector<Neighbourhood::Place> places;
  std::vector<const float*> details;
  std::vector<float*> wanted;
  for (Index r = block.row * lesson.ratio; r < (block.row + block.rows) * lesson.ratio; ++r) {
    for (Index c = block.col * lesson.ratio; c < (block.col + block.cols) * lesson.ratio; ++c) {
      places.push_back({(static_cast<double>(r) + 0.5) * scale - 0.5, (static_cast<double>(c) + 0.5) * scale - 0.5,
                        lesson.fine.pixel(r, c)});
      details.push_back(detail.pixel(r, c));
      wanted.push_back(fused.pixel(r, c));
    }
  }
  const Tensor sums = sums_around(lesson, block, places);
  for (std::size_t p = 0; p < places.size(); ++p) {
    const float* const sum = sums.data() + static_cast<Index>(p) * sums.dim(1);
    std::map<double, Matrix> answers;
    for (Index b = 0; b < fused.bands(); ++b) {
      const double shrink = shrinks[static_cast<std::size_t>(b)];
      const auto [answer, is_new] = answers.try_emplace(shrink);
      if (is_new) answer->second = answer_to(lesson, sum, shrink, details[p]);
      wanted[p][b] += static_cast<float>(correction(lesson, sum, answer->second, b));
    }
  }
}

/// Linear injection whose matrix follows the place and the material: up(hsi) + (A + A(x)) (msi - up(degrade(msi))).
/// Both are learned one scale down from the pair itself, where d is the MSI detail and e the HSI detail: A by least
/// squares, and A(x) by ridge regression of what A leaves, weighted by closeness and likeness, with the ridge of each
/// band that predicts the coarse pixels best when each is left out. Coarse pixels farther than three reaches are left
/// out, so that the time is linear in the pixels.
Cube LocalInjection::fused(const Pair& pair) const {
  const Index ratio = pair.degradation.ratio;
  Pair scaled = pair;
  scaled.msi = in_deviations(pair.msi);
  const InjectionLesson given = injection_lesson(lower_scale(scaled));
  Lesson lesson{ratio, given.lower.input.msi, scaled.msi, given.detail, given.left, given.square};
  for (double& value : lesson.mean_square.values) value /= static_cast<double>(given.detail.pixels());

  const Cube detail = msi_detail(scaled);
  Cube result = upsample_cubic(pair.hsi, pair.degradation);
  inject(result, detail, to_tensor(given.gain));
  Progress progress((options_.shrink ? 0 : lesson.coarse.pixels()) + result.pixels(), "pixels");
  const std::vector<double> shrinks = best_shrinks(lesson, progress);
  const std::vector<Rectangle> blocks = blocks_of(pair.hsi);
  parallel_for(static_cast<Index>(blocks.size()), [&](Index i) {
    const Rectangle& block = blocks[static_cast<std::size_t>(i)];
    correct(lesson, shrinks, detail, block, result);
    progress.tick(block.rows * block.cols * ratio * ratio);
  });
  options_.refinement.apply(pair, result);
  return result;
}

}  // namespace

MethodType local_injection_method() {
  return method_type<LocalInjection, LocalInjectionOptions>(
      "local_injection", "Local injection",
      "linear injection whose matrix follows place and material; learns from the pair itself");
}

}  // namespace specfuse
