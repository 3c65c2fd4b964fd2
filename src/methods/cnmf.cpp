#include <algorithm>
#include <cmath>

#include "methods/shared/whole_method.h"
#include "specfuse/core/error.h"
#include "specfuse/core/progress.h"
#include "specfuse/imaging/upsample.h"
#include "specfuse/kernels/gemm.h"
#include "specfuse/kernels/mixtures.h"
#include "specfuse/methods/registry.h"
#include "specfuse/methods/shared/spectra.h"
#include "specfuse/methods/shared/vca.h"

namespace specfuse {
namespace {

/// Images of the size of the result, and of abundances, that memory is taken for, measured.
constexpr double kCnmfImages = 2, kCnmfAbundances = 2;

/// Keeps quotients finite and factors away from 0, which multiplicative updates never leave. Without unit: images are
/// scaled to a mean of 1.
constexpr float kSmallest = 1e-9f;

/// x *= above / below
void multiply(float* x, const float* above, const float* below, Index count) {
  for (Index i = 0; i < count; ++i) x[i] = std::max(x[i] * above[i] / std::max(below[i], kSmallest), kSmallest);
}

/// The image as a matrix [pixels, bands], scaled, without negative values.
Tensor nonnegative(const Tensor& image, float factor) {
  Tensor result = Tensor::uninitialized({image.dim(0) * image.dim(1), image.dim(2)});
  std::transform(image.data(), image.data() + image.size(), result.data(),
                 [&](float x) { return std::max(x * factor, 0.0f); });
  return result;
}

/// What stays the same while abundances H [pixels, M] of an image V [pixels, bands] are updated for endmembers
/// W [M, bands]. A band of constant `anchor` in V and W draws the sums of abundances to one (Heinz and Chang 2001).
struct AbundanceUpdate {
  Tensor above, gram;

  AbundanceUpdate(const Tensor& image, const Tensor& endmembers, float anchor)
      : above(Tensor::uninitialized({image.dim(0), endmembers.dim(0)})),
        gram(Tensor::uninitialized({endmembers.dim(0), endmembers.dim(0)})) {
    const Index count = endmembers.dim(0);
    const auto anchored = [=](float* row) {
      for (Index i = 0; i < count; ++i) row[i] += anchor * anchor;
    };
    parallel_gemm(plain(image), transposed(endmembers), output(above), {.finish_row = anchored});
    parallel_gemm(plain(endmembers), transposed(endmembers), output(gram), {.finish_row = anchored});
  }

  /// H <- H .* (V W') ./ (H W W'), so many times (Lee and Seung 2001).
  void operator()(Tensor& abundances, Index iterations) const {
    scale_abundances(gram, above, iterations, kSmallest, abundances);
  }
};

/// W <- W .* (H' V) ./ (H' H W)
void update_endmembers(const Tensor& image, const Tensor& abundances, Tensor& endmembers) {
  Tensor above = Tensor::uninitialized(endmembers.shape()), below = Tensor::uninitialized(endmembers.shape());
  Tensor gram = Tensor::uninitialized({endmembers.dim(0), endmembers.dim(0)});
  gemm_of_long(transposed(abundances), plain(image), above);
  gemm_of_long(transposed(abundances), plain(abundances), gram);
  gemm(plain(gram), plain(endmembers), output(below));
  multiply(endmembers.data(), above.data(), below.data(), endmembers.size());
}

/// Endmembers [M, bands] and abundances [pixels, M] of the HSI, both updated in turn.
void unmix(const Tensor& hsi, float anchor, Index iterations, Tensor& endmembers, Tensor& abundances,
           Progress& progress) {
  for (Index i = 0; i < iterations; ++i) {
    AbundanceUpdate(hsi, endmembers, anchor)(abundances, 1);
    update_endmembers(hsi, abundances, endmembers);
    progress.tick();
  }
}

/// Abundances on another grid of pixels.
template <class Resample>
Tensor resampled(const Tensor& abundances, const Cube& grid, const Resample& resample) {
  const Cube result = resample(as_cube(abundances.reshape({grid.rows(), grid.cols(), abundances.dim(1)})));
  Tensor positive = nonnegative(result.values, 1.0f);
  for (Index i = 0; i < positive.size(); ++i) positive[i] = std::max(positive[i], kSmallest);
  return positive;
}

/// Coupled non-negative matrix factorisation (Yokoya, Yairi and Iwasaki 2012, "Coupled nonnegative matrix factorization
/// unmixing for hyperspectral and multispectral data fusion"): the HSI is unmixed into endmember spectra W and coarse
/// abundances, the MSI into W seen through the response and fine abundances H, each starting from the other, and the
/// result is H W. W starts from VCA, drawn from the seed of the fit, and H from the up-sampled coarse abundances. Where
/// the paper also lets the endmembers of the MSI move, here they are W seen through the response throughout, as that is
/// known. Negative values count as 0. `fuse` throws `ConfigError` without an SRF.
struct Cnmf {
  static constexpr const char* kName = "cnmf";
  Index endmembers = 40, rounds = 4, iterations = 200;
  double sum_to_one = 0.1;

  void describe(FieldVisitor& fields) {
    fields(
        "endmembers", endmembers, Range{1, 1000}, Label{"endmembers"},
        "Endmembers; no more than the HSI has bands or pixels are used. They start from VCA, which follows the seed.");
    fields("rounds", rounds, Range{1, 1000}, Label{"rounds"}, "Rounds of unmixing the HSI and then the MSI.");
    fields("iterations", iterations, Range{1, 1e6}, Label{"iterations"}, "Multiplicative updates of each unmixing.");
    fields("sum_to_one", sum_to_one, Range{0, 1e3},
           "Weight of abundances summing to one, against the mean of the HSI times the root of the number of bands.");
  }

  double images(Index bands) const {
    return kCnmfImages + kCnmfAbundances * (static_cast<double>(endmembers) / static_cast<double>(bands));
  }
  Cube fuse(const KnownPair& pair, std::uint64_t seed) const;
};

Cube Cnmf::fuse(const KnownPair& pair, std::uint64_t seed) const {
  const Degradation& degradation = pair.degradation;
  const float intensity = intensity_of(pair.hsi);
  const Tensor hsi = nonnegative(pair.hsi.values, 1 / intensity), msi = nonnegative(pair.msi.values, 1 / intensity);
  const Index count = std::min({endmembers, pair.hsi.bands(), pair.hsi.pixels()});
  const auto anchor_of = [&](Index bands) {
    return static_cast<float>(sum_to_one * std::sqrt(static_cast<double>(bands)));
  };

  Tensor spectra = to_tensor(vca(pair.hsi, count, seed));
  for (Index i = 0; i < spectra.size(); ++i) spectra[i] = std::max(spectra[i] / intensity, kSmallest);
  Tensor coarse({pair.hsi.pixels(), count}), fine;
  std::fill(coarse.data(), coarse.data() + coarse.size(), 1.0f / static_cast<float>(count));
  AbundanceUpdate(hsi, spectra, anchor_of(pair.hsi.bands()))(coarse, iterations);
  Progress progress(2 * rounds * iterations, "updates");
  for (Index round = 0; round < rounds; ++round) {
    if (round > 0) {
      coarse = resampled(fine, pair.msi, [&](const Cube& cube) { return degrade_spatially(cube, degradation); });
    }
    unmix(hsi, anchor_of(pair.hsi.bands()), iterations, spectra, coarse, progress);
    if (round == 0) {
      fine = resampled(coarse, pair.hsi, [&](const Cube& cube) { return upsample_cubic(cube, degradation); });
    }
    Tensor seen = Tensor::uninitialized({count, pair.msi.bands()});
    gemm(plain(spectra), transposed(degradation.srf), output(seen));
    AbundanceUpdate(msi, seen, anchor_of(pair.msi.bands()))(fine, iterations);
    progress.tick(iterations);
  }

  Cube result = pair.hsi;
  result.values = Tensor::uninitialized({pair.msi.rows(), pair.msi.cols(), pair.hsi.bands()});
  for (Index i = 0; i < spectra.size(); ++i) spectra[i] *= intensity;
  parallel_gemm(plain(fine), plain(spectra), {result.values.data(), result.pixels(), result.bands()});
  return result;
}

}  // namespace

MethodType cnmf_method() {
  return method_type<WholeMethod<Cnmf>, Cnmf>(
      "cnmf", "CNMF", "coupled non-negative matrix factorisation",
      {{.author = "Yokoya, Naoto and Yairi, Takehisa and Iwasaki, Akira",
        .title = "Coupled nonnegative matrix factorization unmixing for hyperspectral and multispectral data fusion",
        .journal = "IEEE Transactions on Geoscience and Remote Sensing",
        .year = 2012,
        .volume = "50",
        .number = "2",
        .pages = "528--537",
        .doi = "10.1109/TGRS.2011.2161320"}});
}

}  // namespace specfuse
