#include "run/stream_scores.h"

#include <algorithm>
#include <numeric>
#include <optional>

#include "specfuse/core/error.h"
#include "specfuse/core/interrupt.h"
#include "specfuse/core/progress.h"
#include "specfuse/imaging/no_data.h"
#include "specfuse/imaging/preview.h"
#include "specfuse/metrics/reliability.h"
#include "specfuse/metrics/scores_by_parts.h"

namespace specfuse {
namespace {

/// Parts of the image in fine pixels, whose corners are multiples of `unit`.
std::vector<Rectangle> parts_to_score(const StreamedPair& pair, Index unit) {
  return parts_of(pair.fine_rows(), pair.fine_cols(), std::max(unit, kScoredSide / unit * unit), unit);
}

/// A part with so many pixels below and to the right, as far as there are.
Rectangle grown(const Rectangle& part, Index after, const StreamedPair& pair) {
  return {part.row, part.col, std::min(pair.fine_rows() - part.row, part.rows + after),
          std::min(pair.fine_cols() - part.col, part.cols + after)};
}

/// The mean over all that is shown to it.
struct Mean {
  double sum = 0;
  Index count = 0;
  void add(const Cube& cube) {
    for (Index p = 0; p < cube.pixels(); ++p) {
      if (!cube.is_valid(p)) continue;
      const float* const values = cube.values.data() + p * cube.bands();
      sum = std::accumulate(values, values + cube.bands(), sum);
      count += cube.bands();
    }
  }
};

/// The first look at each part: at its agreement with the inputs and with the reference, or without one at its quality
/// by itself, and at its errors to be expected.
class FirstLook {
 public:
  FirstLook(const StreamedPair& pair, const FusedFile& fused, Index step, ScoresByParts* scores)
      : pair_(pair), fused_(fused), scores_(scores), consistency_(pair.degradation()) {
    const Index rows = pair.fine_rows(), cols = pair.fine_cols();
    const Cube like = fused.read(pair, {0, 0, 1, 1});
    preview_.emplace(like, rows, cols, step);
    if (scores == nullptr) qnr_.emplace();
    if (!fused.has_sigma()) return;
    preview_sigma_.emplace(like, rows, cols, step);
    if (scores != nullptr) reliability_.emplace(rows, cols, pair.bands(), fused.width_95());
  }

  /// Of the parts, in fine pixels.
  Index unit() const { return pair_.ratio() * (qnr_ ? QnrByParts::unit(pair_.ratio()) : 1); }

  void at(const Rectangle& part) {
    const Index ratio = pair_.ratio();
    const Rectangle coarse{part.row / ratio, part.col / ratio, part.rows / ratio, part.cols / ratio};
    const PairPart seen = read_part(pair_, coarse, degrade_margin(pair_.degradation()));
    const Cube image = fused_.read(pair_, fine_part({coarse.row - seen.inner.row, coarse.col - seen.inner.col,
                                                     seen.pair.hsi.rows(), seen.pair.hsi.cols()},
                                                    ratio));
    const Cube itself = seen.inner_of_fine(image);
    consistency_.look(seen, image);
    if (qnr_) qnr_->look(seen, image);
    preview_->add(itself, part.row, part.col);
    std::optional<Cube> reference;
    if (scores_ != nullptr) {
      reference = pair_.read_reference(part);
      scores_->look(*reference, itself, part.row, part.col);
    }
    if (!preview_sigma_) return;
    const Cube sigma = fused_.read(pair_, part, "/sigma");
    if (reliability_) reliability_->look(*reference, itself, sigma, part.row, part.col);
    mean_sigma_.add(sigma);
    preview_sigma_->add(sigma, part.row, part.col);
  }

  FusedWithSigma finish(MethodResult& result) {
    result.no_reference = consistency_.scores();
    if (qnr_) {
      for (const Score& score : qnr_->scores().values) result.no_reference.values.push_back(score);
    }
    FusedWithSigma preview{preview_->cube()};
    if (!preview_sigma_) return preview;
    if (reliability_) result.reliability = reliability_->result();
    result.mean_sigma = mean_sigma_.sum / static_cast<double>(mean_sigma_.count);
    preview.sigma = preview_sigma_->cube();
    return preview;
  }

 private:
  const StreamedPair& pair_;
  const FusedFile& fused_;
  ScoresByParts* const scores_;
  ConsistencyByParts consistency_;
  std::optional<QnrByParts> qnr_;
  std::optional<ReliabilityByParts> reliability_;
  std::optional<Preview> preview_, preview_sigma_;
  Mean mean_sigma_;
};

}  // namespace

ScoredSpectra scored_spectra(const StreamedPair& pair) {
  if (!pair.has_reference()) return ScoredSpectra(nullptr);
  return ScoredSpectra([&pair] {
    Fingerprint scored;
    for (const Rectangle& part : parts_of(pair.rows(), pair.cols(), pair.side(), 1)) {
      scored.add(pair.reference_as_told(fine_part(part, pair.ratio())));
    }
    return scored;
  });
}

FusedWithSigma score_streamed(const StreamedPair& pair, const FusedFile& fused, Index step, MethodResult& result) {
  std::optional<ScoresByParts> scores;
  if (pair.has_reference()) scores.emplace(pair.fine_rows(), pair.fine_cols(), pair.ratio());
  FirstLook look(pair, fused, step, scores ? &*scores : nullptr);
  const std::vector<Rectangle> parts = parts_to_score(pair, look.unit());
  const std::vector<Rectangle> windows = parts_to_score(pair, ScoresByParts::kUnit);
  Progress progress(result.folder + ", scoring", std::ssize(parts) + (scores ? std::ssize(windows) : 0), "parts");
  Index done = 0;
  const auto check_and_count = [&] {
    SPECFUSE_CHECK_AS(Interrupted, !interrupted(), "interrupted while scoring ", result.folder,
                      "; continue with --resume");
    progress.update(++done);
  };
  for (const Rectangle& part : parts) {
    look.at(part);
    check_and_count();
  }
  const FusedWithSigma preview = look.finish(result);
  if (!scores) return preview;
  for (const Rectangle& part : windows) {
    const Rectangle seen = grown(part, ScoresByParts::kBeyond, pair);
    scores->measure(pair.read_reference(seen), fused.read(pair, seen), part.rows, part.cols);
    check_and_count();
  }
  result.scores = scores->scores();
  result.band_psnr_db = scores->band_psnr_db();
  result.errors = scores->errors();
  return preview;
}

}  // namespace specfuse
