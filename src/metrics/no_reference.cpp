#include "specfuse/metrics/no_reference.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "metrics/metric.h"
#include "metrics/shared/block_moments.h"
#include "metrics/shared/quality_index.h"
#include "metrics/shared/running_comparison.h"
#include "specfuse/core/error.h"
#include "specfuse/core/threads.h"
#include "specfuse/imaging/no_data.h"
#include "specfuse/metrics/scores_by_parts.h"

namespace specfuse {
namespace {

void check_fused(const Pair& pair, const Cube& fused) {
  const Shape expected{pair.msi.rows(), pair.msi.cols(), pair.hsi.bands()};
  SPECFUSE_CHECK(fused.values.defined() && fused.values.shape() == expected,
                 "no-reference scores: expected a fused image ", expected.text(), ", got ",
                 fused.values.shape().text());
}

PairPart whole(const Pair& pair, const Cube& fused) {
  check_fused(pair, fused);
  return {pair, {0, 0, pair.hsi.rows(), pair.hsi.cols()}};
}

/// Side of the blocks in fine pixels, as for uiqi, before rounding to coarse ones.
constexpr Index kBlock = 32;
const std::string kAngle = "sam_deg";
/// The measures that both inputs are held against the degraded result with.
constexpr const char* kCompared[] = {"psnr_db", "sam_deg", "ergas"};

const MetricInfo kRelativeRmse{.key = "relative_rmse",
                               .unit = "",
                               .higher_is_better = false,
                               .definition = "sqrt(sum of (x - y)^2 / sum of x^2)",
                               .source = ""};

double relative_rmse(const RunningComparison& images) {
  const auto pixels = static_cast<double>(images.pixels());
  double errors = 0, squares = 0;
  for (const BandStatistics& band : images.bands()) {
    errors += pixels * band.squared_error;
    squares += band.reference_variation + pixels * band.mean * band.mean;
  }
  return std::sqrt(errors / squares);
}

void add_agreement(const std::string& prefix, const RunningComparison& images, Index ratio, Scores& scores) {
  LeftOut left_out;
  scores.values.push_back({prefix + kRelativeRmse.key, relative_rmse(images)});
  for (const char* const key : kCompared) {
    if (key == kAngle && images.bands().size() == 1) continue;  // one band has no angle
    scores.values.push_back({prefix + key, images.value(metric_of(key), ratio, left_out)});
  }
  for (const auto& [reason, count] : left_out) scores.left_out[concat(prefix, reason)] = count;
}

bool has_data(const Cube& cube, const Block& block) {
  for (Index i = 0; i < block.side * block.side; ++i) {
    if (!cube.is_valid((block.row + i / block.side) * cube.cols() + block.col + i % block.side)) return false;
  }
  return true;
}

/// Q between each band of x and each of y [x bands, y bands], over the whole blocks of images that are shown part by
/// part.
class RunningQualities {
 public:
  /// The blocks of this side that have data everywhere.
  void add(const Cube& x, const Cube& y, Index side) {
    const Index down = x.rows() / side, across = x.cols() / side;
    sums_.resize(static_cast<std::size_t>(x.bands() * y.bands()));
    std::vector<std::vector<double>> of_block(static_cast<std::size_t>(down * across));
    parallel_for(down * across, [&](Index i) {
      const Block block{i / across * side, i % across * side, side};
      if (has_data(x, block) && has_data(y, block)) of_block[static_cast<std::size_t>(i)] = qualities(x, y, block);
    });
    for (const std::vector<double>& quality : of_block) {
      for (std::size_t i = 0; i < quality.size(); ++i) sums_[i] += quality[i];
      if (!quality.empty()) ++blocks_;
    }
  }

  /// The sum of |mean of this - mean of another| over `count`: pairs of a band with itself differ by 0 and do not
  /// count.
  double mean_distance(const RunningQualities& other, Index count) const {
    const auto mean = [](const RunningQualities& of, std::size_t i) {
      return of.blocks_ == 0 ? std::numeric_limits<double>::quiet_NaN() : of.sums_[i] / static_cast<double>(of.blocks_);
    };
    double total = 0;
    for (std::size_t i = 0; i < sums_.size(); ++i) total += std::abs(mean(*this, i) - mean(other, i));
    return total / static_cast<double>(std::max<Index>(1, count));
  }

 private:
  static std::vector<double> qualities(const Cube& x, const Cube& y, const Block& block) {
    const BlockMoments m = block_moments(x, y, block);
    std::vector<double> quality;
    for (std::size_t pair = 0; pair < m.covariance.size(); ++pair) {
      const std::size_t p = pair / m.mean_y.size(), q = pair % m.mean_y.size();
      quality.push_back(
          quality_index({m.mean_x[p], m.mean_y[q], m.variance_x[p] + m.variance_y[q], m.covariance[pair]}));
    }
    return quality;
  }

  std::vector<double> sums_;
  Index blocks_ = 0;
};

}  // namespace

std::vector<MetricInfo> no_reference_list() {
  std::vector<MetricInfo> list;
  for (const std::string input : {"hsi", "msi"}) {
    const auto add = [&](MetricInfo info) {
      info.key = concat(input, "_", info.key);
      info.definition = concat(info.definition, "; x the ", input, ", y the result degraded again");
      list.push_back(info);
    };
    add(kRelativeRmse);
    for (const char* const key : kCompared) add(metric_of(key).info);
  }
  const std::string source = "Alparone et al. 2008, eqs. 6-9";
  list.push_back({"d_lambda", "", false, "mean over bands i and j of abs(Q(y_i, y_j) - Q(hsi_i, hsi_j))", source});
  list.push_back(
      {"d_s", "", false, "mean over bands i and MSI bands m of abs(Q(y_i, msi_m) - Q(hsi_i, degraded msi_m))", source});
  list.push_back({"qnr", "", true, "(1 - d_lambda) (1 - d_s)", source});
  return list;
}

Scores consistency(const Pair& pair, const Cube& fused) {
  ConsistencyByParts all(pair.degradation);
  all.look(whole(pair, fused), fused);
  return all.scores();
}

struct ConsistencyByParts::State {
  Degradation degradation;
  RunningComparison hsi, msi;
};

ConsistencyByParts::ConsistencyByParts(const Degradation& degradation) : state_(new State{degradation, {}, {}}) {}

ConsistencyByParts::~ConsistencyByParts() = default;

void ConsistencyByParts::look(const PairPart& part, const Cube& fused) {
  const Degradation& degradation = state_->degradation;
  state_->hsi.add(part.inner_of_coarse(part.pair.hsi), part.inner_of_coarse(degrade_spatially(fused, degradation)));
  if (!degradation.srf.defined()) return;
  state_->msi.add(part.inner_of_fine(part.pair.msi), degrade_spectrally(part.inner_of_fine(fused), degradation.srf));
}

Scores ConsistencyByParts::scores() const {
  Scores scores;
  add_agreement("hsi_", state_->hsi, state_->degradation.ratio, scores);
  if (state_->degradation.srf.defined()) add_agreement("msi_", state_->msi, state_->degradation.ratio, scores);
  return scores;
}

Scores qnr(const Pair& pair, const Cube& fused) {
  QnrByParts all;
  all.look(whole(pair, fused), fused);
  return all.scores();
}

struct QnrByParts::State {
  Index bands = 0, msi_bands = 0;
  /// Of the fused image and the hsi with themselves, of the fused image with the msi, and of the hsi with the degraded
  /// msi.
  RunningQualities fused, hsi, fused_msi, hsi_msi;
};

QnrByParts::QnrByParts() : state_(new State) {}

QnrByParts::~QnrByParts() = default;

Index QnrByParts::unit(Index ratio) { return std::max<Index>(2, (kBlock + ratio / 2) / ratio); }

void QnrByParts::look(const PairPart& part, const Cube& fused) {
  const Pair& pair = part.pair;
  const Index ratio = pair.degradation.ratio, side = unit(ratio);
  const Cube coarse_msi = part.inner_of_coarse(degrade_spatially(pair.msi, pair.degradation));
  const Cube hsi = part.inner_of_coarse(pair.hsi), msi = part.inner_of_fine(pair.msi), y = part.inner_of_fine(fused);
  state_->bands = hsi.bands();
  state_->msi_bands = msi.bands();
  state_->fused.add(y, y, side * ratio);
  state_->hsi.add(hsi, hsi, side);
  state_->fused_msi.add(y, msi, side * ratio);
  state_->hsi_msi.add(hsi, coarse_msi, side);
}

Scores QnrByParts::scores() const {
  const Index bands = state_->bands;
  const double d_lambda = state_->fused.mean_distance(state_->hsi, bands * (bands - 1));
  const double d_s = state_->fused_msi.mean_distance(state_->hsi_msi, bands * state_->msi_bands);
  return {{{"d_lambda", d_lambda}, {"d_s", d_s}, {"qnr", (1 - d_lambda) * (1 - d_s)}}, {}};
}

}  // namespace specfuse
