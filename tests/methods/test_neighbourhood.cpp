#include <doctest/doctest.h>

#include <cmath>

#include "specfuse/methods/shared/neighbourhood.h"
#include "support/random.h"

using namespace specfuse;
using namespace specfuse::testing;

namespace {

constexpr double kReach = 2.5, kLikeness = 0.8;

/// One after the other, as the header writes them.
std::vector<float> plain_weights(const Cube& coarse, const Rectangle& part, const Neighbourhood::Place& place) {
  std::vector<float> weights;
  double total = 0;
  for (Index r = part.row; r < part.row + part.rows; ++r) {
    for (Index c = part.col; c < part.col + part.cols; ++c) {
      const double down = static_cast<double>(r) - place.row, along = static_cast<double>(c) - place.col;
      float unlike = 0;
      for (Index b = 0; b < coarse.bands(); ++b) {
        unlike += (place.values[b] - coarse.pixel(r, c)[b]) * (place.values[b] - coarse.pixel(r, c)[b]);
      }
      const double close = std::exp(-0.5 * (down * down + along * along) / (kReach * kReach));
      const bool itself = place.left_out && down == 0 && along == 0;
      weights.push_back(itself ? 0 : static_cast<float>(close * (1 / (1 + unlike / (kLikeness * kLikeness)))));
      total += weights.back();
    }
  }
  for (float& weight : weights) weight = static_cast<float>(weight / total);
  return weights;
}

}  // namespace

TEST_CASE("neighbourhood: weights are those of plain loops, to the bit") {
  Cube coarse(9, 8, 3);
  coarse.values = random_tensor(coarse.values.shape(), "coarse");
  const Tensor values = random_tensor({40, 3}, "values");
  const Rectangle part{1, 2, 7, 6};
  for (const Index ratio : {1, 3, 4}) {
    std::vector<Neighbourhood::Place> places;
    for (Index i = 0; i < 40; ++i) {
      const auto at = [&](Index fine) { return (static_cast<double>(fine) + 0.5) / static_cast<double>(ratio) - 0.5; };
      places.push_back({at(2 * ratio + i / 8), at(3 * ratio + i % 8), values.data() + 3 * i, ratio == 1 && i % 2 == 0});
    }
    const Neighbourhood around(coarse, part, places, kReach, kLikeness);
    for (Index i = 0; i < 40; ++i) {
      const std::vector<float> got = around.weights(i);
      CHECK(got == plain_weights(coarse, part, places[static_cast<std::size_t>(i)]));
      double sum = 0;
      for (const float weight : got) sum += weight;
      CHECK(sum == doctest::Approx(1).epsilon(1e-5));
    }
  }
}

TEST_CASE("neighbourhood: where nothing is near, the nearest alone has a say") {
  Cube coarse(3, 4, 2);
  coarse.values = random_tensor(coarse.values.shape(), "coarse");
  const std::vector<float> values{0.5f, -0.5f};
  const std::vector<Neighbourhood::Place> places{{40, 1.2, values.data()}, {1, -40, values.data()}};
  const Neighbourhood around(coarse, {0, 0, 3, 4}, places, 0.5, kLikeness);
  std::vector<float> first(12), second(12);
  first[2 * 4 + 1] = second[1 * 4 + 0] = 1;
  CHECK(around.weights(0) == first);
  CHECK(around.weights(1) == second);
}
