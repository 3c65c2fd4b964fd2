#include <algorithm>
#include <cmath>
#include <vector>

#include "methods/shared/whole_method.h"
#include "specfuse/core/progress.h"
#include "specfuse/imaging/upsample.h"
#include "specfuse/kernels/gemm.h"
#include "specfuse/kernels/mixtures.h"
#include "specfuse/methods/registry.h"
#include "specfuse/methods/shared/spectra.h"
#include "specfuse/methods/shared/vca.h"
#include "specfuse/tensor/math.h"

namespace specfuse {
namespace {

/// Images of the size of the result, and of abundances, that memory is taken for, measured.
constexpr double kCsuImages = 2.5, kCsuAbundances = 3;

/// An image as a matrix [pixels, bands], scaled.
Tensor spectra_of(const Cube& cube, float factor) {
  Tensor result = cube.values.reshape({cube.pixels(), cube.bands()}).clone();
  scale(result, factor);
  return result;
}

/// The largest eigenvalue of a product x x' or x' x; 1 where it is 0, as any step then leaves things as they are.
float lipschitz(const Tensor& gram) {
  const double largest = eigen_symmetric(to_matrix(gram)).values.front();
  return largest > 0 ? static_cast<float>(largest) : 1.0f;
}

/// How far each step of Nesterov's accelerated gradient goes on in the direction of the last (Beck and Teboulle 2009,
/// eqs. 4.2 and 4.3).
std::vector<float> inertia_of(Index iterations) {
  std::vector<float> inertia;
  double momentum = 1;
  for (Index k = 0; k < iterations; ++k) {
    const double following = (1 + std::sqrt(1 + 4 * momentum * momentum)) / 2;
    inertia.push_back(static_cast<float>((momentum - 1) / following));
    momentum = following;
  }
  return inertia;
}

/// Steps H <- simplex(H - (H E - V) E' / L) for an image V [pixels, bands] and spectra E [M, bands], accelerated.
/// Pixels do not touch each other.
void unmix(const Tensor& image, const Tensor& spectra, Index iterations, Tensor& abundances) {
  const Index count = spectra.dim(0);
  Tensor pull = Tensor::uninitialized(abundances.shape()), step = Tensor::uninitialized({count, count});
  parallel_gemm(plain(image), transposed(spectra), output(pull));
  gemm(plain(spectra), transposed(spectra), output(step));
  const float factor = 1 / lipschitz(step);
  scale(pull, factor);
  scale(step, -factor);
  descend_on_simplex(step, pull, inertia_of(iterations), abundances);
}

/// Steps E <- max(0, E - H' (H E - V) / L), accelerated in the same way.
void update_spectra(const Tensor& image, const Tensor& abundances, Index iterations, Tensor& spectra) {
  Tensor pull = Tensor::uninitialized(spectra.shape()), slope = Tensor::uninitialized(spectra.shape());
  Tensor gram = Tensor::uninitialized({spectra.dim(0), spectra.dim(0)}), ahead = spectra.clone();
  gemm_of_long(transposed(abundances), plain(image), pull);
  gemm_of_long(transposed(abundances), plain(abundances), gram);
  const float factor = 1 / lipschitz(gram);
  for (const float inertia : inertia_of(iterations)) {
    gemm(plain(gram), plain(ahead), output(slope));
    for (Index i = 0; i < spectra.size(); ++i) {
      const float moved = std::max(ahead[i] - factor * (slope[i] - pull[i]), 0.0f);
      ahead[i] = moved + inertia * (moved - spectra[i]);
      spectra[i] = moved;
    }
  }
}

Cube on_grid(const Tensor& abundances, const Cube& grid) {
  return as_cube(abundances.reshape({grid.rows(), grid.cols(), abundances.dim(1)}));
}

Tensor flat(const Cube& cube) { return cube.values.reshape({cube.pixels(), cube.bands()}); }

/// Coupled spectral unmixing (Lanaras, Baltsavias and Schindler 2015, "Hyperspectral super-resolution by coupled
/// spectral unmixing"), a sparse coupled dictionary method: every pixel of the MSI is a mixture, with abundances that
/// are not negative and sum to one and hence mostly zero, of spectra that are not negative, found in the HSI. The
/// spectra E are updated on the HSI with the abundances seen at its resolution, the abundances H on the MSI with E seen
/// through its response, both by projected gradient steps, here accelerated, in turn, and the result is H E. E starts
/// from VCA, drawn from the seed of the fit, where the paper uses SISAL; the limit on the number of abundances that the
/// paper offers is not used. `fuse` throws `ConfigError` without an SRF.
struct Csu {
  static constexpr const char* kName = "csu";
  Index endmembers = 30, rounds = 20, iterations = 20, spectral_iterations = 100;

  void describe(FieldVisitor& fields) {
    fields(
        "endmembers", endmembers, Range{1, 1000}, Label{"endmembers"},
        "Endmembers; no more than the HSI has bands or pixels are used. They start from VCA, which follows the seed.");
    fields("rounds", rounds, Range{1, 1000}, Label{"rounds"},
           "Rounds of updating the abundances on the MSI and then the spectra on the HSI.");
    fields("iterations", iterations, Range{1, 1e6}, Label{"iterations"},
           "Projected gradient steps of the abundances in each round.");
    fields("spectral_iterations", spectral_iterations, Range{1, 1e6},
           "Projected gradient steps of the spectra in each round.");
  }

  double images(Index bands) const {
    return kCsuImages + kCsuAbundances * (static_cast<double>(endmembers) / static_cast<double>(bands));
  }
  Cube fuse(const KnownPair& pair, std::uint64_t seed) const;
};

Cube Csu::fuse(const KnownPair& pair, std::uint64_t seed) const {
  const Degradation& degradation = pair.degradation;
  const float intensity = intensity_of(pair.hsi);
  const Tensor hsi = spectra_of(pair.hsi, 1 / intensity), msi = spectra_of(pair.msi, 1 / intensity);
  const Index count = std::min({endmembers, pair.hsi.bands(), pair.hsi.pixels()});

  Tensor spectra = to_tensor(vca(pair.hsi, count, seed));
  for (Index i = 0; i < spectra.size(); ++i) spectra[i] = std::max(spectra[i] / intensity, 0.0f);
  Tensor coarse({pair.hsi.pixels(), count});
  std::fill(coarse.data(), coarse.data() + coarse.size(), 1.0f / static_cast<float>(count));
  unmix(hsi, spectra, iterations, coarse);
  Tensor fine = flat(upsample_cubic(on_grid(coarse, pair.hsi), degradation));
  Tensor seen = Tensor::uninitialized({count, pair.msi.bands()});
  Progress progress(rounds, "rounds");
  for (Index round = 0; round < rounds; ++round) {
    gemm(plain(spectra), transposed(degradation.srf), output(seen));
    unmix(msi, seen, iterations, fine);
    coarse = flat(degrade_spatially(on_grid(fine, pair.msi), degradation));
    update_spectra(hsi, coarse, spectral_iterations, spectra);
    progress.tick();
  }

  Cube result = pair.hsi;
  result.values = Tensor::uninitialized({pair.msi.rows(), pair.msi.cols(), pair.hsi.bands()});
  scale(spectra, intensity);
  parallel_gemm(plain(fine), plain(spectra), {result.values.data(), result.pixels(), result.bands()});
  return result;
}

}  // namespace

MethodType csu_method() {
  return method_type<WholeMethod<Csu>, Csu>(
      "csu", "CSU", "coupled spectral unmixing on the simplex",
      {{.author = "Lanaras, Charis and Baltsavias, Emmanuel and Schindler, Konrad",
        .title = "Hyperspectral super-resolution by coupled spectral unmixing",
        .booktitle = "IEEE International Conference on Computer Vision",
        .year = 2015,
        .pages = "3586--3594",
        .doi = "10.1109/ICCV.2015.409"}});
}

}  // namespace specfuse
