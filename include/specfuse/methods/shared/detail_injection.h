#pragma once

#include <vector>

#include "specfuse/imaging/training_data.h"
#include "specfuse/kernels/matrix.h"
#include "specfuse/methods/paper.h"

namespace specfuse {

/// Means and covariances over the pixels that two images x and y share; divided by the number of pixels.
struct Covariance {
  Index pixels = 0;
  std::vector<double> x_mean, y_mean, y_variance;
  /// [x bands, x bands] and [x bands, y bands]
  Matrix xx, xy;
};

/// Throws `Error` where the images differ in size or hold values that are not finite.
Covariance covariance(const Cube& x, const Cube& y);

/// Adds the pixels of another part of the same images (Chan, Golub and LeVeque 1979, "Updating formulae and a pairwise
/// algorithm for computing sample variances", eq. 2.1). Nothing is changed by adding to an empty one.
void add(Covariance& sum, const Covariance& part);

/// y = x weights + offset: weights [x bands, y bands] and one offset for each band of y.
struct Regression {
  Matrix weights;
  std::vector<double> offset;
};

/// The least-squares fit of y on x with intercept. With x the degraded MSI and y the HSI this is hypersharpening
/// (Selva et al. 2015, "Hyper-sharpening: a first approach on SIM-GA data"): x weights + offset at the MSI's own
/// resolution is the sharp image P_b synthesised for HSI band b. Bands of x that are constant to the precision of
/// float32 get no weight; collinear ones share it.
Regression regress(const Covariance& covariance);

/// Where that is from.
Paper hyper_sharpening_paper();

/// What the regression makes of one pixel x [x bands], in double precision.
std::vector<double> predict(const float* x, const Regression& regression);

/// Scales column b of the weights by g_b = cov(x w_b, y_b) / var(x w_b), the injection gain of Gram-Schmidt (Aiazzi et
/// al. 2007) and of global regression-based injection (Aiazzi et al. 2006); 0 where x w_b explains nothing of y_b.
void scale_by_gain(Matrix& weights, const Covariance& covariance);

/// What methods that learn from the pair itself see of the degraded MSI `low`: its covariance with the HSI, and the
/// least values of a result.
struct LowStatistics {
  Covariance low_hsi;
  std::vector<float> least;
};
LowStatistics low_statistics(const PairParts& pair);

/// fused += detail gain: detail [rows, cols, msi bands], gain [msi bands, bands].
void inject(Cube& fused, const Cube& detail, const Tensor& gain);

/// The least value that each band of a result may have: 0 where it is nowhere negative in the HSI, as a spectrum unlike
/// all that the regression saw, such as a glint, can be extrapolated far below. Of several parts it is the lower one;
/// `lower` takes that.
std::vector<float> least_values(const Cube& hsi);
void lower(std::vector<float>& least, const std::vector<float>& part);

/// Raises what is below these values to them.
void keep_above(Cube& fused, const std::vector<float>& least);

/// Both for a pair in memory.
void keep_non_negative(Cube& fused, const Cube& hsi);

/// What a pair itself teaches about injection, one scale down, where the HSI is the answer.
struct InjectionLesson {
  TrainingPair lower;
  /// The MSI's detail d [rows, cols, msi bands], what up-sampling misses of the answer, e [rows, cols, bands], and what
  /// linear injection leaves of that, e - d A.
  Cube detail, missing, left;
  /// d'd [msi bands, msi bands] over all pixels, and the A [msi bands, bands] of the least |e - d A|.
  Matrix square, gain;
};

InjectionLesson injection_lesson(const TrainingPair& lower);

}  // namespace specfuse
