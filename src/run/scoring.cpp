#include "run/scoring.h"

#include <algorithm>
#include <optional>

#include "run/budget.h"
#include "specfuse/core/error.h"
#include "specfuse/core/interrupt.h"
#include "specfuse/core/profile.h"
#include "specfuse/core/progress.h"
#include "specfuse/imaging/no_data.h"
#include "specfuse/imaging/preview.h"
#include "specfuse/metrics/evaluation.h"
#include "specfuse/metrics/no_reference.h"
#include "specfuse/metrics/reliability.h"
#include "specfuse/tensor/math.h"

namespace specfuse {
namespace {

/// Parts of rows x cols pixels whose corners are multiples of `unit`.
std::vector<Rectangle> parts_to_score(Index rows, Index cols, Index side, Index unit, Index least = 0) {
  return parts_of(rows, cols, std::max(unit, side / unit * unit), unit, least);
}

/// What two rectangles have in common, in pixels of the second.
Rectangle common_part(const Rectangle& part, const Rectangle& of) {
  const Index row = std::max(part.row, of.row), col = std::max(part.col, of.col);
  return {row - of.row, col - of.col, std::min(part.row + part.rows, of.row + of.rows) - row,
          std::min(part.col + part.cols, of.col + of.cols) - col};
}

Rectangle moved(const Rectangle& part, Index rows, Index cols) {
  return {part.row + rows, part.col + cols, part.rows, part.cols};
}

/// The mean over all values that hold data.
struct Mean {
  double total = 0;
  Index count = 0;

  void add(const Cube& cube) {
    if (!has_data(cube)) return;
    const Tensor known = valid_pixels(cube, cube).values;
    total += sum(known);
    count += known.size();
  }
};

/// What people are shown of a fused image: all, or means as of the pair that it is made from, of which the parts
/// are added.
class ShownImage {
 public:
  ShownImage(const FusedImage& image, const Task& task);
  /// Where the part is in the image; null: there is no sigma.
  void add(const Rectangle& part, const Cube& fused, const Cube* sigma);
  FusedCube image() const;

 private:
  const FusedImage& image_;
  Rectangle kept_;
  std::optional<Preview> fused_, sigma_;
};

ShownImage::ShownImage(const FusedImage& image, const Task& task)
    : image_(image), kept_{0, 0, task.pair_in_memory.msi.rows(), task.pair_in_memory.msi.cols()} {
  if (task.step == 1) return;
  const Cube corner = image.fused->read({0, 0, 1, 1});
  for (std::optional<Preview>* preview : {&fused_, &sigma_}) {
    preview->emplace(corner, image.fused->rows(), image.fused->cols(), task.step);
  }
}

void ShownImage::add(const Rectangle& part, const Cube& fused, const Cube* sigma) {
  if (!fused_) return;
  fused_->add(fused, part.row, part.col);
  if (sigma != nullptr) sigma_->add(*sigma, part.row, part.col);
}

FusedCube ShownImage::image() const {
  FusedCube shown{fused_ ? crop(fused_->cube(), kept_) : image_.fused->read_all()};
  if (image_.sigma) shown.sigma = sigma_ ? crop(sigma_->cube(), kept_) : image_.sigma->read_all();
  shown.width_95 = image_.width_95;
  return shown;
}

/// What adds up over the parts of an image.
class Scoring {
 public:
  Scoring(const Task& task, const FusedImage& image, const std::vector<std::string>& profiles)
      : pair_(*task.pair), image_(image), reference_(task.reference),
        scored_(task.scored.value_or(image.fused->whole())), shown_(image, task),
        inputs_(pair_.degradation(), pair_.bands(), !reference_),
        map_(Cube(1, 1, 2), pair_.rows(), pair_.cols(), task.step) {
    if (!reference_) return;
    evaluator_.emplace(scored_.rows, scored_.cols, pair_.degradation().ratio, profiles);
    if (image.sigma) reliability_.emplace(scored_.rows, scored_.cols, pair_.bands(), image.width_95);
  }

  const Rectangle& scored() const { return scored_; }

  /// Totals of each band, and scores against the inputs, from a part in coarse pixels.
  void first_pass(const Rectangle& place) {
    const Degradation& degradation = pair_.degradation();
    const Index ratio = degradation.ratio;
    const PairPart part = read_part(pair_, place, degrade_margin(degradation));
    const Rectangle seen{place.row - part.inner.row, place.col - part.inner.col, part.pair.hsi.rows(),
                         part.pair.hsi.cols()};
    const Rectangle fine = fine_part(seen, ratio);
    const Cube with_margin = image_.fused->read(fine);
    map_.add(inputs_.add(part, with_margin), place.row, place.col);
    const Rectangle own = common_part(fine_part(place, ratio), scored_);
    if (std::min(own.rows, own.cols) < 1) return;
    const Rectangle in_image = moved(own, scored_.row, scored_.col);
    const Cube fused = part_of(with_margin, moved(in_image, -fine.row, -fine.col));
    const Cube sigma = image_.sigma ? image_.sigma->read(in_image) : Cube();
    if (image_.sigma) {
      sigma_.add(sigma);
      hsi_.add(part.inner_of_coarse(part.pair.hsi));
    }
    shown_.add(in_image, fused, image_.sigma ? &sigma : nullptr);
    if (!reference_) return;
    const Cube reference = reference_->read(in_image);
    evaluator_->add(0, reference, fused, own);
    if (reliability_) reliability_->add(reference, fused, sigma, own.row, own.col);
  }

  /// What needs those totals, from a part in pixels of what is scored.
  void second_pass(const Rectangle& part) {
    const Index halo = evaluator_->halo(1);
    const Rectangle seen{scored_.row + part.row, scored_.col + part.col,
                         std::min(scored_.rows - part.row, part.rows + halo),
                         std::min(scored_.cols - part.col, part.cols + halo)};
    evaluator_->add(1, reference_->read(seen), image_.fused->read(seen), part);
  }

  /// The result with what was found; it has the scores of its training image already.
  ScoredResult finish(MethodResult result) {
    result.no_reference = inputs_.scores();
    result.input_psnr_db = inputs_.band_psnr_db();
    if (image_.sigma) {
      result.mean_sigma = sigma_.total / static_cast<double>(sigma_.count);
      if (hsi_.total > 0) result.relative_sigma = *result.mean_sigma * static_cast<double>(hsi_.count) / hsi_.total;
      result.width_95 = image_.width_95;
    }
    if (reliability_) result.reliability = reliability_->result();
    if (!evaluator_) return {result, shown()};
    const Evaluation all = evaluator_->result();
    result.scores = all.scores;
    result.band_psnr_db = all.band_psnr_db;
    result.errors = all.errors;
    result.profiles = all.profiles;
    return {result, shown()};
  }

 private:
  ShownResult shown() { return {shown_.image(), map_.cube()}; }

  const PairParts& pair_;
  const FusedImage& image_;
  const ImagePtr reference_;
  const Rectangle scored_;
  ShownImage shown_;
  NoReferenceEvaluator inputs_;
  Preview map_;
  std::optional<Evaluator> evaluator_;
  std::optional<ReliabilityEvaluator> reliability_;
  Mean sigma_, hsi_;
};

}  // namespace

ScoredResult score(const Task& task, const std::vector<std::string>& profiles, const Fusion& fusion) {
  const ProfileSpan span("evaluate");
  MethodResult result = fusion.result;
  const ProgressTitle title(result.folder + ", scoring");
  if (fusion.fused_training) {
    const TrainingPair& training = task.training.train.front();
    result.train_scores = evaluate(training.target, *fusion.fused_training, training.input.degradation.ratio);
  }
  Scoring scoring(task, fusion.image, profiles);
  const PairParts& pair = *task.pair;
  const Rectangle& scored = scoring.scored();
  const Index ratio = pair.degradation().ratio, side = task.is_large ? kScoredSide : Index{1} << 32;
  const Index unit = task.reference ? 1 : NoReferenceEvaluator::qnr_unit(ratio);
  const std::vector<Rectangle> first = parts_to_score(pair.rows(), pair.cols(), side / ratio, unit);
  std::vector<Rectangle> second;
  if (task.reference) second = parts_to_score(scored.rows, scored.cols, side, Evaluator::kUnit, Evaluator::kUnit);
  Progress progress(std::ssize(first) + std::ssize(second), "parts");
  const auto begin_part = [&] {
    SPECFUSE_CHECK_AS(Interrupted, !interrupted(), "interrupted while scoring ", result.folder,
                      "; continue with --resume");
    progress.tick();
  };
  for (const Rectangle& part : first) {
    begin_part();
    scoring.first_pass(part);
  }
  for (const Rectangle& part : second) {
    begin_part();
    scoring.second_pass(part);
  }
  return scoring.finish(std::move(result));
}

}  // namespace specfuse
