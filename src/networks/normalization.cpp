#include "specfuse/networks/normalization.h"

#include <algorithm>

#include "specfuse/core/error.h"
#include "specfuse/core/threads.h"
#include "specfuse/imaging/upsample.h"
#include "specfuse/tensor/math.h"

namespace specfuse {
namespace {

/// Calls body(row of `bands` values) for all rows, on all threads.
template <class Body>
void for_each_row(Tensor& values, Index bands, Body body) {
  parallel_ranges(values.size() / bands, 4096, [&](Index begin, Index end) {
    for (Index row = begin; row < end; ++row) body(values.data() + row * bands);
  });
}

BandScale scale_of(const std::vector<Cube>& cubes) {
  const Index bands = cubes[0].bands();
  BandScale scale{Tensor({bands}), Tensor({bands})};
  parallel_for(bands, [&](Index band) {
    float least = cubes[0].values[band], most = least;
    for (const Cube& cube : cubes) {
      for (Index i = band; i < cube.values.size(); i += bands) {
        least = std::min(least, cube.values[i]);
        most = std::max(most, cube.values[i]);
      }
    }
    scale.low[band] = least;
    scale.span[band] = most > least ? most - least : 1.0f;
  });
  return scale;
}

}  // namespace

Tensor BandScale::apply(const Tensor& values) const {
  Tensor scaled = values.clone();
  const Index bands = low.size();
  for_each_row(scaled, bands, [&](float* row) {
    for (Index b = 0; b < bands; ++b) row[b] = (row[b] - low[b]) / span[b];
  });
  return scaled;
}

void BandScale::undo(Tensor& values) const {
  const Index bands = low.size();
  for_each_row(values, bands, [&](float* row) {
    for (Index b = 0; b < bands; ++b) row[b] = row[b] * span[b] + low[b];
  });
}

Normalization Normalization::of(const std::vector<TrainingPair>& examples) {
  SPECFUSE_CHECK(!examples.empty(), "Normalization: nothing to learn from");
  std::vector<Cube> hsi, msi, target;
  for (const TrainingPair& example : examples) {
    hsi.push_back(upsample_cubic(example.input.hsi, example.input.degradation));
    msi.push_back(example.input.msi);
    target.push_back(example.target);
  }
  return {scale_of(hsi), scale_of(msi), scale_of(target)};
}

void Normalization::write(Checkpoint& checkpoint) const {
  const auto put = [&](const std::string& name, const BandScale& scale) {
    checkpoint.tensors["normalization/" + name + ".low"] = scale.low;
    checkpoint.tensors["normalization/" + name + ".span"] = scale.span;
  };
  put("hsi", hsi);
  put("msi", msi);
  put("target", target);
}

Normalization Normalization::read(const Checkpoint& checkpoint) {
  const auto scale = [&](const std::string& name) {
    const std::string path = "normalization/" + name;
    const BandScale found{checkpoint.tensor(path + ".low"), checkpoint.tensor(path + ".span")};
    SPECFUSE_CHECK_AS(DataError, found.low.shape().rank() == 1 && found.span.shape() == found.low.shape(),
                      "checkpoint: expected '", path, ".low' and '.span' of one length, got ", found.low.shape().text(),
                      " and ", found.span.shape().text());
    bool usable = true;
    for (Index band = 0; band < found.span.size(); ++band) usable = usable && found.span[band] > 0;
    SPECFUSE_CHECK_AS(DataError, usable, "checkpoint: expected '", path, ".span' above 0");
    return found;
  };
  const Normalization read{scale("hsi"), scale("msi"), scale("target")};
  SPECFUSE_CHECK_AS(DataError, read.target.low.shape() == read.hsi.low.shape(),
                    "checkpoint: expected 'normalization/target' and 'normalization/hsi' of one length, got ",
                    read.target.low.shape().text(), " and ", read.hsi.low.shape().text());
  return read;
}

}  // namespace specfuse
