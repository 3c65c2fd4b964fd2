#pragma once

#include "specfuse/core/fields.h"
#include "specfuse/methods/fusion_method.h"

namespace specfuse {

struct CnmfOptions {
  /// Endmembers; no more than the HSI has bands or pixels are used.
  Index endmembers = 40;
  /// Rounds of unmixing the HSI and then the MSI.
  Index rounds = 4;
  /// Multiplicative updates of each unmixing.
  Index iterations = 200;
  /// Weight of abundances summing to one, against the mean of the HSI times the root of the number of bands.
  double sum_to_one = 0.1;

  void describe(FieldVisitor& fields) {
    fields("endmembers", endmembers, Range{1, 1000});
    fields("rounds", rounds, Range{1, 1000});
    fields("iterations", iterations, Range{1, 1e6});
    fields("sum_to_one", sum_to_one, Range{0, 1e3});
  }
};

/// Coupled non-negative matrix factorisation (Yokoya, Yairi and Iwasaki 2012, "Coupled nonnegative matrix factorization
/// unmixing for hyperspectral and multispectral data fusion"): the HSI is unmixed into endmember spectra W and coarse
/// abundances, the MSI into W seen through the response and fine abundances H, each starting from the other, and the
/// result is H W. W starts from VCA, drawn from the seed of the fit, and H from the up-sampled coarse abundances. Where
/// the paper also lets the endmembers of the MSI move, here they are W seen through the response throughout, as that is
/// known. Negative values are taken for 0. `fuse` throws `ConfigError` without an SRF.
class Cnmf : public FusionMethod {
 public:
  using Options = CnmfOptions;
  explicit Cnmf(const Options& options) : options_(options) {}
  void fit(const TrainingData&, const FitContext& context) override { seed_ = context.seed; }
  Cube fuse(const Pair& pair) const override;

 private:
  Options options_;
  std::uint64_t seed_ = 0;
};

}  // namespace specfuse
