#pragma once

#include "specfuse/core/fields.h"
#include "specfuse/methods/fusion_method.h"

namespace specfuse {

struct BicubicOptions {
  void describe(FieldVisitor&) {}
};

/// The up-sampled HSI, the MSI unused: what every fusion has to beat.
class Bicubic : public FusionMethod {
 public:
  using Options = BicubicOptions;
  explicit Bicubic(const Options&) {}
  void fit(const TrainingData&, const FitContext&) override {}
  Cube fuse(const Pair& pair) const override;
};

}  // namespace specfuse
