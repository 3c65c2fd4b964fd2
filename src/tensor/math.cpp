#include "specfuse/tensor/math.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <cmath>
#include <vector>

#include "specfuse/core/error.h"

namespace specfuse {
namespace {

/// Elements of one partial sum, and how many make it up: they decide the order of additions, and so the last bits of
/// every sum.
constexpr Index kSummedTogether = 1 << 16, kSumsTogether = 8;

void check_same(const char* function, const Tensor& x, const Tensor& y) {
  SPECFUSE_CHECK(x.shape() == y.shape(), function, ": expected equal shapes, got ", x.shape().text(), " and ",
                 y.shape().text());
}

/// Sums term(i) over 0 ... count - 1: one partial sum a range, added in order.
template <class Term>
double reduce(Index count, Term term) {
  std::vector<double> partial(static_cast<std::size_t>((count + kSummedTogether - 1) / kSummedTogether));
  parallel_ranges(count, kSummedTogether, [&](Index begin, Index end) {
    // Several sums side by side, as one alone would wait for each addition.
    std::array<double, kSumsTogether> sums{};
    Index i = begin;
    for (; i + kSumsTogether <= end; i += kSumsTogether) {
      for (Index k = 0; k < kSumsTogether; ++k) sums[static_cast<std::size_t>(k)] += term(i + k);
    }
    double total = 0;
    for (; i < end; ++i) total += term(i);
    for (const double value : sums) total += value;
    partial[static_cast<std::size_t>(begin / kSummedTogether)] = total;
  });
  double total = 0;
  for (const double value : partial) total += value;
  return total;
}

}  // namespace

void fill(Tensor& x, float value) { std::fill_n(x.data(), x.size(), value); }

void add_scaled(Tensor& y, const Tensor& x, float scale) {
  check_same("add_scaled", y, x);
  float* out = y.data();
  const float* in = x.data();
  for_each_element(y.size(), [=](Index i) { out[i] += scale * in[i]; });
}

void scale_and_add(Tensor& y, float factor, const Tensor& x) {
  check_same("scale_and_add", y, x);
  float* out = y.data();
  const float* in = x.data();
  for_each_element(y.size(), [=](Index i) { out[i] = factor * out[i] + in[i]; });
}

void scale(Tensor& x, float factor) {
  float* values = x.data();
  for_each_element(x.size(), [=](Index i) { values[i] *= factor; });
}

double sum(const Tensor& x) {
  return reduce(x.size(), [values = x.data()](Index i) { return double{values[i]}; });
}

double dot(const Tensor& x, const Tensor& y) {
  check_same("dot", x, y);
  return reduce(x.size(), [a = x.data(), b = y.data()](Index i) { return double{a[i]} * b[i]; });
}

double squared_distance(const Tensor& x, const Tensor& y) {
  check_same("squared_distance", x, y);
  return reduce(x.size(), [a = x.data(), b = y.data()](Index i) {
    const double difference = double{a[i]} - b[i];
    return difference * difference;
  });
}

float max_abs(const Tensor& x) {
  float largest = 0;
  for (Index i = 0; i < x.size(); ++i) {
    if (std::isnan(x[i])) return x[i];
    largest = std::max(largest, std::abs(x[i]));
  }
  return largest;
}

bool all_finite(const Tensor& x) {
  std::atomic<bool> all{true};
  parallel_ranges(x.size(), kSummedTogether, [&, values = x.data()](Index begin, Index end) {
    // What is not finite differs from itself by NaN. Without leaving early, several are looked at at once.
    bool finite = true;
    for (Index i = begin; i < end; ++i) finite &= values[i] - values[i] == 0.0f;
    if (!finite) all = false;
  });
  return all;
}

}  // namespace specfuse
