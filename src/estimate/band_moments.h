#pragma once

#include "specfuse/imaging/cube.h"
#include "specfuse/kernels/matrix.h"

namespace specfuse {

/// Second moments of the bands of a coarse image, and the same without noise: the bands in units of their noise,
/// projected on the principal directions that stand out of it and shrunk to the share of signal in each.
class BandMoments {
 public:
  explicit BandMoments(const Cube& hsi);

  /// Covariances of the bands with those of another image of the same pixels [bands, other bands], without noise.
  struct Cross {
    Matrix covariance;
    std::vector<double> mean, variance;
    /// The part of each variance that no linear combination of the bands explains, as a fraction.
    std::vector<double> unexplained;
  };
  Cross with(const Cube& other) const;

  /// [bands, bands], without noise.
  const Matrix& covariance() const { return covariance_; }
  /// The pixels along the first directions that stand out of the noise, `most` of them at most, each scaled to variance
  /// one [pixels, directions].
  Matrix scores(Index most) const;
  /// The part of the variance along each of these that is noise.
  std::vector<double> noise_shares() const;
  const std::vector<double>& mean() const { return mean_; }
  /// Standard deviation of the noise of each band: what the bands next to it do not explain.
  const std::vector<double>& noise() const { return noise_; }
  Index pixels() const { return centred_.rows; }

 private:
  Matrix centred_, covariance_;
  std::vector<double> mean_;
  /// Directions kept, in noise units [bands, kept], and the variances along them.
  Matrix directions_;
  std::vector<double> variances_, noise_;
};

/// What explains the bands of one image by those of another of the same pixels, by ridge regression [other bands,
/// bands].
Matrix regression_of(const Cube& from, const Cube& to);

}  // namespace specfuse
