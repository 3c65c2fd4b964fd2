#include <doctest/doctest.h>

#include <cmath>

#include "methods/injection_checks.h"
#include "specfuse/core/error.h"
#include "specfuse/core/threads.h"
#include "specfuse/imaging/msi_detail.h"
#include "specfuse/kernels/matrix.h"
#include "specfuse/methods/registry.h"
#include "support/example.h"
#include "support/message_of.h"

using namespace specfuse;
using namespace specfuse::testing;

namespace {

double at(const Cube& cube, Index row, Index col, Index band) { return double{cube.pixel(row, col)[band]}; }

/// The correction of one fine pixel by the formula, over all coarse pixels, in double: (S + shrink S0)^-1 C.
Matrix local_matrix(const Pair& scaled, const Cube& left, const std::array<Index, 2>& pixel, double reach) {
  const Index ratio = scaled.degradation.ratio, few = scaled.msi.bands(), many = left.bands();
  const Pair lower = degrade_pair(scaled);
  const Cube detail = msi_detail(lower);
  Matrix s(few, few), s0(few, few), c(few, many);
  double total = 0;
  for (Index r = 0; r < left.rows(); ++r) {
    for (Index q = 0; q < left.cols(); ++q) {
      double unlike = 0;
      for (Index b = 0; b < few; ++b) {
        unlike += std::pow(at(scaled.msi, pixel[0], pixel[1], b) - at(lower.msi, r, q, b), 2);
      }
      const double down =
          (static_cast<double>(pixel[0]) + 0.5) / static_cast<double>(ratio) - 0.5 - static_cast<double>(r);
      const double along =
          (static_cast<double>(pixel[1]) + 0.5) / static_cast<double>(ratio) - 0.5 - static_cast<double>(q);
      const double weight = std::exp(-unlike / 2 - (down * down + along * along) / (2 * reach * reach));
      total += weight;
      for (Index i = 0; i < few; ++i) {
        for (Index j = 0; j < few; ++j) {
          s(i, j) += weight * at(detail, r, q, i) * at(detail, r, q, j);
          s0(i, j) += at(detail, r, q, i) * at(detail, r, q, j) / static_cast<double>(left.pixels());
        }
        for (Index b = 0; b < many; ++b) c(i, b) += weight * at(detail, r, q, i) * at(left, r, q, b);
      }
    }
  }
  for (Index i = 0; i < few; ++i) {
    for (Index j = 0; j < few; ++j) s(i, j) = s(i, j) / total + 0.3 * s0(i, j);
    s(i, i) += 1e-9;
    for (Index b = 0; b < many; ++b) c(i, b) /= total;
  }
  return solve_positive(s, c);
}

/// A scene of two materials, one at the left and one at the right, whose bands answer differently to the same detail.
TrainingPair two_materials() {
  TrainingPair example = small_example(12, 32, 5, 1);
  for (Index row = 0; row < 24; ++row) {
    for (Index col = 0; col < 64; ++col) {
      const double light = std::sin(0.5 * static_cast<double>(row)) * std::cos(0.4 * static_cast<double>(col)) +
                           0.2 * std::sin(1.1 * static_cast<double>(row + 2 * col));
      for (Index b = 0; b < 5; ++b) {
        const double left = 1 + static_cast<double>(b), right = 5 - static_cast<double>(b);
        example.target.pixel(row, col)[b] =
            static_cast<float>(100 + (col < 32 ? 0 : 40) + (col < 32 ? left : right) * light);
      }
    }
  }
  example.input = simulate(example.target, example.input.degradation, 0);
  return example;
}

/// On the material at the left, which has the weaker detail, away from the other.
double error_of(const FusionMethod& method, const TrainingPair& example) {
  const Rectangle left{0, 0, 24, 16};
  return squared_distance(crop(method.fuse(example.input), left).values, crop(example.target, left).values);
}

}  // namespace

TEST_CASE("local injection: the correction of a pixel is that of the formula") {
  const Pair pair = small_example(8, 8, 5, 2).input;
  // So far that every coarse pixel has a say.
  const Cube local = make_method("local_injection", {{"reach", 5}})->fuse(pair);
  const Cube global = make_method("local_injection", {{"reach", 5}, {"shrink", 1e3}, {"likeness", 100}})->fuse(pair);

  Pair scaled = pair;
  scaled.msi.values = pair.msi.values.clone();
  for (Index b = 0; b < 2; ++b) {
    double mean = 0, variance = 0;
    for (Index p = 0; p < pair.msi.pixels(); ++p) mean += double{pair.msi.values[p * 2 + b]} / 256;
    for (Index p = 0; p < pair.msi.pixels(); ++p) variance += std::pow(pair.msi.values[p * 2 + b] - mean, 2) / 256;
    for (Index p = 0; p < pair.msi.pixels(); ++p)
      scaled.msi.values[p * 2 + b] /= static_cast<float>(std::sqrt(variance));
  }
  const Pair lower = degrade_pair(scaled);
  const Cube detail = msi_detail(lower), fine = msi_detail(scaled);
  Matrix d(64, 2), e(64, 5);
  const Cube up = upsample_cubic(lower.hsi, 2);
  for (Index p = 0; p < 64; ++p) {
    for (Index i = 0; i < 2; ++i) d(p, i) = double{detail.values[p * 2 + i]};
    for (Index b = 0; b < 5; ++b) e(p, b) = double{pair.hsi.values[p * 5 + b]} - up.values[p * 5 + b];
  }
  const Matrix gain = least_squares(d, e), made = product(d, gain);
  Cube left = pair.hsi;
  left.values = Tensor(pair.hsi.values.shape());
  for (Index i = 0; i < 64 * 5; ++i)
    left.values[i] =
        static_cast<float>(e.values[static_cast<std::size_t>(i)] - made.values[static_cast<std::size_t>(i)]);

  const Cube plain = upsample_cubic(pair.hsi, 2);
  for (const std::array<Index, 2>& pixel : {std::array<Index, 2>{0, 0}, {7, 8}, {15, 3}}) {
    const Matrix matrix = local_matrix(scaled, left, pixel, 5);
    for (Index b = 0; b < 5; ++b) {
      double expected = at(plain, pixel[0], pixel[1], b), alone = expected;
      for (Index i = 0; i < 2; ++i) {
        const double shown = at(fine, pixel[0], pixel[1], i);
        expected += shown * (gain(i, b) + matrix(i, b));
        alone += shown * gain(i, b);
      }
      CHECK(at(local, pixel[0], pixel[1], b) == doctest::Approx(expected).epsilon(1e-5));
      CHECK(at(global, pixel[0], pixel[1], b) == doctest::Approx(alone).epsilon(1e-3));
    }
  }
}

TEST_CASE("local injection: follows materials that answer differently, also under noise") {
  TrainingPair example = two_materials();
  const auto local = make_method("local_injection", {{"reach", 2}, {"shrink", 0.01}}),
             whole = make_method("local_injection", {{"shrink", 1e3}});
  CHECK(error_of(*local, example) < 0.6 * error_of(*whole, example));
  example.input.degradation.hsi_snr_db = example.input.degradation.msi_snr_db = 60;
  example.input = simulate(example.target, example.input.degradation, 3);
  CHECK(error_of(*local, example) < 0.8 * error_of(*whole, example));
}

TEST_CASE("local injection: blocks of pixels may come in any number of threads") {
  const TrainingPair example = small_example(13, 15, 4, 2);
  const auto method = make_method("local_injection", {{"reach", 0.5}});
  const int count = threads();
  set_threads(1);
  const Tensor alone = method->fuse(example.input).values;
  set_threads(3);
  const Tensor spread = method->fuse(example.input).values;
  set_threads(count);
  for (Index i = 0; i < alone.size(); ++i) REQUIRE(alone[i] == spread[i]);
}

TEST_CASE("local injection: takes pairs whose HSI does not divide by the ratio, and refuses those of no lesson") {
  const Pair odd = small_example(5, 7, 4, 1).input;
  const Cube fused = make_method("local_injection")->fuse(odd);
  CHECK(fused.rows() == 10);
  CHECK(fused.cols() == 14);
  CHECK(all_finite(fused.values));
  const auto method = make_method("local_injection");
  CHECK(message_of<ConfigError>([&] { method->check({}, small_example(1, 5, 4, 1).input); }) ==
        "local_injection: expected at least 2 x 2 coarse pixels, got 1 x 5");
}
