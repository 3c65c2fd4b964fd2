#pragma once

#include "specfuse/core/fields.h"
#include "specfuse/methods/fusion_method.h"

namespace specfuse {

struct CsuOptions {
  /// Endmembers; no more than the HSI has bands or pixels are used.
  Index endmembers = 30;
  /// Rounds of updating the abundances and then the spectra.
  Index rounds = 20;
  /// Projected gradient steps of the abundances, and of the spectra, in each round.
  Index iterations = 20, spectral_iterations = 100;

  void describe(FieldVisitor& fields) {
    fields("endmembers", endmembers, Range{1, 1000});
    fields("rounds", rounds, Range{1, 1000});
    fields("iterations", iterations, Range{1, 1e6});
    fields("spectral_iterations", spectral_iterations, Range{1, 1e6});
  }
};

/// Coupled spectral unmixing (Lanaras, Baltsavias and Schindler 2015, "Hyperspectral super-resolution by coupled
/// spectral unmixing"), a sparse coupled dictionary method: every pixel of the MSI is a mixture, with abundances that
/// are not negative and sum to one and hence mostly zero, of spectra that are not negative, found in the HSI. The
/// spectra E are updated on the HSI with the abundances seen at its resolution, the abundances H on the MSI with E seen
/// through its response, both by projected gradient steps, here accelerated, in turn, and the result is H E. E starts
/// from VCA, drawn from the seed of the fit, where the paper uses SISAL; the limit on the number of abundances that the
/// paper offers is not used. `fuse` throws `ConfigError` without an SRF.
class Csu : public FusionMethod {
 public:
  using Options = CsuOptions;
  explicit Csu(const Options& options) : options_(options) {}
  void fit(const TrainingData&, const FitContext& context) override { seed_ = context.seed; }
  Cube fuse(const Pair& pair) const override;

 private:
  Options options_;
  std::uint64_t seed_ = 0;
};

}  // namespace specfuse
