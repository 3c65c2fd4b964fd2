#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <vector>

#include "specfuse/core/error.h"
#include "specfuse/kernels/dispatch.h"
#include "specfuse/kernels/mixtures.h"
#include "support/random.h"
#include "support/thread_counts.h"

using namespace specfuse;
using namespace specfuse::testing;

namespace {

struct Example {
  Tensor gram, pull, abundances;
};

/// More than a task and a register of pixels, and no whole number of either.
Example example(Index count, Index pixels = 300) {
  Example made{Tensor({count, count}), random_tensor({pixels, count}, "pull"), random_tensor({pixels, count}, "h")};
  const Tensor factor = random_tensor({count, count}, "gram");
  for (Index i = 0; i < count; ++i) {
    for (Index j = 0; j < count; ++j) {
      for (Index k = 0; k < count; ++k) made.gram[i * count + j] += factor[i * count + k] * factor[j * count + k];
    }
  }
  for (Tensor* values : {&made.pull, &made.abundances}) {
    for (Index i = 0; i < values->size(); ++i) (*values)[i] = std::abs((*values)[i]);
  }
  return made;
}

double product(const Example& of, const std::vector<double>& x, Index col) {
  double total = 0;
  for (std::size_t k = 0; k < x.size(); ++k) {
    total += x[k] * of.gram[static_cast<Index>(k) * static_cast<Index>(x.size()) + col];
  }
  return total;
}

/// The projection as Duchi et al. 2008 have it, figure 1: by sorting.
void project(std::vector<double>& x) {
  std::vector<double> sorted = x;
  std::sort(sorted.begin(), sorted.end(), std::greater<double>());
  double sum = 0, shift = 0;
  for (std::size_t i = 0; i < sorted.size(); ++i) {
    sum += sorted[i];
    const double candidate = (sum - 1) / static_cast<double>(i + 1);
    if (sorted[i] > candidate) shift = candidate;
  }
  for (double& value : x) value = std::max(value - shift, 0.0);
}

/// step(x, pull) for the abundances x of every pixel, in double.
Tensor by_loops(const Example& of, const std::function<void(std::vector<double>&, const float*)>& steps) {
  Tensor result = of.abundances.clone();
  const Index count = of.gram.dim(0);
  for (Index p = 0; p < result.dim(0); ++p) {
    float* const at = result.data() + p * count;
    std::vector<double> x(at, at + count);
    steps(x, of.pull.data() + p * count);
    std::transform(x.begin(), x.end(), at, [](double value) { return static_cast<float>(value); });
  }
  return result;
}

template <class Check>
void on_every_instruction_set(const Check& check) {
  const std::string before = simd_name();
  for (const std::string& set : available_simd()) {
    CAPTURE(set);
    use_simd(set);
    check();
  }
  use_simd(before);
}

Tensor scaled(const Example& of) {
  Tensor result = of.abundances.clone();
  scale_abundances(of.gram, of.pull, 3, 1e-9f, result);
  return result;
}

Tensor descended(const Example& of, const std::vector<float>& inertia) {
  Example small{of.gram.clone(), of.pull, of.abundances.clone()};
  for (Index i = 0; i < small.gram.size(); ++i) small.gram[i] *= -0.01f;
  descend_on_simplex(small.gram, small.pull, inertia, small.abundances);
  return small.abundances;
}

}  // namespace

TEST_CASE("mixtures: multiplicative updates agree with plain loops, and keep the least value") {
  for (const Index count : {1, 3, 10, 37}) {
    CAPTURE(count);
    Example of = example(count);
    of.pull[0] = 0;
    const Tensor expected = by_loops(of, [&](std::vector<double>& x, const float* pull) {
      for (int i = 0; i < 3; ++i) {
        const std::vector<double> from = x;
        for (Index k = 0; k < count; ++k) {
          double& value = x[static_cast<std::size_t>(k)];
          value = std::max(value * pull[k] / std::max(product(of, from, k), 1e-9), 1e-9);
        }
      }
    });
    // Where the product is near 0, as it can be here, rounding is large.
    on_every_instruction_set([&] { CHECK(relative_gap(scaled(of), expected) < 1e-3); });
  }
}

TEST_CASE("mixtures: accelerated steps on the simplex agree with plain loops that sort") {
  const std::vector<float> inertia{0, 0.3f, 0.5f};
  for (const Index count : {1, 3, 10, 37}) {
    CAPTURE(count);
    const Example of = example(count);
    const Tensor expected = by_loops(of, [&](std::vector<double>& x, const float* pull) {
      std::vector<double> ahead = x;
      for (const float m : inertia) {
        std::vector<double> next = ahead;
        for (Index k = 0; k < count; ++k) {
          next[static_cast<std::size_t>(k)] += pull[k] - 0.01 * product(of, ahead, k);
        }
        project(next);
        for (std::size_t k = 0; k < x.size(); ++k) ahead[k] = next[k] + double{m} * (next[k] - x[k]);
        x = next;
      }
    });
    on_every_instruction_set([&] { CHECK(relative_gap(descended(of, inertia), expected) < 1e-5); });
  }
}

TEST_CASE("mixtures: a point of the simplex stays, ties share, and one far away becomes a corner") {
  const Tensor gram({2, 2}), pull({4, 2});
  const auto values = Tensor::from({4, 2}, {0.25f, 0.75f, 5, 5, -1000, 1000, 0, 0});
  Tensor projected = values.clone();
  descend_on_simplex(gram, pull, {0}, projected);
  CHECK(same_bits(projected, Tensor::from({4, 2}, {0.25f, 0.75f, 0.5f, 0.5f, 0, 1, 0.5f, 0.5f})));
}

TEST_CASE("mixtures: the same bits for any number of threads") {
  const Example of = example(30, 1000);
  CHECK(same_for_any_threads([&] { return scaled(of); }, same_bits));
  CHECK(same_for_any_threads([&] { return descended(of, {0, 0.3f}); }, same_bits));
}

TEST_CASE("mixtures: sizes that do not fit are refused") {
  Tensor abundances({5, 3});
  CHECK_THROWS_AS(scale_abundances(Tensor({2, 2}), Tensor({5, 3}), 1, 0, abundances), Error);
  CHECK_THROWS_AS(descend_on_simplex(Tensor({3, 3}), Tensor({4, 3}), {0}, abundances), Error);
}
