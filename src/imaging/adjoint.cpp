#include "specfuse/imaging/adjoint.h"

#include <vector>

#include "specfuse/core/error.h"
#include "specfuse/core/threads.h"
#include "specfuse/kernels/weighted_sums.h"

namespace specfuse {
namespace {

/// A coarse position that sees a fine one, along one axis, and the PSF row or column it sees it through.
struct Sight {
  Index coarse, tap;
};

/// For each fine position of an axis, the coarse positions that see it.
std::vector<std::vector<Sight>> sights(Index coarse_extent, const Degradation& degradation) {
  const Index ratio = degradation.ratio, size = degradation.psf.dim(0), extent = coarse_extent * ratio;
  std::vector<std::vector<Sight>> result(static_cast<std::size_t>(extent));
  for (Index coarse = 0; coarse < coarse_extent; ++coarse) {
    for (Index tap = 0; tap < size; ++tap) {
      const Index fine = position_within(coarse * ratio - (size - ratio) / 2 + tap, extent, degradation.boundary);
      result[static_cast<std::size_t>(fine)].push_back({coarse, tap});
    }
  }
  return result;
}

}  // namespace

Cube degrade_adjoint(const Cube& coarse, const Degradation& degradation) {
  const Index ratio = degradation.ratio;
  const Tensor& psf = degradation.psf;
  SPECFUSE_CHECK(ratio >= 2 && psf.defined() && psf.shape().rank() == 2 && psf.dim(0) == psf.dim(1) &&
                     (psf.dim(0) - ratio) % 2 == 0,
                 "degrade_adjoint: expected a ratio of at least 2 and a square PSF, both even or both odd, got ratio ",
                 ratio, " and PSF ", psf.shape().text());
  Cube fine;
  fine.values = Tensor::uninitialized({coarse.rows() * ratio, coarse.cols() * ratio, coarse.bands()});
  fine.wavelength_nm = coarse.wavelength_nm;
  fine.attributes = coarse.attributes;
  const Index size = psf.dim(1), coarse_cols = coarse.cols(), bands = coarse.bands();
  const auto down = sights(coarse.rows(), degradation), across = sights(coarse_cols, degradation);
  parallel_for(fine.rows(), [&](Index row) {
    std::vector<const float*> seeing;
    std::vector<double> weights;
    for (Index col = 0; col < fine.cols(); ++col) {
      seeing.clear();
      weights.clear();
      for (const Sight& y : down[static_cast<std::size_t>(row)]) {
        for (const Sight& x : across[static_cast<std::size_t>(col)]) {
          seeing.push_back(coarse.values.data() + (y.coarse * coarse_cols + x.coarse) * bands);
          weights.push_back(psf.data()[y.tap * size + x.tap]);
        }
      }
      weighted_sum(seeing, weights, bands, fine.pixel(row, col));
    }
  });
  return fine;
}

}  // namespace specfuse
