#include "run/quality_file.h"

#include <algorithm>
#include <array>

#include "run/fuse_parts.h"
#include "specfuse/config/result_names.h"
#include "specfuse/core/error.h"
#include "specfuse/core/interrupt.h"
#include "specfuse/estimate/harmonise.h"
#include "specfuse/imaging/no_data.h"
#include "specfuse/io/image_writer.h"

namespace specfuse {
namespace {

/// Coarse pixels around a part that say whether it lies beside a gap.
constexpr Index kNear = 1;

bool has_gap_near(const Pair& pair, const std::vector<std::uint8_t>& valid, Index row, Index col) {
  const Index ratio = pair.degradation.ratio, cols = pair.msi.cols();
  const Rectangle near = with_margin({row, col, 1, 1}, kNear, pair.hsi.rows(), pair.hsi.cols());
  const Rectangle fine = fine_part(near, ratio);
  for (Index i = fine.row; i < fine.row + fine.rows; ++i) {
    const auto first = valid.begin() + i * cols + fine.col;
    if (std::find(first, first + fine.cols, std::uint8_t{0}) != first + fine.cols) return true;
  }
  return false;
}

/// Of a part with a margin [msi rows, msi cols, 1].
Cube flags_of(const Pair& pair) {
  const Index ratio = pair.degradation.ratio;
  const std::vector<std::uint8_t> valid = valid_of_result(pair);
  Cube flags(pair.msi.rows(), pair.msi.cols(), 1);
  for (Index row = 0; row < pair.hsi.rows(); ++row) {
    for (Index col = 0; col < pair.hsi.cols(); ++col) {
      int coarse = kMeasured;
      if (!valid.empty() && has_gap_near(pair, valid, row, col)) coarse += kBesideGap;
      const Cube& map = pair.disagreement;
      if (map.values.defined() && has_changed(map.pixel(row, col))) coarse += kChangedGround;
      for (Index i = row * ratio; i < (row + 1) * ratio; ++i) {
        for (Index j = col * ratio; j < (col + 1) * ratio; ++j) {
          const auto at = static_cast<std::size_t>(i * flags.cols() + j);
          *flags.pixel(i, j) = valid.empty() || valid[at] != 0 ? static_cast<float>(coarse) : 0;
        }
      }
    }
  }
  return flags;
}

/// Marks what lies in a part at `fine` of those of an image whose pixels are `size` fine ones wide.
void mark(const std::vector<Outlier>& outliers, Index size, const Rectangle& fine, Cube& flags) {
  for (const Outlier& outlier : outliers) {
    for (Index i = outlier.row * size; i < (outlier.row + 1) * size; ++i) {
      for (Index j = outlier.col * size; j < (outlier.col + 1) * size; ++j) {
        const Index row = i - fine.row, col = j - fine.col;
        if (row < 0 || col < 0 || row >= fine.rows || col >= fine.cols) continue;
        float& flag = *flags.pixel(row, col);
        if (flag > 0) flag = static_cast<float>(static_cast<int>(flag) | kWithOutlier);
      }
    }
  }
}

/// Which of `kQualityClasses` a pixel is of.
std::array<bool, kQualityClasses.size()> classes_of(int flags) {
  std::array<bool, kQualityClasses.size()> is{};
  for (std::size_t i = 0; i < is.size(); ++i) {
    const int flag = kQualityClasses[i].flag;
    is[i] = flag == 0 ? flags == 0 : (flags & flag) != 0;
  }
  return is;
}

/// Sums up flags part by part.
class QualityCount {
 public:
  QualityCount(Index rows, Index cols)
      : step_((std::max(rows, cols) + kMostShown - 1) / kMostShown), pixels_(static_cast<double>(rows * cols)),
        map_({(rows + step_ - 1) / step_, (cols + step_ - 1) / step_}) {}

  void add(const Rectangle& fine, const Cube& flags) {
    for (Index row = 0; row < fine.rows; ++row) {
      for (Index col = 0; col < fine.cols; ++col) {
        const auto is = classes_of(static_cast<int>(*flags.pixel(row, col)));
        float& shown = map_[(fine.row + row) / step_ * map_.dim(1) + (fine.col + col) / step_];
        for (std::size_t i = 0; i < is.size(); ++i) {
          counts_[i] += is[i] ? 1 : 0;
          if (is[i]) shown = std::max(shown, static_cast<float>(i + 1));
        }
      }
    }
  }

  QualitySummary summary() const {
    QualitySummary all;
    for (std::size_t i = 0; i < counts_.size(); ++i) all.shares[i] = static_cast<double>(counts_[i]) / pixels_;
    all.map = map_;
    return all;
  }

 private:
  static constexpr Index kMostShown = 512;
  Index step_;
  double pixels_;
  Tensor map_;
  std::array<Index, kQualityClasses.size()> counts_{};
};

}  // namespace

QualitySummary keep_quality(const Scene& scene, const Task& task, const OutputConfig& output, const RunFolder& folder) {
  const PairParts& pair = *task.pair;
  const Index ratio = pair.degradation().ratio;
  Cube like(1, 1, 1);
  like.attributes[kNoDataAttribute] = std::vector<double>{0};
  place_on_earth(pair.read({0, 0, 1, 1}), like);
  like.attributes["flags"] =
      concat("0 no data, else the sum of ", int{kMeasured}, " measured, ", int{kBesideGap}, " beside a gap, ",
             int{kChangedGround}, " changed ground, ", int{kWithOutlier}, " outlier withheld");
  const ImageWriter& format = output.writer();
  const ImageWriter writer = format.begin_packed ? format.packed({1, 0, 0}) : format;
  const auto file =
      writer.begin(folder.staged(kQualityName + writer.ending), like, ratio * pair.rows(), ratio * pair.cols());
  QualityCount count(ratio * pair.rows(), ratio * pair.cols());
  // So many coarse pixels are units of any ratio.
  for (const Rectangle& part : parts_of(pair.rows(), pair.cols(), file->unit(), file->unit())) {
    SPECFUSE_CHECK_AS(Interrupted, !interrupted(), "interrupted before the results were written");
    const PairPart read = read_part(pair, part, kNear);
    Cube flags = read.inner_of_fine(flags_of(read.pair));
    const Rectangle fine = fine_part(part, ratio);
    mark(scene.outliers.hsi, ratio, fine, flags);
    mark(scene.outliers.msi, 1, fine, flags);
    file->write(fine.row, fine.col, flags.values);
    count.add(fine, flags);
  }
  file->finish();
  return count.summary();
}

}  // namespace specfuse
