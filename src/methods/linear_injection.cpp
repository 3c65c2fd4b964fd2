#include <algorithm>

#include "specfuse/core/error.h"
#include "specfuse/core/threads.h"
#include "specfuse/imaging/msi_detail.h"
#include "specfuse/imaging/upsample.h"
#include "specfuse/kernels/matrix.h"
#include "specfuse/methods/registry.h"
#include "specfuse/methods/shared/detail_injection.h"
#include "specfuse/methods/shared/refinement.h"
#include "specfuse/tensor/math.h"

namespace specfuse {
namespace {

/// Adds d'd and d'e over the pixels of a part of the target, where d is the MSI detail and e what up-sampling misses of
/// the target.
void add_normal_equations(const TrainingPair& example, const Rectangle& part, Matrix& dd, Matrix& de) {
  const Cube detail = msi_detail(example.input);
  Tensor missing = example.target.values.clone();
  add_scaled(missing, upsample_cubic(example.input.hsi, example.input.degradation).values, -1.0f);
  const Index few = detail.bands(), many = example.target.bands();
  parallel_for(few, [&](Index i) {
    for (Index at = 0; at < part.rows * part.cols; ++at) {
      const Index p = (part.row + at / part.cols) * detail.cols() + part.col + at % part.cols;
      const float *d = detail.values.data() + p * few, *e = missing.data() + p * many;
      for (Index j = 0; j < few; ++j) dd(i, j) += double{d[i]} * d[j];
      for (Index j = 0; j < many; ++j) de(i, j) += double{d[i]} * e[j];
    }
  });
}

/// up(hsi) + A (msi - up(degrade(msi))): the detail that the MSI has and the HSI lacks, spread over the bands by a
/// matrix A [msi bands, bands] fitted on the training pairs by least squares without intercept.
class LinearInjection : public FusionMethod {
 public:
  explicit LinearInjection(const Refinement& refinement) : refinement_(refinement) {}
  void check(const TrainingData&, const Pair& pair) const override { refinement_.check(pair, "linear_injection"); }
  void fit(const TrainingData& data, const FitContext& context) override;
  void fit_by_parts(const PairParts& pair, const FitContext& context) override;
  Cube fuse(const Pair& pair) const override;
  std::optional<PartFusion> by_parts(const PairParts& pair) const override;
  bool learns() const override { return true; }
  Checkpoint checkpoint() const override;
  void restore(const Checkpoint& checkpoint) override;

 private:
  /// Throws unless it has learned from images of these bands.
  void check_fitted(Index msi_bands, Index bands) const;
  Cube injected(const Pair& pair) const;

  Refinement refinement_;
  /// A; undefined before `fit`.
  Tensor gain_;
};

void LinearInjection::fit(const TrainingData& data, const FitContext&) {
  SPECFUSE_CHECK(!data.train.empty(), "linear_injection: nothing to learn from");
  const Index few = data.train[0].input.msi.bands(), many = data.train[0].target.bands();
  Matrix dd(few, few), de(few, many);
  for (const TrainingPair& example : data.train) {
    add_normal_equations(example, {0, 0, example.target.rows(), example.target.cols()}, dd, de);
  }
  gain_ = to_tensor(least_squares(dd, de));
}

void LinearInjection::fit_by_parts(const PairParts& pair, const FitContext&) {
  Matrix dd(pair.msi_bands(), pair.msi_bands()), de(pair.msi_bands(), pair.bands());
  // One scale down a coarse pixel is made of ratio x ratio of them; parts keep to these, and so does the margin.
  for_each_part(pair, pair.degradation().ratio * detail_margin(pair.degradation()), [&](const PairPart& part) {
    const TrainingPair example = lower_scale(part.pair);
    Rectangle inner = part.inner;
    inner.rows = std::min(inner.rows, example.target.rows() - inner.row);
    inner.cols = std::min(inner.cols, example.target.cols() - inner.col);
    if (inner.rows > 0 && inner.cols > 0) add_normal_equations(example, inner, dd, de);
  });
  gain_ = to_tensor(least_squares(dd, de));
}

void LinearInjection::check_fitted(Index msi_bands, Index bands) const {
  SPECFUSE_CHECK(gain_.defined(), "linear_injection: neither fitted nor restored");
  SPECFUSE_CHECK_AS(ConfigError, gain_.shape() == Shape({msi_bands, bands}), "linear_injection: fitted for ",
                    gain_.dim(0), " MSI and ", gain_.dim(1), " HSI bands, got ", msi_bands, " and ", bands);
}

std::optional<PartFusion> LinearInjection::by_parts(const PairParts& pair) const {
  check_fitted(pair.msi_bands(), pair.bands());
  if (refinement_.looks_at_all()) return {};
  return local_fusion(pair, [this](const Pair& part) -> FusedWithSigma { return {injected(part)}; });
}

Cube LinearInjection::injected(const Pair& pair) const {
  Cube fused = upsample_cubic(pair.hsi, pair.degradation);
  inject(fused, msi_detail(pair), gain_);
  return fused;
}

Cube LinearInjection::fuse(const Pair& pair) const {
  check_fitted(pair.msi.bands(), pair.hsi.bands());
  Cube fused = injected(pair);
  refinement_.apply(pair, fused);
  return fused;
}

Checkpoint LinearInjection::checkpoint() const {
  Checkpoint checkpoint;
  if (gain_.defined()) checkpoint.tensors["model/gain"] = gain_;
  return checkpoint;
}

void LinearInjection::restore(const Checkpoint& checkpoint) {
  const auto gain = checkpoint.tensors.find("model/gain");
  SPECFUSE_CHECK_AS(DataError, gain != checkpoint.tensors.end() && gain->second.shape().rank() == 2,
                    "linear_injection: the checkpoint has no matrix 'model/gain'");
  SPECFUSE_CHECK_AS(DataError, all_finite(gain->second), "checkpoint: expected finite values in 'model/gain'");
  gain_ = gain->second;
}

}  // namespace

MethodType linear_injection_method() {
  return method_type<LinearInjection, Refinement>(
      "linear_injection", "up-sampled HSI plus the MSI's detail times a matrix fitted on the training pairs");
}

}  // namespace specfuse
