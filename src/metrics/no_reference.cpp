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

/// Q between each band of x and each of y [x bands, y bands], averaged over the whole blocks of this side that have
/// data everywhere.
std::vector<double> qualities(const Cube& x, const Cube& y, Index side) {
  const Index down = x.rows() / side, across = x.cols() / side;
  const auto pairs = static_cast<std::size_t>(x.bands() * y.bands());
  std::vector<std::vector<double>> of_block(static_cast<std::size_t>(down * across));
  parallel_for(down * across, [&](Index i) {
    const Block block{i / across * side, i % across * side, side};
    if (!has_data(x, block) || !has_data(y, block)) return;
    const BlockMoments m = block_moments(x, y, block);
    std::vector<double>& quality = of_block[static_cast<std::size_t>(i)];
    for (std::size_t pair = 0; pair < pairs; ++pair) {
      const std::size_t p = pair / m.mean_y.size(), q = pair % m.mean_y.size();
      quality.push_back(
          quality_index({m.mean_x[p], m.mean_y[q], m.variance_x[p] + m.variance_y[q], m.covariance[pair]}));
    }
  });
  std::erase_if(of_block, [](const std::vector<double>& quality) { return quality.empty(); });
  std::vector<double> mean(pairs, of_block.empty() ? std::numeric_limits<double>::quiet_NaN() : 0.0);
  for (const std::vector<double>& quality : of_block) {
    for (std::size_t i = 0; i < pairs; ++i) mean[i] += quality[i] / static_cast<double>(of_block.size());
  }
  return mean;
}

/// The sum of |fine - coarse| over `count`: pairs of a band with itself differ by 0 and do not count.
double mean_distance(const std::vector<double>& fine, const std::vector<double>& coarse, Index count) {
  double total = 0;
  for (std::size_t i = 0; i < fine.size(); ++i) total += std::abs(fine[i] - coarse[i]);
  return total / static_cast<double>(std::max<Index>(1, count));
}

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
  check_fused(pair, fused);
  ConsistencyByParts all(pair.degradation);
  all.look(pair, fused, {0, 0, fused.rows(), fused.cols()});
  return all.scores();
}

struct ConsistencyByParts::State {
  Degradation degradation;
  RunningComparison hsi, msi;
};

ConsistencyByParts::ConsistencyByParts(const Degradation& degradation) : state_(new State{degradation, {}, {}}) {}

ConsistencyByParts::~ConsistencyByParts() = default;

void ConsistencyByParts::look(const Pair& part, const Cube& fused, const Rectangle& inner) {
  const Index ratio = state_->degradation.ratio;
  const bool all = inner == Rectangle{0, 0, fused.rows(), fused.cols()};
  const Cube coarse = degrade_spatially(fused, state_->degradation);
  const Rectangle inner_coarse{inner.row / ratio, inner.col / ratio, inner.rows / ratio, inner.cols / ratio};
  state_->hsi.add(part.hsi, all ? coarse : crop(coarse, inner_coarse));
  if (!state_->degradation.srf.defined()) return;
  state_->msi.add(part.msi, degrade_spectrally(all ? fused : crop(fused, inner), state_->degradation.srf));
}

Scores ConsistencyByParts::scores() const {
  Scores scores;
  add_agreement("hsi_", state_->hsi, state_->degradation.ratio, scores);
  if (state_->degradation.srf.defined()) add_agreement("msi_", state_->msi, state_->degradation.ratio, scores);
  return scores;
}

Scores qnr(const Pair& pair, const Cube& fused) {
  check_fused(pair, fused);
  const Index ratio = pair.degradation.ratio, bands = fused.bands();
  const Index coarse = std::max<Index>(2, (kBlock + ratio / 2) / ratio), fine = coarse * ratio;
  const Cube coarse_msi = degrade_spatially(pair.msi, pair.degradation);
  const double d_lambda =
      mean_distance(qualities(fused, fused, fine), qualities(pair.hsi, pair.hsi, coarse), bands * (bands - 1));
  const double d_s = mean_distance(qualities(fused, pair.msi, fine), qualities(pair.hsi, coarse_msi, coarse),
                                   bands * pair.msi.bands());
  return {{{"d_lambda", d_lambda}, {"d_s", d_s}, {"qnr", (1 - d_lambda) * (1 - d_s)}}, {}};
}

}  // namespace specfuse
