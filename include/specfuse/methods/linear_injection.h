#pragma once

#include "specfuse/core/fields.h"
#include "specfuse/methods/fusion_method.h"

namespace specfuse {

struct LinearInjectionOptions {
  void describe(FieldVisitor&) {}
};

/// up(hsi) + A (msi - up(degrade(msi))): the detail that the MSI has and the HSI lacks, spread over the bands by a
/// matrix A [msi bands, bands] fitted on the training pairs by least squares without intercept.
class LinearInjection : public FusionMethod {
 public:
  using Options = LinearInjectionOptions;
  explicit LinearInjection(const Options&) {}
  void fit(const TrainingData& data, const FitContext& context) override;
  Cube fuse(const Pair& pair) const override;
  bool learns() const override { return true; }
  Checkpoint checkpoint() const override;
  void restore(const Checkpoint& checkpoint) override;

 private:
  /// A; undefined before `fit`.
  Tensor gain_;
};

}  // namespace specfuse
