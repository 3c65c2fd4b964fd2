#include "run/streamed_pair.h"

#include <algorithm>

#include "specfuse/core/error.h"
#include "specfuse/core/interrupt.h"
#include "specfuse/core/progress.h"
#include "specfuse/imaging/no_data.h"
#include "specfuse/imaging/preview.h"
#include "specfuse/imaging/shift.h"
#include "specfuse/io/scene.h"
#include "specfuse/run/find_data.h"

namespace specfuse {
namespace {

/// Side of the parts that a preview is made of, in fine pixels.
constexpr Index kLook = 128;
/// Of the part that a reference is placed on the MSI by.
constexpr Index kRegistered = 256;

/// An image that is looked at while the preview is made.
class WatchedImage : public ImageOnDisk {
 public:
  WatchedImage(const ImageConfig& image, const std::string& path, const std::vector<std::string>& directories,
               UndeclaredNoData& seen, const bool& looking)
      : seen_(seen), looking_(looking),
        image_(open_image(find_file(image.file, directories), source_in(image, path, directories))) {}

  Index rows() const override { return image_->rows(); }
  Index cols() const override { return image_->cols(); }
  Index bands() const override { return image_->bands(); }
  Cube read(const Rectangle& part) const override {
    Cube cube = image_->read(part);
    if (looking_) seen_.add(cube);  // resampled, it would no longer show
    return cube;
  }

 private:
  UndeclaredNoData& seen_;
  const bool& looking_;
  std::unique_ptr<ImageOnDisk> image_;
};

PairOnDisk open_pair(const DataConfig& data, const std::vector<std::string>& directories, StreamedPair::Look& look) {
  if (data.pair) return PairOnDisk(find_file(*data.pair, directories), pair_source_in(data, directories));
  return {std::make_unique<WatchedImage>(*data.hsi, "data.hsi", directories, look.hsi, look.now),
          std::make_unique<WatchedImage>(*data.msi, "data.msi", directories, look.msi, look.now), source_of(data)};
}

Rectangle moved(const Rectangle& part, const Rectangle& by) {
  return {part.row + by.row, part.col + by.col, part.rows, part.cols};
}

}  // namespace

StreamedPair::StreamedPair(const DataConfig& data, const std::vector<std::string>& directories)
    : look_(std::make_unique<Look>()), one_file_(data.pair.has_value()),
      file_(open_pair(data, directories, *look_)), place_{0, 0, file_.rows(), file_.cols()} {
  told_.ratio = degradation_.ratio = file_.ratio();
  const Pair corner = read({0, 0, 1, 1});
  may_lack_data_ = corner.hsi.attributes.contains(kNoDataAttribute) || corner.msi.attributes.contains(kNoDataAttribute);
  if (!data.crop) return;
  check_coarse_part("data.crop", *data.crop, file_.rows() * ratio(), file_.cols() * ratio(), ratio());
  place_ = {data.crop->row / ratio(), data.crop->col / ratio(), data.crop->rows / ratio(), data.crop->cols / ratio()};
}

Pair StreamedPair::as_told(const Rectangle& coarse) const {
  const Rectangle part = moved(coarse, place_);
  Pair pair{file_.read_hsi(part), file_.read_msi(fine_part(part, ratio())), told_};
  share_gaps(pair);
  withhold_outliers(outliers_, coarse, pair);
  return pair;
}

Pair StreamedPair::read(const Rectangle& coarse) const {
  if (halo_ == 0) return sensors_.apply(as_told(coarse));
  const Rectangle seen = with_margin(coarse, halo_, rows(), cols());
  const Rectangle inner{coarse.row - seen.row, coarse.col - seen.col, coarse.rows, coarse.cols};
  return crop_pair(sensors_.apply(as_told(seen)), fine_part(inner, ratio()));
}

void StreamedPair::look_at(const EstimateOptions& options, bool harmonise) {
  KnownSensors known = look_at_sensors(*this, options, harmonise);
  halo_ = known.halo(told_);
  if (known.estimate) degradation_ = as_estimated(told_, *known.estimate);
  sensors_ = known;
  if (!has_reference() || file_.reference_on_msi()) return;
  // In the middle, as it is in memory.
  const Index side = std::max<Index>(1, kRegistered / ratio());
  const Index tall = std::min(side, rows()), wide = std::min(side, cols());
  const Rectangle middle{(rows() - tall) / 2, (cols() - wide) / 2, tall, wide};
  sensors_.place(reference_as_told(fine_part(middle, ratio())), read(middle));
}

Cube StreamedPair::reference_as_told(const Rectangle& fine) const {
  return file_.read_reference(moved(fine, fine_part(place_, ratio())));
}

Cube StreamedPair::read_reference(const Rectangle& fine) const {
  if (sensors_.reference_shift == std::array<double, 2>{}) return reference_as_told(fine);
  const Rectangle seen = with_margin(fine, shift_reach(sensors_.reference_shift), fine_rows(), fine_cols());
  return crop(sensors_.on_msi(reference_as_told(seen), told_.boundary),
              {fine.row - seen.row, fine.col - seen.col, fine.rows, fine.cols});
}

std::vector<std::uint8_t> StreamedPair::valid_of(const Rectangle& fine) const {
  if (!may_lack_data_) return {};
  const Index row = fine.row / ratio(), col = fine.col / ratio();
  const Index end_row = (fine.row + fine.rows + ratio() - 1) / ratio();
  const Index end_col = (fine.col + fine.cols + ratio() - 1) / ratio();
  const Rectangle coarse{row, col, end_row - row, end_col - col};
  const Pair pair = read(coarse);
  Cube cube = pair.msi;
  cube.valid = valid_of_result(pair);
  return crop(cube, {fine.row - row * ratio(), fine.col - col * ratio(), fine.rows, fine.cols}).valid;
}

void StreamedPair::set_degradation(const Degradation& degradation) { told_ = degradation_ = degradation; }

PairFile StreamedPair::preview(Index step, Cube* disagreement) const {
  const Pair first = read({0, 0, 1, 1});
  Preview hsi(first.hsi, rows(), cols(), step), msi(first.msi, fine_rows(), fine_cols(), step);
  std::optional<Preview> reference;
  if (has_reference()) reference.emplace(read_reference({0, 0, 1, 1}), fine_rows(), fine_cols(), step);
  std::optional<Preview> off;
  if (first.disagreement.values.defined()) off.emplace(first.disagreement, rows(), cols(), step);
  const std::vector<Rectangle> parts = parts_of(rows(), cols(), std::max<Index>(1, kLook / ratio()), 1);
  Progress progress("looking at the pair", std::ssize(parts), "parts");
  *look_ = {true, {}, {}};
  for (const Rectangle& part : parts) {
    SPECFUSE_CHECK_AS(Interrupted, !interrupted(), "interrupted while looking at the pair");
    const Pair pair = read(part);
    const Rectangle fine = fine_part(part, ratio());
    if (one_file_) {
      look_->hsi.add(pair.hsi);
      look_->msi.add(pair.msi);
    }
    hsi.add(pair.hsi, part.row, part.col);
    if (off) off->add(pair.disagreement, part.row, part.col);
    msi.add(pair.msi, fine.row, fine.col);
    if (reference) reference->add(read_reference(fine), fine.row, fine.col);
    progress.tick();
  }
  look_->now = false;
  // Whole coarse pixels of it, so that the sizes fit.
  Cube small = hsi.cube();
  small.notes = first.hsi.notes;
  small.notes.partly = 0;
  const Rectangle kept{0, 0, small.rows() * ratio(), small.cols() * ratio()};
  PairFile pair{small, crop(msi.cube(), kept), ratio(), {}, file_.srf(), grids(), file_.reference_on_msi()};
  pair.beside = file_.beside();
  pair.msi.notes = first.msi.notes;
  pair.msi.notes.partly = 0;
  check_declared(look_->hsi, one_file_ ? "data" : "data.hsi", pair.hsi);
  check_declared(look_->msi, one_file_ ? "data" : "data.msi", pair.msi);
  if (off && disagreement != nullptr) *disagreement = off->cube();
  if (reference) pair.reference = crop(reference->cube(), kept);
  return pair;
}

}  // namespace specfuse
