#include <algorithm>
#include <cmath>

#include "specfuse/core/error.h"
#include "specfuse/core/rng.h"
#include "specfuse/core/threads.h"
#include "specfuse/imaging/degrade.h"
#include "specfuse/imaging/sums.h"

namespace specfuse {

void add_noise(Cube& cube, double snr_db, std::uint64_t seed, std::uint64_t stream) {
  SPECFUSE_CHECK(std::isfinite(snr_db), "add_noise: expected a finite snr_db, got ", snr_db);
  const Index bands = cube.bands();
  std::vector<double> deviation = sum_over_rows(cube.rows(), bands, [&](Index row, double* squares) {
    for (Index col = 0; col < cube.cols(); ++col) {
      if (!cube.is_valid(row * cube.cols() + col)) continue;
      const float* in = cube.pixel(row, col);
      for (Index b = 0; b < bands; ++b) squares[b] += double{in[b]} * double{in[b]};
    }
  });
  const auto missing = std::count(cube.valid.begin(), cube.valid.end(), std::uint8_t{0});
  for (double& value : deviation) {
    value = std::sqrt(value / static_cast<double>(cube.pixels() - missing) / std::pow(10.0, snr_db / 10));
  }
  parallel_for(cube.rows(), [&](Index row) {
    Rng rng(seed, stream);
    constexpr std::uint64_t kDrawsPerNormal = 2;
    rng.seek(kDrawsPerNormal * static_cast<std::uint64_t>(row * cube.cols() * bands));
    for (Index col = 0; col < cube.cols(); ++col) {
      float* out = cube.pixel(row, col);
      for (std::size_t b = 0; b < deviation.size(); ++b) {
        out[b] += static_cast<float>(deviation[b] * double{rng.normal()});
      }
    }
  });
}

}  // namespace specfuse
