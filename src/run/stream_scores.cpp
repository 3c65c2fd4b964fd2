#include "run/stream_scores.h"

#include <algorithm>
#include <numeric>
#include <optional>

#include "specfuse/core/error.h"
#include "specfuse/core/interrupt.h"
#include "specfuse/core/progress.h"
#include "specfuse/imaging/no_data.h"
#include "specfuse/imaging/preview.h"
#include "specfuse/metrics/scores_by_parts.h"

namespace specfuse {
namespace {

/// Parts of the image in fine pixels, whose corners are multiples of `unit`.
std::vector<Rectangle> parts_to_score(const StreamedPair& pair, Index unit) {
  return parts_of(pair.fine_rows(), pair.fine_cols(), std::max(unit, kScoredSide / unit * unit), unit);
}

/// A part with so many pixels around it, as far as there are.
Rectangle grown(const Rectangle& part, Index before, Index after, const StreamedPair& pair) {
  const Index row = std::max<Index>(0, part.row - before), col = std::max<Index>(0, part.col - before);
  return {row, col, std::min(pair.fine_rows(), part.row + part.rows + after) - row,
          std::min(pair.fine_cols(), part.col + part.cols + after) - col};
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

/// The first look at each part: at its agreement with the inputs and with the reference, and at its errors to be
/// expected.
class FirstLook {
 public:
  FirstLook(const StreamedPair& pair, const FusedFile& fused, Index step)
      : pair_(pair), fused_(fused), consistency_(pair.degradation()) {
    const Cube like = fused.read(pair, {0, 0, 1, 1});
    preview_.emplace(like, pair.fine_rows(), pair.fine_cols(), step);
    if (fused.has_sigma()) preview_sigma_.emplace(like, pair.fine_rows(), pair.fine_cols(), step);
  }

  void at(const Rectangle& part, ScoresByParts* scores) {
    const Index ratio = pair_.ratio(), margin = ratio * degrade_margin(pair_.degradation());
    const Rectangle seen = grown(part, margin, margin, pair_);
    const Cube image = fused_.read(pair_, seen);
    const Rectangle inner{part.row - seen.row, part.col - seen.col, part.rows, part.cols};
    const Cube itself = crop(image, inner);
    consistency_.look(pair_.read({part.row / ratio, part.col / ratio, part.rows / ratio, part.cols / ratio}), image,
                      inner);
    if (scores != nullptr) scores->look(pair_.read_reference(part), itself);
    preview_->add(itself, part.row, part.col);
    if (!preview_sigma_) return;
    const Cube sigma = fused_.read(pair_, part, "/sigma");
    mean_sigma_.add(sigma);
    preview_sigma_->add(sigma, part.row, part.col);
  }

  FusedWithSigma finish(MethodResult& result) const {
    result.no_reference = consistency_.scores();
    FusedWithSigma preview{preview_->cube()};
    if (!preview_sigma_) return preview;
    result.mean_sigma = mean_sigma_.sum / static_cast<double>(mean_sigma_.count);
    preview.sigma = preview_sigma_->cube();
    return preview;
  }

 private:
  const StreamedPair& pair_;
  const FusedFile& fused_;
  ConsistencyByParts consistency_;
  std::optional<Preview> preview_, preview_sigma_;
  Mean mean_sigma_;
};

}  // namespace

FusedWithSigma score_streamed(const StreamedPair& pair, const FusedFile& fused, Index step, MethodResult& result) {
  const std::vector<Rectangle> parts = parts_to_score(pair, pair.ratio());
  const std::vector<Rectangle> windows = parts_to_score(pair, ScoresByParts::kUnit);
  std::optional<ScoresByParts> scores;
  if (pair.has_reference()) scores.emplace(pair.ratio());
  Progress progress(result.folder + ", scoring", std::ssize(parts) + (scores ? std::ssize(windows) : 0), "parts");
  Index done = 0;
  const auto check_and_count = [&] {
    SPECFUSE_CHECK_AS(Interrupted, !interrupted(), "interrupted while scoring ", result.folder,
                      "; continue with --resume");
    progress.update(++done);
  };
  FirstLook look(pair, fused, step);
  for (const Rectangle& part : parts) {
    look.at(part, scores ? &*scores : nullptr);
    check_and_count();
  }
  const FusedWithSigma preview = look.finish(result);
  if (!scores) return preview;
  for (const Rectangle& part : windows) {
    const Rectangle seen = grown(part, 0, ScoresByParts::kBeyond, pair);
    scores->measure(pair.read_reference(seen), fused.read(pair, seen), part.rows, part.cols);
    check_and_count();
  }
  result.scores = scores->scores();
  result.band_psnr_db = scores->band_psnr_db();
  return preview;
}

}  // namespace specfuse
