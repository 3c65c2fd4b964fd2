#include "specfuse/estimate/registration.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "estimate/band_moments.h"
#include "specfuse/core/error.h"
#include "specfuse/core/quantile.h"
#include "specfuse/imaging/orientation.h"
#include "specfuse/imaging/shift.h"
#include "specfuse/kernels/matrix.h"

namespace specfuse {
namespace {

/// Pixels along each axis in the middle of an image that a registration looks at.
constexpr Index kLookedAt = 256;
constexpr int kSteps = 6;
/// Half the width of the differences that slopes are taken from, in pixels.
constexpr double kSlope = 0.25;
/// Another orientation has to leave this part of what the one as it is leaves, and the HSI has to explain so much of
/// it.
constexpr double kBetter = 0.5, kExplained = 0.5;

Cube middle_of(const Cube& image) {
  const Index rows = std::min(kLookedAt, image.rows()), cols = std::min(kLookedAt, image.cols());
  return crop(image, {(image.rows() - rows) / 2, (image.cols() - cols) / 2, rows, cols});
}

/// How an image lies that an orientation mends.
const char* text_of_lie(const std::string& mended_by) {
  if (mended_by == "flip_rows") return "upside down";
  if (mended_by == "flip_cols") return "mirrored left to right";
  if (mended_by == "rotate_180") return "turned by 180 degrees";
  if (mended_by == "transpose") return "transposed";
  if (mended_by == "rotate_left") return "turned by 90 degrees clockwise";
  if (mended_by == "rotate_right") return "turned by 90 degrees anticlockwise";
  return "transposed across the other diagonal";
}

/// An image moved by what is known of its shift, and its differences to the next pixels down and to the right.
struct Moved {
  Cube here, above, below, left, right;
  /// What one band is explained by at a pixel: itself, a constant, and its slopes.
  std::array<double, 4> row(Index value) const {
    return {double{here.values[value]}, 1, (double{below.values[value]} - double{above.values[value]}) / (2 * kSlope),
            (double{right.values[value]} - double{left.values[value]}) / (2 * kSlope)};
  }
};

/// What one band says of the shift that is left: its estimate, and how sharply it says it [2, 2].
struct ShiftOfBand {
  std::array<double, 2> shift{};
  Matrix sharpness{2, 2};
};

/// Weighted least squares of `still` on the four of `moved`, weights anew from the residuals (Cauchy's).
ShiftOfBand shift_of_band(const Cube& still, const Moved& moved, Index band) {
  const Index pixels = still.pixels(), bands = still.bands();
  std::vector<double> weight(static_cast<std::size_t>(pixels), 1);
  Matrix gram, fit;
  for (int round = 0; round < 3; ++round) {
    gram = Matrix(4, 4);
    Matrix cross(4, 1);
    for (Index p = 0; p < pixels; ++p) {
      if (!still.is_valid(p) || !moved.here.is_valid(p)) continue;
      const std::array<double, 4> row = moved.row(p * bands + band);
      const double w = weight[static_cast<std::size_t>(p)];
      for (std::size_t i = 0; i < 4; ++i) {
        for (std::size_t j = 0; j < 4; ++j) gram(static_cast<Index>(i), static_cast<Index>(j)) += w * row[i] * row[j];
        cross(static_cast<Index>(i), 0) += w * row[i] * double{still.values[p * bands + band]};
      }
    }
    for (Index i = 0; i < 4; ++i) gram(i, i) = gram(i, i) * (1 + 1e-12) + 1e-300;
    fit = solve_positive(gram, cross);
    for (Index p = 0; p < pixels; ++p) {
      const std::array<double, 4> row = moved.row(p * bands + band);
      double residual = double{still.values[p * bands + band]};
      for (std::size_t i = 0; i < 4; ++i) residual -= fit(static_cast<Index>(i), 0) * row[i];
      weight[static_cast<std::size_t>(p)] = std::abs(residual);
    }
    const double spread = 2 * kMedianToDeviation * median(weight) + 1e-300;
    for (double& w : weight) w = 1 / (1 + std::pow(w / spread, 2));
  }
  ShiftOfBand result;
  if (fit(0, 0) <= 0) return result;
  for (Index i = 0; i < 2; ++i) {
    result.shift[static_cast<std::size_t>(i)] = fit(2 + i, 0) / fit(0, 0);
    for (Index j = 0; j < 2; ++j) result.sharpness(i, j) = gram(2 + i, 2 + j) / (gram(0, 0) + 1e-300);
  }
  return result;
}

}  // namespace

std::array<double, 2> register_images(const Cube& still, const Cube& moving, const std::array<double, 2>& start,
                                      Boundary boundary) {
  SPECFUSE_CHECK(still.values.shape() == moving.values.shape(), "register_images: expected two images of ",
                 still.size_text(), ", got one of ", moving.size_text());
  const Cube fixed = middle_of(still), image = middle_of(moving);
  std::array<double, 2> shift = start;
  for (int step = 0; step < kSteps; ++step) {
    const auto moved = [&](double down, double right) {
      return shift_image(image, {-shift[0] + down, -shift[1] + right}, boundary);
    };
    const Moved near{moved(0, 0), moved(-kSlope, 0), moved(kSlope, 0), moved(0, -kSlope), moved(0, kSlope)};
    Matrix normal(2, 2), side(2, 1);
    for (Index band = 0; band < fixed.bands(); ++band) {
      const ShiftOfBand own = shift_of_band(fixed, near, band);
      for (Index i = 0; i < 2; ++i) {
        for (Index j = 0; j < 2; ++j) {
          normal(i, j) += own.sharpness(i, j);
          side(i, 0) -= own.sharpness(i, j) * own.shift[static_cast<std::size_t>(j)];
        }
      }
    }
    for (Index i = 0; i < 2; ++i) normal(i, i) = normal(i, i) * (1 + 1e-9) + 1e-300;
    const Matrix by = solve_positive(normal, side);
    shift[0] += std::clamp(by(0, 0), -1.0, 1.0);
    shift[1] += std::clamp(by(1, 0), -1.0, 1.0);
    if (std::abs(by(0, 0)) + std::abs(by(1, 0)) < 1e-5) break;
  }
  return shift;
}

BetterOrientation better_orientation(const Pair& pair) {
  constexpr Index kPixelsEach = 10, kOrientationDirections = 20;
  const Index pixels = pair.hsi.pixels();
  if (pixels < 16) return {};
  Cube msi = pair.msi, hsi = pair.hsi;
  msi.valid.clear();
  hsi.valid.clear();
  const Cube coarse = degrade_spatially(msi, pair.degradation);
  const Matrix scores = BandMoments(hsi).scores(std::clamp<Index>(pixels / kPixelsEach, 1, kOrientationDirections));
  const Matrix gram = [&] {
    Matrix product = product_tn(scores, scores);
    for (Index i = 0; i < product.rows; ++i) product(i, i) = product(i, i) * (1 + 1e-9) + 1e-300;
    return product;
  }();
  const auto unexplained = [&](const Cube& image) {
    const Matrix x = centred(to_matrix(image.values.reshape({pixels, image.bands()})), band_means(image));
    const Matrix cross = product_tn(scores, x), fit = solve_positive(gram, cross);
    double part = 0;
    for (Index m = 0; m < x.cols; ++m) {
      double all = 1e-300, known = 0;
      for (Index i = 0; i < x.rows; ++i) all += x(i, m) * x(i, m);
      for (Index k = 0; k < fit.rows; ++k) known += fit(k, m) * cross(k, m);
      part += (1 - known / all) / static_cast<double>(x.cols);
    }
    return part;
  };
  const double as_it_is = unexplained(coarse);
  BetterOrientation better;
  double least = std::min(kBetter * as_it_is, 1 - kExplained);
  for (const Orientation& how : orientations()) {
    if (how.transposed && coarse.rows() != coarse.cols()) continue;
    const double left = unexplained(oriented(coarse, how));
    if (left >= least) continue;
    least = left;
    better = {how.name,
              concat("the MSI lies ", text_of_lie(how.name), " on the HSI: turned back, the HSI explains ",
                     std::lround(100 * (1 - left)), " % of it, as it is ", std::lround(100 * (1 - as_it_is)), " %")};
  }
  return better;
}

}  // namespace specfuse
