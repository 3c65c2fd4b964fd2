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
  const std::vector<Index> seen = positions_seen(coarse_extent * degradation.ratio, degradation);
  const Index size = degradation.psf.dim(0);
  std::vector<std::vector<Sight>> result(static_cast<std::size_t>(coarse_extent * degradation.ratio));
  for (Index i = 0; i < std::ssize(seen); ++i) {
    result[static_cast<std::size_t>(seen[static_cast<std::size_t>(i)])].push_back({i / size, i % size});
  }
  return result;
}

}  // namespace

Cube degrade_adjoint(const Cube& coarse, const Degradation& degradation) {
  const Index ratio = degradation.ratio;
  const Tensor& psf = degradation.psf;
  const auto down = sights(coarse.rows(), degradation), across = sights(coarse.cols(), degradation);
  Cube fine = coarse.resized(coarse.rows() * ratio, coarse.cols() * ratio);
  const Index size = psf.dim(1), coarse_cols = coarse.cols(), bands = coarse.bands();
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
