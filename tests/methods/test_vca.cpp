#include <doctest/doctest.h>

#include "methods/mixtures.h"
#include "specfuse/core/error.h"
#include "specfuse/methods/shared/vca.h"

using namespace specfuse;
using namespace specfuse::testing;

namespace {

/// 60 random mixtures of 4 random spectra [4, 20], after the pure spectra themselves in pixels 5, 17, 30 and 44.
Cube simplex(const Tensor& spectra) {
  const Index count = spectra.dim(0), bands = spectra.dim(1);
  const Index pure[] = {5, 17, 30, 44};
  Rng rng(3, stream_of("simplex"));
  Cube cube(6, 10, bands);
  for (Index p = 0; p < cube.pixels(); ++p) {
    std::vector<float> share(static_cast<std::size_t>(count));
    float sum = 0;
    for (float& value : share) sum += value = rng.uniform(0.05f, 1.0f);
    for (float& value : share) value /= sum;
    const auto found = std::find(std::begin(pure), std::end(pure), p) - std::begin(pure);
    for (Index i = 0; i < count; ++i) {
      const float weight = found < 4 ? (i == found ? 1.0f : 0.0f) : share[static_cast<std::size_t>(i)];
      for (Index b = 0; b < bands; ++b) cube.values[p * bands + b] += weight * spectra[i * bands + b];
    }
  }
  return cube;
}

Tensor random_spectra() {
  Tensor spectra = random_tensor({4, 20}, "spectra");
  for (Index i = 0; i < spectra.size(); ++i) spectra[i] = 3 + spectra[i];
  return spectra;
}

/// Largest distance of a true spectrum to the nearest that was found, relative to the norm of the true one.
double farthest_missed(const Tensor& spectra, const Matrix& found) {
  double worst = 0;
  for (Index i = 0; i < spectra.dim(0); ++i) {
    double nearest = 1e300, energy = 0;
    for (Index b = 0; b < found.cols; ++b) energy += double{spectra[i * found.cols + b]} * spectra[i * found.cols + b];
    for (Index k = 0; k < found.rows; ++k) {
      double squared = 0;
      for (Index b = 0; b < found.cols; ++b) {
        const double difference = found(k, b) - spectra[i * found.cols + b];
        squared += difference * difference;
      }
      nearest = std::min(nearest, squared);
    }
    worst = std::max(worst, std::sqrt(nearest / energy));
  }
  return worst;
}

}  // namespace

TEST_CASE("vca: finds the pure pixels of a simplex, whatever the seed") {
  const Tensor spectra = random_spectra();
  for (const std::uint64_t seed : {0u, 1u, 2u}) CHECK(farthest_missed(spectra, vca(simplex(spectra), 4, seed)) < 1e-5);
}

TEST_CASE("vca: with little noise it finds pure pixels in the shade among bright mixtures") {
  const Tensor spectra = random_spectra();
  Cube cube = simplex(spectra);
  Rng rng(4, stream_of("shade"));
  for (Index p = 0; p < cube.pixels(); ++p) {
    const bool pure = p == 5 || p == 17 || p == 30 || p == 44;
    const float brightness = pure ? 0.5f : rng.uniform(0.8f, 2.0f);
    for (Index b = 0; b < 20; ++b) cube.values[p * 20 + b] *= brightness;
  }
  Matrix found = vca(cube, 4, 0);
  for (double& value : found.values) value *= 2;
  CHECK(farthest_missed(spectra, found) < 1e-5);
}

TEST_CASE("vca: under noise that calls for the other projection it comes as close as the noise") {
  const Tensor spectra = random_spectra();
  Cube cube = simplex(spectra);
  add_noise(cube, 18, 0, 0);
  CHECK(farthest_missed(spectra, vca(cube, 4, 0)) < 0.2);
}

TEST_CASE("vca: one endmember of a constant image is that constant") {
  Cube cube(3, 5, 7);
  std::fill(cube.values.data(), cube.values.data() + cube.values.size(), 4.0f);
  const Matrix found = vca(cube, 1, 0);
  for (Index b = 0; b < 7; ++b) CHECK(found(0, b) == doctest::Approx(4));
  CHECK_THROWS_WITH_AS(vca(cube, 8, 0), doctest::Contains("from 1 to 7 endmembers, got 8"), Error);
}
