#include "run/measured_pair.h"

#include <algorithm>
#include <utility>

#include "specfuse/core/error.h"
#include "specfuse/core/interrupt.h"
#include "specfuse/core/progress.h"
#include "specfuse/imaging/preview.h"

namespace specfuse {
namespace {

/// Sides, in fine pixels: of the parts in which statistics are taken, and of those that are read to be shown.
constexpr Index kStatisticsSide = 256, kShownSide = 128;
/// Fine pixels along the longest side of what is shown, and coarse ones along the shortest.
constexpr Index kMostShown = 256, kLeastShown = 24;

}  // namespace

MeasuredPair::MeasuredPair(ImagePtr hsi, ImagePtr msi, const Degradation& told)
    : hsi_(std::move(hsi)), msi_(std::move(msi)), told_(told) {}

Index MeasuredPair::side() const {
  return std::max<Index>(1, kStatisticsSide / told_.ratio / told_.ratio) * told_.ratio;
}

Pair MeasuredPair::read(const Rectangle& coarse) const {
  Pair pair{hsi_->read(coarse), msi_->read(fine_part(coarse, told_.ratio)), told_};
  share_gaps(pair);
  withhold_outliers(outliers_, coarse, pair);
  return pair;
}

SensedPair::SensedPair(std::shared_ptr<const PairParts> told, KnownSensors sensors)
    : told_(std::move(told)), sensors_(std::move(sensors)), degradation_(told_->degradation()),
      halo_(sensors_.halo(degradation_)) {
  if (sensors_.estimate) degradation_ = as_estimated(degradation_, *sensors_.estimate);
}

Pair SensedPair::read(const Rectangle& coarse) const {
  const PairPart seen = read_part(*told_, coarse, halo_);
  const Pair pair = sensors_.apply(seen.pair, {coarse.row - seen.inner.row, coarse.col - seen.inner.col});
  const bool all = seen.inner == Rectangle{0, 0, pair.hsi.rows(), pair.hsi.cols()};
  return all ? pair : crop_pair(pair, fine_part(seen.inner, degradation_.ratio));
}

Shown means_of(const PairParts& pair, const Image* reference, Index step) {
  const Index ratio = pair.degradation().ratio;
  const Rectangle fine = fine_part({0, 0, pair.rows(), pair.cols()}, ratio);
  const Pair first = pair.read({0, 0, 1, 1});
  Preview hsi(first.hsi, pair.rows(), pair.cols(), step), msi(first.msi, fine.rows, fine.cols, step);
  std::optional<Preview> of_reference, disagreement;
  if (reference != nullptr) of_reference.emplace(reference->read({0, 0, 1, 1}), fine.rows, fine.cols, step);
  if (first.disagreement.values.defined()) disagreement.emplace(first.disagreement, pair.rows(), pair.cols(), step);
  const std::vector<Rectangle> parts = parts_of(pair.rows(), pair.cols(), std::max<Index>(1, kShownSide / ratio), 1);
  Progress progress("looking at the pair", std::ssize(parts), "parts");
  for (const Rectangle& part : parts) {
    SPECFUSE_CHECK_AS(Interrupted, !interrupted(), "interrupted while looking at the pair");
    const Pair seen = pair.read(part);
    const Rectangle place = fine_part(part, ratio);
    hsi.add(seen.hsi, part.row, part.col);
    msi.add(seen.msi, place.row, place.col);
    if (disagreement) disagreement->add(seen.disagreement, part.row, part.col);
    if (of_reference) of_reference->add(reference->read(place), place.row, place.col);
    progress.tick();
  }
  Shown shown;
  shown.pair = {hsi.cube(), msi.cube(), pair.degradation()};
  // Whole coarse pixels of it, so that the sizes fit.
  const Rectangle kept = fine_part({0, 0, shown.pair.hsi.rows(), shown.pair.hsi.cols()}, ratio);
  shown.pair.msi = crop(shown.pair.msi, kept);
  for (const auto& [image, said] : {std::pair(&shown.pair.hsi, &first.hsi), std::pair(&shown.pair.msi, &first.msi)}) {
    image->notes = said->notes;
    image->notes.partly = 0;
  }
  if (disagreement) shown.pair.disagreement = disagreement->cube();
  if (of_reference) shown.reference = crop(of_reference->cube(), kept);
  return shown;
}

Index step_to_show(const PairParts& pair) {
  const Index ratio = pair.degradation().ratio;
  const Index longest = ratio * std::max(pair.rows(), pair.cols()), shortest = std::min(pair.rows(), pair.cols());
  const Index most = std::max<Index>(1, shortest / std::max(2 * ratio, kLeastShown));
  return std::min((longest + kMostShown - 1) / kMostShown, most);
}

}  // namespace specfuse
