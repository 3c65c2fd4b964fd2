#include "specfuse/kernels/toom_cook.h"

#include <cmath>
#include <cstddef>

#include "specfuse/core/error.h"

namespace specfuse {
namespace {

/// Points: each stands for itself and its negative, and infinity is the last one. Points around 1 keep powers small. Of
/// all sets of simple fractions that were tried, these are among those that lose the least precision in two dimensions,
/// forward and backward.
const std::vector<double> kPairsOf3 = {0.4, 1.25};
const std::vector<double> kPairsOf5 = {0.25, 2.0 / 3, 1.25, 2};
/// The same with 0, for 8 points in two dimensions and 12 in one.
const std::vector<double> kPairsOf8 = {0.5, 1, 1.75};
const std::vector<double> kPairsOf12 = {0.4, 0.75, 1, 4.0 / 3, 2.5};

/// Coefficients, lowest first, of the product of (x - p) over all points except one.
std::vector<double> product_without(const std::vector<double>& points, std::size_t left_out) {
  std::vector<double> product = {1};
  for (std::size_t s = 0; s < points.size(); ++s) {
    if (s == left_out) continue;
    product.push_back(0);
    for (std::size_t i = product.size() - 1; i > 0; --i) product[i] = product[i - 1] - points[s] * product[i];
    product[0] *= -points[s];
  }
  return product;
}

double value_at(const std::vector<double>& polynomial, double x) {
  double value = 0;
  for (std::size_t i = polynomial.size(); i-- > 0;) value = value * x + polynomial[i];
  return value;
}

ToomCook make(Index block, const std::vector<double>& pairs) {
  const auto n = static_cast<std::size_t>(block), count = 2 * n - 1;
  std::vector<double> points;
  for (const double p : pairs) points.insert(points.end(), {p, -p});
  ToomCook algorithm{block, std::vector<float>(count * count), std::vector<float>(count * n),
                     std::vector<float>(count * n)};
  for (std::size_t t = 0; t < count; ++t) {
    // Row t of S interpolates: the Lagrange polynomial of its point, whose denominator goes into T. At -p its sign is
    // turned, so that there too even columns are those of p and odd ones their negatives.
    const bool infinite = t == points.size();
    const double sign = infinite || points[t] > 0 ? 1 : -1;
    const std::vector<double> lagrange = product_without(points, t);
    const double denominator = infinite ? 1 : sign * value_at(lagrange, points[t]);
    for (std::size_t i = 0; i < lagrange.size(); ++i) {
      algorithm.signal[t * count + i] = static_cast<float>(sign * lagrange[i]);
    }
    // T and R evaluate: powers of the point, the highest alone at infinity.
    double power = 1;
    for (std::size_t k = 0; k < n; ++k) {
      const double value = infinite ? (k + 1 == n ? 1.0 : 0.0) : power;
      algorithm.taps[t * n + k] = static_cast<float>(value / denominator);
      algorithm.result[t * n + k] = static_cast<float>(value);
      if (!infinite) power *= points[t];
    }
  }
  return algorithm;
}

Index blocks_of(Index count, Index block) { return (count + block - 1) / block; }

/// Multiply-adds and additions of one window of `reach` positions, one sum for the even and one for the odd of a pair.
Index window_cost(Index points, Index reach) { return points / 2 * (reach + 2) + (reach + 1) / 2; }

struct Choice {
  double cost;
  std::vector<Index> blocks;
};

/// What a plain convolution pays for loading and storing each of its sums, in multiply-adds: an estimate.
constexpr Index kPerSum = 4;

/// The largest product of blocks, in taps: beyond it more precision is lost than time is saved.
constexpr Index kLargestBlock = 15;

/// `images` plain convolutions of this shape, or one level more of Toom-Cook, whichever is cheapest; `block_so_far` is
/// the product of the blocks of the levels above.
Choice cheapest(const ToomShape& shape, Index images, Index block_so_far) {
  const auto times = static_cast<double>(images);
  const auto sums = static_cast<double>(shape.out_channels * shape.results);
  Choice best{times * sums * static_cast<double>(shape.in_channels * shape.taps + kPerSum), {}};
  for (const Index block : {Index{3}, Index{5}}) {
    if (shape.taps < block || shape.results < 2 || block_so_far * block > kLargestBlock) continue;
    const Index points = 2 * block - 1, taps = blocks_of(shape.taps, block), results = blocks_of(shape.results, block);
    const auto transforms = static_cast<double>(shape.in_channels * (taps + results - 1) * window_cost(points, points) +
                                                shape.out_channels * results * window_cost(points, block));
    Choice choice =
        cheapest({shape.in_channels, shape.out_channels, taps, results}, images * points, block_so_far * block);
    choice.cost += times * transforms;
    if (choice.cost >= best.cost) continue;
    choice.blocks.insert(choice.blocks.begin(), block);
    best = choice;
  }
  return best;
}

/// One axis of a convolution cut into blocks. A block of 1: the axis as it is.
struct Cut {
  Index points, block, taps, results;
  Cut(Index block_size, Index tap_count, Index result_count)
      : points(2 * block_size - 1), block(block_size), taps(blocks_of(tap_count, block_size)),
        results(blocks_of(result_count, block_size)) {}
  Index windows() const { return taps + results - 1; }
  /// Multiply-adds that transform one row of signals, and one of results; none for blocks of 1.
  Index signal_cost() const { return block == 1 ? 0 : windows() * window_cost(points, points); }
  Index result_cost() const { return block == 1 ? 0 : results * window_cost(points, block); }
};

double cost_2d(const ToomShape2d& shape, const Cut& down, const Cut& along) {
  const Index sums = down.points * along.points * down.results * along.results * shape.out_channels;
  const Index signals = shape.in_channels * (down.signal_cost() * (shape.taps_w + shape.results_w - 1) +
                                             down.points * down.windows() * along.signal_cost());
  const Index results =
      shape.out_channels * (down.result_cost() * shape.results_w + down.points * down.results * along.result_cost());
  return static_cast<double>(sums * (down.taps * along.taps * shape.in_channels + kPerSum) + signals + results);
}

}  // namespace

const ToomCook& toom_cook(Index block) {
  static const ToomCook of_3 = make(3, kPairsOf3), of_5 = make(5, kPairsOf5);
  SPECFUSE_CHECK(block == 3 || block == 5, "toom_cook: expected blocks of 3 or 5, got ", block);
  return block == 3 ? of_3 : of_5;
}

ToomPairs toom_pairs(Index count, Index taps) {
  SPECFUSE_CHECK((count == 8 || count == 12) && taps % 2 == 1 && taps >= 1 && taps < count,
                 "toom_pairs: expected 8 or 12 points and an odd number of taps below them, got ", count, " and ",
                 taps);
  std::vector<double> points;
  for (const double p : count == 8 ? kPairsOf8 : kPairsOf12) points.insert(points.end(), {p, -p});
  points.push_back(0);
  ToomPairs of{count, taps, {}, {}, {}};
  const auto size = static_cast<std::size_t>(count), results = static_cast<std::size_t>(of.results());
  of.signal.resize(size / 2 * size);
  of.result.resize(size / 2 * size);
  for (std::size_t t = 0; t < size; ++t) {
    const bool infinite = t == points.size();
    const std::vector<double> lagrange = product_without(points, t);
    const double p = infinite ? 0 : points[t], denominator = infinite ? 1 : value_at(lagrange, p);
    const auto power = [&](std::size_t k, std::size_t last) {
      return infinite ? (k == last ? 1.0 : 0.0) : std::pow(p, static_cast<double>(k));
    };
    for (std::size_t k = 0; k < static_cast<std::size_t>(taps); ++k) {
      of.weight.push_back(static_cast<float>(power(k, static_cast<std::size_t>(taps) - 1) / denominator));
    }
    if (p < 0) continue;
    // 0 and infinity share the last row: one has even columns alone, the other odd ones.
    float *const signal = &of.signal[t / 2 * size], *const result = &of.result[t / 2 * size];
    for (std::size_t i = 0; i < lagrange.size(); ++i) signal[i] += static_cast<float>(lagrange[i]);
    for (std::size_t q = 0; q < results; ++q) result[q] += static_cast<float>(power(q, results - 1));
  }
  return of;
}

std::vector<Index> toom_blocks(const ToomShape& shape) { return cheapest(shape, 1, 1).blocks; }

ToomBlocks2d toom_blocks_2d(const ToomShape2d& shape) {
  Index best_down = 1, best_along = 1;
  double least = -1;
  for (const Index block_down : {1, 3, 5}) {
    for (const Index block_along : {1, 3, 5}) {
      if (shape.taps_h < block_down || shape.taps_w < block_along) continue;
      const double cost =
          cost_2d(shape, {block_down, shape.taps_h, shape.results_h}, {block_along, shape.taps_w, shape.results_w});
      if (least >= 0 && cost >= least) continue;
      least = cost;
      best_down = block_down;
      best_along = block_along;
    }
  }
  const auto list = [](Index block) { return block == 1 ? std::vector<Index>{} : std::vector<Index>{block}; };
  return {list(best_down), list(best_along)};
}

}  // namespace specfuse
