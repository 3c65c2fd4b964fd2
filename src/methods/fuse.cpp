#include <algorithm>
#include <cmath>
#include <optional>

#include "methods/shared/whole_method.h"
#include "specfuse/imaging/upsample.h"
#include "specfuse/methods/registry.h"
#include "specfuse/methods/shared/conjugate_gradients.h"
#include "specfuse/methods/shared/noise_units.h"
#include "specfuse/methods/shared/refinement.h"
#include "specfuse/methods/shared/spectra.h"
#include "specfuse/methods/shared/subspace_problem.h"
#include "specfuse/tensor/math.h"

namespace specfuse {
namespace {

/// Images of the size of the result, and of coefficients, that memory is taken for, measured.
constexpr double kFuseImages = 2, kFuseCoefficients = 9;

/// Least variance of a coefficient whose mean square is 1: keeps the prior proper where up-sampling is perfect.
constexpr double kLeastVariance = 1e-6;
/// In dB, however clean the images: a subspace and a response are never exact.
constexpr double kMostHsiSnr = 40, kMostMsiSnr = 50;

/// Second moments of what up-sampling misses of the coefficients, one scale down; those of the coefficients themselves
/// where an image smaller than one coarser pixel has no scale below.
Matrix prior_covariance(const Cube& hsi, const Degradation& degradation) {
  const Index ratio = degradation.ratio, rows = hsi.rows() / ratio * ratio, cols = hsi.cols() / ratio * ratio;
  Cube missed = hsi;
  if (rows > 0 && cols > 0) {
    missed = crop(hsi, {0, 0, rows, cols});
    add_scaled(missed.values, upsample_cubic(degrade_spatially(missed, degradation), degradation).values, -1.0f);
  }
  Matrix covariance = second_moments(missed);
  for (double& value : covariance.values) value /= static_cast<double>(missed.pixels());
  for (Index k = 0; k < covariance.rows; ++k) covariance(k, k) += kLeastVariance;
  return covariance;
}

/// FUSE (Wei, Dobigeon and Tourneret 2015, "Fast fusion of multi-band images based on solving a Sylvester equation"):
/// the most probable coefficients X [pixels, dimension] in the signal subspace under noise on both images and a
/// Gaussian prior around the up-sampled HSI U. With every band divided by its noise they solve the Sylvester equation
///
///   A'A X + X G + (X - U) S^-1 = A' hsi + msi R E
///
/// for blur and decimation A, response R, basis E and G = E'R'R E. The paper's closed form needs a circulant blur; here
/// conjugate gradients solve the same equation with the exact operators, whatever the boundary. The paper leaves the
/// prior covariance S to the user; here it is measured: the second moments of what up-sampling misses one scale down.
/// `fuse` throws `ConfigError` without an SRF.
struct Fuse {
  static constexpr const char* kName = "fuse";
  Index dimension = 20;
  std::optional<double> hsi_snr_db, msi_snr_db;
  Index iterations = 300;
  double tolerance = 1e-6;
  Refinement refinement;

  void describe(FieldVisitor& fields) {
    fields("dimension", dimension, Range{1, 1000}, Label{"dimension of the subspace"},
           "Dimension of the subspace; no more than the HSI has bands.");
    fields("hsi_snr_db", hsi_snr_db, Range{-20, 200}, Label{"assumed SNR of the HSI", "dB", "from the pair"},
           "Signal to noise ratio that the HSI is taken to have in dB, over all bands together; where none is given, "
           "what the pair itself shows, and 40 at most.");
    fields("msi_snr_db", msi_snr_db, Range{-20, 200}, Label{"assumed SNR of the MSI", "dB", "from the pair"},
           "The same of the MSI, and 50 at most.");
    fields("iterations", iterations, Range{1, 1e6}, Label{"iterations"}, "Conjugate gradient iterations at most.");
    fields("tolerance", tolerance, Range{0, 1}, "Relative residual they stop at.");
    refinement.describe(fields);
  }

  double images(Index bands) const {
    return kFuseImages + kFuseCoefficients * (static_cast<double>(dimension) / static_cast<double>(bands));
  }
  Cube fuse(const KnownPair& given, std::uint64_t seed) const;

  /// From the options, else from the pair and at least the smallest.
  PairNoise noise_for(const KnownPair& pair) const;
};

PairNoise Fuse::noise_for(const KnownPair& pair) const {
  const PairNoise given = white_noise(pair, hsi_snr_db.value_or(0), msi_snr_db.value_or(0));
  if (hsi_snr_db && msi_snr_db) return given;
  const PairNoise found = both(pair.noise(), white_noise(pair, kMostHsiSnr, kMostMsiSnr));
  return {hsi_snr_db ? given.hsi : found.hsi, msi_snr_db ? given.msi : found.msi};
}

Cube Fuse::fuse(const KnownPair& given, std::uint64_t) const {
  const PairNoise noise = noise_for(given);
  const Pair pair = in_units_of(noise, given);
  const SubspaceProblem problem(pair, dimension);
  // The equation is in units of the noise, except that the coefficients are divided by the intensity.
  Matrix precision = solve_positive(prior_covariance(problem.hsi(), pair.degradation), identity(problem.hsi().bands()));
  for (double& value : precision.values) value /= problem.intensity() * problem.intensity();

  Tensor x = upsample_cubic(problem.hsi(), pair.degradation).values;
  Tensor right = problem.pull();
  add_product(x, precision, right);
  const auto left = [&](const Tensor& coefficients) {
    Tensor result = problem.curvature(coefficients);
    add_product(coefficients, precision, result);
    return result;
  };
  conjugate_gradients(left, right, x, {iterations, tolerance});
  Cube result = problem.image_of(x);
  leave_units_of(noise, result);
  refinement.apply(given, result);
  return result;
}

}  // namespace

MethodType fuse_method() {
  return method_type<WholeMethod<Fuse>, Fuse>(
      "fuse", "FUSE", "Gaussian prior in a subspace",
      {{.author = "Wei, Qi and Dobigeon, Nicolas and Tourneret, Jean-Yves",
        .title = "Fast fusion of multi-band images based on solving a {Sylvester} equation",
        .journal = "IEEE Transactions on Image Processing",
        .year = 2015,
        .volume = "24",
        .number = "11",
        .pages = "4109--4121",
        .doi = "10.1109/TIP.2015.2458572"}});
}

}  // namespace specfuse
