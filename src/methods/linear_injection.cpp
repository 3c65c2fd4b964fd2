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

/// Adds d'd and d'e over all pixels, where d is the MSI detail and e what up-sampling misses of the target.
void add_normal_equations(const TrainingPair& example, Matrix& dd, Matrix& de) {
  const Cube detail = msi_detail(example.input);
  Tensor missing = example.target.values.clone();
  add_scaled(missing, upsample_cubic(example.input.hsi, example.input.degradation.ratio).values, -1.0f);
  const Index few = detail.bands(), many = example.target.bands();
  parallel_for(few, [&](Index i) {
    for (Index p = 0; p < detail.pixels(); ++p) {
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
  Cube fuse(const Pair& pair) const override;
  bool learns() const override { return true; }
  Checkpoint checkpoint() const override;
  void restore(const Checkpoint& checkpoint) override;

 private:
  Refinement refinement_;
  /// A; undefined before `fit`.
  Tensor gain_;
};

void LinearInjection::fit(const TrainingData& data, const FitContext&) {
  SPECFUSE_CHECK(!data.train.empty(), "linear_injection: nothing to learn from");
  const Index few = data.train[0].input.msi.bands(), many = data.train[0].target.bands();
  Matrix dd(few, few), de(few, many);
  for (const TrainingPair& example : data.train) add_normal_equations(example, dd, de);
  gain_ = to_tensor(least_squares(dd, de));
}

Cube LinearInjection::fuse(const Pair& pair) const {
  SPECFUSE_CHECK(gain_.defined(), "linear_injection: neither fitted nor restored");
  SPECFUSE_CHECK_AS(ConfigError, gain_.shape() == Shape({pair.msi.bands(), pair.hsi.bands()}),
                    "linear_injection: fitted for ", gain_.dim(0), " MSI and ", gain_.dim(1), " HSI bands, got ",
                    pair.msi.bands(), " and ", pair.hsi.bands());
  Cube fused = upsample_cubic(pair.hsi, pair.degradation.ratio);
  inject(fused, msi_detail(pair), gain_);
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
