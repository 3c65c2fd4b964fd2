#include <cmath>

#include "methods/shared/whole_method.h"
#include "specfuse/core/progress.h"
#include "specfuse/imaging/upsample.h"
#include "specfuse/methods/registry.h"
#include "specfuse/methods/shared/conjugate_gradients.h"
#include "specfuse/methods/shared/gradient.h"
#include "specfuse/methods/shared/noise_units.h"
#include "specfuse/methods/shared/spectra.h"
#include "specfuse/methods/shared/subspace_problem.h"
#include "specfuse/tensor/math.h"

namespace specfuse {
namespace {

/// Images of the size of the result, and of coefficients, that memory is taken for, measured.
constexpr double kHysureImages = 2, kHysureCoefficients = 18;

/// In dB, however clean the HSI: a subspace is never exact.
constexpr double kMostSnr = 40;

/// HySure (Simoes, Bioucas-Dias, Almeida and Chanussot 2015, "A convex formulation for hyperspectral image
/// superresolution via subspace-based regularization"): the coefficients X [pixels, dimension] in the signal subspace E
/// of the HSI that minimise, for blur and decimation A and response R,
///
///   1/2 |hsi - A X E'|^2 + msi_weight / 2 |msi - X E' R'|^2 + total_variation sum_pixels |(D_h X, D_v X)|,
///
/// the last term a vector total variation over all coefficients of a pixel, and X E' is the result. Solved by SALSA, an
/// alternating direction method, as in the paper. The paper also splits off the blur so that every step is diagonal in
/// the Fourier domain; here only the gradients are split off and the quadratic step is solved by conjugate gradients
/// with the exact operators, whatever the boundary. Where the paper's E are endmembers, here they are the principal
/// directions of the HSI, scaled as in `SubspaceProblem` so that the variation of each coefficient counts the same.
/// Where the pair shows noise, each band's residual is divided by it, and the variation counts as the square of how
/// much that lowers the mean of the HSI: less, as noise already takes weight from both residuals. `fuse` throws
/// `ConfigError` without an SRF.
struct Hysure {
  static constexpr const char* kName = "hysure";
  Index dimension = 20, iterations = 30, inner_iterations = 10;
  double msi_weight = 30, total_variation = 1e-2, penalty = 0.02;

  void describe(FieldVisitor& fields) {
    fields("dimension", dimension, Range{1, 1000}, Label{"dimension of the subspace"},
           "Dimension of the subspace; no more than the HSI has bands.");
    fields("iterations", iterations, Range{1, 1e6}, Label{"iterations"}, "Iterations of the splitting method.");
    fields("inner_iterations", inner_iterations, Range{1, 1e6}, "Conjugate gradient iterations in each of them.");
    fields("msi_weight", msi_weight, Range{0, 1e9}, Label{"weight of the MSI"},
           "Weight of the squared residual to the MSI against that to the HSI, of images without noise.");
    fields("total_variation", total_variation, Range{0, 1e9}, Label{"weight of the total variation"},
           "Weight of the total variation, of images without noise, divided by the mean of the HSI.");
    fields("penalty", penalty, Range{1e-9, 1e9},
           "Weight that ties the gradients to their split copies: it changes the speed, not the solution.");
  }

  double images(Index bands) const {
    return kHysureImages + kHysureCoefficients * (static_cast<double>(dimension) / static_cast<double>(bands));
  }
  Cube fuse(const KnownPair& given, std::uint64_t seed) const;
};

Cube Hysure::fuse(const KnownPair& given, std::uint64_t) const {
  PairNoise least = white_noise(given, kMostSnr, kMostSnr);
  for (double& deviation : least.msi) deviation = least.hsi.front() / std::sqrt(msi_weight);
  const PairNoise noise = both(given.noise(), least);
  const Pair pair = in_units_of(noise, given);
  const SubspaceProblem problem(pair, dimension);
  // Both are in units of the noise, except that the coefficients are divided by the intensity.
  const double cleanest = intensity_of(given.hsi) / least.hsi.front();
  const double variation = total_variation * std::pow(problem.intensity() / cleanest, 2);
  const float tie = static_cast<float>(penalty);
  const auto curvature = [&](const Tensor& x) {
    Tensor result = problem.curvature(x);
    add_gradient_curvature(x, tie, result);
    return result;
  };

  const Tensor data = problem.pull();
  Tensor x = upsample_cubic(problem.hsi(), pair.degradation).values;
  // The split copy of the gradients of x, and the scaled multipliers that bring them together.
  Tensor split = gradient(x), multipliers(split.shape());
  Progress progress(iterations, "iterations");
  for (Index i = 0; i < iterations; ++i) {
    Tensor wanted = split.clone();
    add_scaled(wanted, multipliers);
    Tensor pull = data.clone();
    add_scaled(pull, gradient_adjoint(wanted), tie);
    conjugate_gradients(curvature, pull, x, {inner_iterations, 1e-6});

    const Tensor slopes = gradient(x);
    split = slopes.clone();
    add_scaled(split, multipliers, -1.0f);
    shrink_pixels(split, variation / penalty);
    add_scaled(multipliers, split);
    add_scaled(multipliers, slopes, -1.0f);
    progress.tick();
  }
  Cube result = problem.image_of(x);
  leave_units_of(noise, result);
  return result;
}

}  // namespace

MethodType hysure_method() {
  return method_type<WholeMethod<Hysure>, Hysure>(
      "hysure", "HySure", "vector total variation in a subspace",
      {{.author = "Sim{\\~o}es, Miguel and Bioucas-Dias, Jos{\\'e} and Almeida, Luis B. and Chanussot, Jocelyn",
        .title = "A convex formulation for hyperspectral image superresolution via subspace-based regularization",
        .journal = "IEEE Transactions on Geoscience and Remote Sensing",
        .year = 2015,
        .volume = "53",
        .number = "6",
        .pages = "3373--3388",
        .doi = "10.1109/TGRS.2014.2375320"}});
}

}  // namespace specfuse
