#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <set>

#include "methods/injection_checks.h"
#include "methods/plus_example.h"
#include "specfuse/core/error.h"
#include "specfuse/core/threads.h"
#include "specfuse/imaging/msi_detail.h"
#include "specfuse/imaging/psf.h"
#include "specfuse/kernels/matrix.h"
#include "specfuse/methods/registry.h"
#include "specfuse/tensor/math.h"
#include "support/example.h"
#include "support/message_of.h"
#include "support/random.h"

using namespace specfuse;
using namespace specfuse::testing;

namespace {

double at(const Cube& cube, Index row, Index col, Index band) { return double{cube.pixel(row, col)[band]}; }

/// What the formula learns from: the pair with its MSI in deviations, and at the coarse pixels the MSI values, their
/// detail d, what the global matrix leaves of the HSI's detail, and that matrix.
struct Known {
  Pair scaled;
  Cube coarse, detail, left;
  Matrix gain;
};

Known known_of(const Pair& pair) {
  Pair scaled = pair;
  scaled.msi.values = pair.msi.values.clone();
  const Index few = pair.msi.bands(), many = pair.hsi.bands(), pixels = pair.msi.pixels(), coarse = pair.hsi.pixels();
  for (Index b = 0; b < few; ++b) {
    double mean = 0, variance = 0;
    for (Index p = 0; p < pixels; ++p) mean += double{pair.msi.values[p * few + b]} / static_cast<double>(pixels);
    for (Index p = 0; p < pixels; ++p) {
      variance += std::pow(pair.msi.values[p * few + b] - mean, 2) / static_cast<double>(pixels);
    }
    for (Index p = 0; p < pixels; ++p) scaled.msi.values[p * few + b] /= static_cast<float>(std::sqrt(variance));
  }
  const Pair lower = degrade_pair(scaled);
  const Cube detail = msi_detail(lower), up = upsample_cubic(lower.hsi, pair.degradation.ratio);
  Matrix d(coarse, few), e(coarse, many);
  for (Index p = 0; p < coarse; ++p) {
    for (Index i = 0; i < few; ++i) d(p, i) = double{detail.values[p * few + i]};
    for (Index b = 0; b < many; ++b) e(p, b) = double{pair.hsi.values[p * many + b]} - up.values[p * many + b];
  }
  const Matrix gain = least_squares(d, e), made = product(d, gain);
  Cube left = pair.hsi;
  left.values = Tensor(pair.hsi.values.shape());
  for (Index i = 0; i < coarse * many; ++i) {
    const auto at = static_cast<std::size_t>(i);
    left.values[i] = static_cast<float>(e.values[at] - made.values[at]);
  }
  return {scaled, lower.msi, detail, left, gain};
}

/// The matrix of one place by the formula, over all coarse pixels except `without`, in double: (S + shrink S0)^-1 C.
Matrix local_matrix(const Known& known, const float* msi, const std::array<double, 2>& place, double reach,
                    double shrink, Index without = -1) {
  const Index few = known.detail.bands(), many = known.left.bands();
  Matrix s(few, few), s0(few, few), c(few, many);
  double total = 0;
  for (Index r = 0; r < known.left.rows(); ++r) {
    for (Index q = 0; q < known.left.cols(); ++q) {
      double unlike = 0;
      for (Index b = 0; b < few; ++b) unlike += std::pow(double{msi[b]} - at(known.coarse, r, q, b), 2);
      const double down = place[0] - static_cast<double>(r), along = place[1] - static_cast<double>(q);
      const double near = std::exp(-(down * down + along * along) / (2 * reach * reach));
      const double weight = r * known.left.cols() + q == without ? 0 : near / (1 + unlike / (0.7 * 0.7));
      total += weight;
      for (Index i = 0; i < few; ++i) {
        for (Index j = 0; j < few; ++j) {
          const double square = at(known.detail, r, q, i) * at(known.detail, r, q, j);
          s(i, j) += weight * square;
          s0(i, j) += square / static_cast<double>(known.left.pixels());
        }
        for (Index b = 0; b < many; ++b) c(i, b) += weight * at(known.detail, r, q, i) * at(known.left, r, q, b);
      }
    }
  }
  for (Index i = 0; i < few; ++i) {
    for (Index j = 0; j < few; ++j) s(i, j) = s(i, j) / total + shrink * s0(i, j);
    s(i, i) += 1e-9;
    for (Index b = 0; b < many; ++b) c(i, b) /= total;
  }
  return solve_positive(s, c);
}

/// For a shrink and a band the squared errors of the coarse pixels, each from all others.
double left_out_error(const Known& known, double reach, double shrink, Index band) {
  double total = 0;
  for (Index r = 0; r < known.left.rows(); ++r) {
    for (Index q = 0; q < known.left.cols(); ++q) {
      const Matrix matrix =
          local_matrix(known, known.coarse.pixel(r, q), {static_cast<double>(r), static_cast<double>(q)}, reach, shrink,
                       r * known.left.cols() + q);
      double error = at(known.left, r, q, band);
      for (Index i = 0; i < known.detail.bands(); ++i) error -= at(known.detail, r, q, i) * matrix(i, band);
      total += error * error;
    }
  }
  return total;
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
  return squared_distance(crop(fuse(method, example.input).fused, left).values, crop(example.target, left).values);
}

}  // namespace

TEST_CASE("local injection: the correction of a pixel is that of the formula") {
  const Pair pair = small_example(8, 8, 5, 2).input;
  // So far that every coarse pixel has a say.
  const Cube local = fuse(*make_method("local_injection", {{"reach", 5}, {"shrink", 0.3}}), pair).fused;
  const Cube global =
      fuse(*make_method("local_injection", {{"reach", 5}, {"shrink", 1e3}, {"likeness", 100}}), pair).fused;
  const Known known = known_of(pair);
  const Cube fine = msi_detail(known.scaled), plain = upsample_cubic(pair.hsi, 2);
  for (const std::array<Index, 2>& pixel : {std::array<Index, 2>{0, 0}, {7, 8}, {15, 3}}) {
    const auto [row, col] = pixel;
    const std::array<double, 2> place{(static_cast<double>(row) + 0.5) / 2 - 0.5,
                                      (static_cast<double>(col) + 0.5) / 2 - 0.5};
    const Matrix matrix = local_matrix(known, known.scaled.msi.pixel(row, col), place, 5, 0.3);
    for (Index b = 0; b < 5; ++b) {
      double expected = at(plain, row, col, b), alone = expected;
      for (Index i = 0; i < 2; ++i) {
        const double shown = at(fine, row, col, i);
        expected += shown * (known.gain(i, b) + matrix(i, b));
        alone += shown * known.gain(i, b);
      }
      CHECK(at(local, row, col, b) == doctest::Approx(expected).epsilon(1e-5));
      CHECK(at(global, row, col, b) == doctest::Approx(alone).epsilon(1e-3));
    }
  }
}

TEST_CASE("local injection: without a shrink each band has the one that predicts left out pixels best") {
  TrainingPair example = two_materials();
  example.input.degradation.hsi_snr_db = 40;
  example.input = simulate(example.target, example.input.degradation, 5);
  // One band that the MSI says nothing of.
  const Tensor noise = random_tensor({12, 32}, "noise");
  for (Index p = 0; p < noise.size(); ++p) example.input.hsi.values[p * 5 + 2] = 100 + 3 * noise[p];
  const Cube chosen = fuse(*make_method("local_injection", {{"reach", 12}}), example.input).fused;
  const Known known = known_of(example.input);
  std::set<double> different;
  for (Index b = 0; b < 5; ++b) {
    double best = 0, least = std::numeric_limits<double>::infinity();
    for (const double shrink : {0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 100.0}) {
      const double error = left_out_error(known, 12, shrink, b);
      if (error < least) best = shrink;
      least = std::min(least, error);
    }
    different.insert(best);
    const Cube by_it = fuse(*make_method("local_injection", {{"reach", 12}, {"shrink", best}}), example.input).fused;
    for (Index p = 0; p < chosen.pixels(); ++p) REQUIRE(chosen.values[p * 5 + b] == by_it.values[p * 5 + b]);
  }
  CHECK(different.size() > 1);
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
  const Tensor alone = fuse(*method, example.input).fused.values;
  set_threads(3);
  const Tensor spread = fuse(*method, example.input).fused.values;
  set_threads(count);
  for (Index i = 0; i < alone.size(); ++i) REQUIRE(alone[i] == spread[i]);
}

TEST_CASE("local injection: a scene of two spectra, whose MSI bands are combinations of each other") {
  constexpr Index kSide = 64, kBands = 198;
  Cube scene(kSide, kSide, kBands);
  for (Index i = 0; i < scene.values.size(); ++i) {
    const Index b = i % kBands, row = i / kBands / kSide, col = i / kBands % kSide;
    scene.values[i] = static_cast<float>(1000 + 7 * (row * col % 61) + 3 * b * (1 + (row + 2 * col) % 13));
  }
  for (Index b = 0; b < kBands; ++b)
    scene.wavelength_nm.push_back(400 + 2050.0 * static_cast<double>(b) / (kBands - 1));
  Degradation degradation;
  degradation.psf = make_psf({}, degradation.ratio);
  SrfOptions response;
  response.sensor = "landsat7";
  degradation.srf = make_srf(response, scene.wavelength_nm, kBands);
  const Cube fused = fuse(*make_method("local_injection"), simulate(scene, degradation, 0)).fused;
  CHECK(relative_gap(fused.values, scene.values) < 1e-4);
}

TEST_CASE("local injection: takes pairs whose HSI does not divide by the ratio, and refuses those of no lesson") {
  const Pair odd = small_example(5, 7, 4, 1).input;
  const Cube fused = fuse(*make_method("local_injection"), odd).fused;
  CHECK(fused.rows() == 10);
  CHECK(fused.cols() == 14);
  CHECK(all_finite(fused.values));
  // Nothing within reach of the last rows and columns is known one scale down.
  for (const PlusScene& scene : {PlusScene{9, 9, 6, 2, 5, 1}, {9, 5, 6, 2, 5, 1}, {25, 13, 6, 2, 13, 1}}) {
    const TrainingPair far = plus_pair(scene);
    const auto error_of = [&](const Cube& made) {
      Tensor error = made.values.clone();
      add_scaled(error, far.target.values, -1.0f);
      return dot(error, error);
    };
    const Cube made = fuse(*make_method("local_injection", {{"reach", 0.5}}), far.input).fused;
    CHECK(error_of(made) < error_of(fuse(*make_method("bicubic"), far.input).fused));
  }
  const auto method = make_method("local_injection");
  CHECK(message_of<ConfigError>([&] { method->check({}, small_example(1, 5, 4, 1).input); }) ==
        "local_injection: expected an HSI of at least 2 x 2 pixels, to learn one scale down at ratio 2, got 1 x 5: "
        "take a "
        "larger part, or a method that learns nothing, such as gsa");
}
