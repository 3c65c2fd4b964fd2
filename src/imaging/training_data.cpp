#include "specfuse/imaging/training_data.h"

#include <algorithm>

namespace specfuse {

TrainingPair on_disk(const TrainingPair& pair, const std::string& folder) {
  return {on_disk(pair.input, folder), on_disk(pair.target, folder)};
}

void require_lower_scale(const std::string& who, Index rows, Index cols, Index ratio) {
  SPECFUSE_CHECK_AS(ConfigError, std::min(rows, cols) >= ratio, who, ": expected an HSI of at least ", ratio, " x ",
                    ratio, " pixels, to learn one scale down at ratio ", ratio, ", got ", rows, " x ", cols,
                    ": take a larger part, or a method that learns nothing, such as gsa");
}

TrainingPair lower_scale(const Pair& pair) {
  TrainingPair lower{degrade_pair(pair), {}};
  lower.target = crop(pair.hsi, {0, 0, lower.input.msi.rows(), lower.input.msi.cols()});
  return lower;
}

void for_each_example(const TrainingData& data, Index (*halo)(const Degradation&),
                      const std::function<void(const TrainingPair& example, const Rectangle& inner)>& visit) {
  for (const TrainingPair& pair : data.train) visit(pair, {0, 0, pair.target.rows(), pair.target.cols()});
  if (data.large == nullptr) return;
  // One scale down a coarse pixel is made of ratio x ratio of them; parts keep to these, and so does the halo.
  const Degradation& degradation = data.large->degradation();
  for_each_part(*data.large, degradation.ratio * halo(degradation), [&](const PairPart& part) {
    const TrainingPair example = lower_scale(part.pair);
    Rectangle inner = part.inner;
    inner.rows = std::min(inner.rows, example.target.rows() - inner.row);
    inner.cols = std::min(inner.cols, example.target.cols() - inner.col);
    if (inner.rows > 0 && inner.cols > 0) visit(example, inner);
  });
}

}  // namespace specfuse
