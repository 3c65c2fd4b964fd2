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

/// Images of the size of the result that memory is taken for when it is refined, measured.
constexpr double kRefinedImages = 4;

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
  std::string fit(const TrainingData& data, const FitContext& context) override;
  Fuser fuser(const PairParts& pair) const override;
  Checkpoint checkpoint() const override;
  void restore(const Checkpoint& checkpoint) override;

 private:
  Refinement refinement_;
  /// A; undefined before `fit`.
  Tensor gain_;
};

std::string LinearInjection::fit(const TrainingData& data, const FitContext&) {
  Matrix dd, de;
  for_each_example(data, detail_margin, [&](const TrainingPair& example, const Rectangle& inner) {
    const Index few = example.input.msi.bands();
    if (dd.rows == 0) dd = Matrix(few, few), de = Matrix(few, example.target.bands());
    add_normal_equations(example, inner, dd, de);
  });
  SPECFUSE_CHECK(dd.rows > 0, "linear_injection: nothing to learn from");
  gain_ = to_tensor(least_squares(dd, de));
  return {};
}

Fuser LinearInjection::fuser(const PairParts& pair) const {
  SPECFUSE_CHECK(gain_.defined(), "linear_injection: neither fitted nor restored");
  SPECFUSE_CHECK_AS(ConfigError, gain_.shape() == Shape({pair.msi_bands(), pair.bands()}),
                    "linear_injection: fitted for ", gain_.dim(0), " MSI and ", gain_.dim(1), " HSI bands, got ",
                    pair.msi_bands(), " and ", pair.bands());
  const auto fuse = [this](const Pair& part) -> FusedCube {
    Cube fused = upsample_cubic(part.hsi, part.degradation);
    inject(fused, msi_detail(part), gain_);
    refinement_.apply(part, fused);
    return {fused};
  };
  return refinement_.looks_at_all() ? whole_fuser(pair, kRefinedImages, fuse) : local_fuser(pair, fuse);
}

Checkpoint LinearInjection::checkpoint() const {
  Checkpoint checkpoint;
  if (gain_.defined()) checkpoint.tensors["model/gain"] = gain_;
  return checkpoint;
}

void LinearInjection::restore(const Checkpoint& checkpoint) {
  gain_ = checkpoint.tensor("model/gain");
  SPECFUSE_CHECK_AS(DataError, gain_.shape().rank() == 2, "checkpoint: expected a matrix 'model/gain', got ",
                    gain_.shape().text());
}

}  // namespace

MethodType linear_injection_method() {
  return method_type<LinearInjection, Refinement>(
      "linear_injection", "Linear injection",
      "up-sampled HSI plus the MSI's detail times a matrix fitted on the training pairs", {},
      {.learns = true, .learns_by_parts = true, .has_checkpoints = true});
}

}  // namespace specfuse
