#include "specfuse/metrics/no_reference.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

#include "metrics/shared/block_moments.h"
#include "metrics/shared/metric_sums.h"
#include "metrics/shared/quality_index.h"
#include "specfuse/core/error.h"
#include "specfuse/core/threads.h"

namespace specfuse {
namespace {

void check_fused(const Pair& pair, const Cube& fused) {
  const Shape expected{pair.msi.rows(), pair.msi.cols(), pair.hsi.bands()};
  SPECFUSE_CHECK(fused.values.defined() && fused.values.shape() == expected,
                 "no-reference scores: expected a fused image ", expected.text(), ", got ",
                 fused.values.shape().text());
}

/// Side of the blocks in fine pixels, as for uiqi, before rounding to coarse ones.
constexpr Index kQnrBlock = 32;

double relative_rmse(const Totals& totals, const Sums&, LeftOut&) {
  const auto pixels = static_cast<double>(totals.pixels);
  double errors = 0, squares = 0;
  for (const BandStatistics& band : totals.bands) {
    errors += pixels * band.squared_error;
    squares += band.reference_variation + pixels * band.mean * band.mean;
  }
  return std::sqrt(errors / squares);
}

/// What the degraded result is held against an input of so many bands with: one band has no angle.
std::vector<Metric> agreement_of(Index bands) {
  const MetricInfo info{"relative_rmse", "relative RMSE", "", false, "sqrt(sum of (x - y)^2 / sum of x^2)", ""};
  std::vector<Metric> metrics{{info, relative_rmse}, metric_of("psnr_db"), metric_of("sam_deg"), metric_of("ergas")};
  if (bands == 1) metrics.erase(metrics.begin() + 2);
  return metrics;
}

void add_agreement(const std::string& prefix, const MetricSums& sums, Scores& scores) {
  const Scores agreement = sums.scores();
  for (const Score& score : agreement.values) scores.values.push_back({prefix + score.key, score.value});
  for (const auto& [reason, count] : agreement.left_out) scores.left_out[concat(prefix, reason)] = count;
}

bool has_data(const Cube& cube, const Block& block) {
  for (Index i = 0; i < block.side * block.side; ++i) {
    if (!cube.is_valid((block.row + i / block.side) * cube.cols() + block.col + i % block.side)) return false;
  }
  return true;
}

/// The root mean square over bands of the difference in each pixel of a map of fewer pixels, as one of its bands; what
/// holds data in no pixel is not valid.
void add_to_map(const Cube& input, const Cube& seen, Index place, Cube& map) {
  const Tensor errors = error_map(input, seen);
  const Index side = input.rows() / map.rows();
  for (Index i = 0; i < map.pixels(); ++i) {
    double sum = 0;
    Index count = 0;
    for (Index k = 0; k < side * side; ++k) {
      const Index row = i / map.cols() * side + k / side, col = i % map.cols() * side + k % side;
      const double error = errors[row * input.cols() + col];
      if (std::isnan(error)) continue;
      sum += error * error;
      ++count;
    }
    if (count > 0) {
      map.values[i * map.bands() + place] = static_cast<float>(std::sqrt(sum / static_cast<double>(count)));
    } else {
      map.valid.resize(static_cast<std::size_t>(map.pixels()), 1);
      map.valid[static_cast<std::size_t>(i)] = 0;
    }
  }
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

/// What `qnr` looks at.
struct NoReferenceQualities {
  Index bands = 0, msi_bands = 0;
  /// Of the fused image and the hsi with themselves, of the fused image with the msi, and of the hsi with the degraded
  /// msi.
  RunningQualities fused{}, hsi{}, fused_msi{}, hsi_msi{};

  void add(const PairPart& part, const Cube& image) {
    const Index ratio = part.pair.degradation.ratio, side = NoReferenceEvaluator::qnr_unit(ratio);
    const Cube x = part.inner_of_coarse(part.pair.hsi), y = part.inner_of_fine(image);
    const Cube msi = part.inner_of_fine(part.pair.msi);
    bands = x.bands();
    msi_bands = msi.bands();
    fused.add(y, y, side * ratio);
    hsi.add(x, x, side);
    fused_msi.add(y, msi, side * ratio);
    hsi_msi.add(x, part.inner_of_coarse(degrade_spatially(part.pair.msi, part.pair.degradation)), side);
  }

  void add_to(Scores& scores) const {
    const double d_lambda = fused.mean_distance(hsi, bands * (bands - 1));
    const double d_s = fused_msi.mean_distance(hsi_msi, bands * msi_bands);
    scores.values.insert(scores.values.end(),
                         {{"d_lambda", d_lambda}, {"d_s", d_s}, {"qnr", (1 - d_lambda) * (1 - d_s)}});
  }
};

}  // namespace

std::vector<MetricInfo> no_reference_list() {
  std::vector<MetricInfo> list;
  for (const std::string input : {"hsi", "msi"}) {
    for (const Metric& metric : agreement_of(2)) {
      list.push_back(metric.info);
      list.back().key = concat(input, "_", metric.info.key);
      list.back().name = concat(input == "hsi" ? "HSI " : "MSI ", metric.info.name);
      list.back().definition = concat(metric.info.definition, "; x the ", input, ", y the result degraded again");
    }
  }
  const std::string source = "Alparone et al. 2008, eqs. 6-9";
  list.push_back(
      {"d_lambda", "Dλ", "", false, "mean over bands i and j of abs(Q(y_i, y_j) - Q(hsi_i, hsi_j))", source});
  list.push_back({"d_s", "Ds", "", false,
                  "mean over bands i and MSI bands m of abs(Q(y_i, msi_m) - Q(hsi_i, degraded msi_m))", source});
  list.push_back({"qnr", "QNR", "", true, "(1 - d_lambda) (1 - d_s)", source});
  return list;
}

struct NoReferenceEvaluator::State {
  Degradation degradation;
  MetricSums hsi, msi;
  std::optional<NoReferenceQualities> qualities{};
};

NoReferenceEvaluator::NoReferenceEvaluator(const Degradation& degradation, Index bands, bool with_qnr) {
  const Index ratio = degradation.ratio, msi_bands = degradation.srf.defined() ? degradation.srf.dim(0) : 1;
  state_.reset(new State{degradation, {{agreement_of(bands)}, ratio}, {{agreement_of(msi_bands)}, ratio}});
  if (with_qnr) state_->qualities.emplace();
}

NoReferenceEvaluator::~NoReferenceEvaluator() = default;

Index NoReferenceEvaluator::qnr_unit(Index ratio) { return std::max<Index>(2, (kQnrBlock + ratio / 2) / ratio); }

Cube NoReferenceEvaluator::add(const PairPart& part, const Cube& fused) {
  const Pair& pair = part.pair;
  check_fused(pair, fused);
  Cube map(part.inner.rows, part.inner.cols, 2);
  const auto compare = [&](const Cube& input, const Cube& seen, MetricSums& sums, Index place) {
    sums.add_whole(input, seen);
    add_to_map(input, seen, place, map);
  };
  compare(part.inner_of_coarse(pair.hsi), part.inner_of_coarse(degrade_spatially(fused, state_->degradation)),
          state_->hsi, 0);
  if (state_->degradation.srf.defined()) {
    compare(part.inner_of_fine(pair.msi), degrade_spectrally(part.inner_of_fine(fused), state_->degradation.srf),
            state_->msi, 1);
  }
  if (state_->qualities) state_->qualities->add(part, fused);
  return map;
}

std::array<std::vector<double>, 2> NoReferenceEvaluator::band_psnr_db() const {
  const bool sees = state_->degradation.srf.defined();
  return {band_psnr_db_of(state_->hsi.totals()), sees ? band_psnr_db_of(state_->msi.totals()) : std::vector<double>{}};
}

Scores NoReferenceEvaluator::scores() const {
  Scores scores;
  add_agreement("hsi_", state_->hsi, scores);
  if (state_->degradation.srf.defined()) add_agreement("msi_", state_->msi, scores);
  if (state_->qualities) state_->qualities->add_to(scores);
  return scores;
}

}  // namespace specfuse
