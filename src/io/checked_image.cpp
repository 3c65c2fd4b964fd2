#include "io/checked_image.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include "io/cube_dataset.h"
#include "io/product_files.h"
#include "io/stored_values.h"
#include "specfuse/core/error.h"
#include "specfuse/imaging/georeference.h"
#include "specfuse/imaging/pair_parts.h"

namespace specfuse {
namespace {

/// Side of the parts in which a band with data is looked for.
constexpr Index kLook = 128;

/// Whether a geotransform places an image: rows and columns have to span an area. That of nowhere is one column right,
/// one row down.
bool places(const std::vector<double>& at) {
  const bool finite = std::all_of(at.begin(), at.end(), [](double number) { return std::isfinite(number); });
  if (at.size() != 6 || !finite || at[1] * at[5] == at[2] * at[4]) return false;
  return at != std::vector<double>{0, 1, 0, 0, 0, 1} && at != std::vector<double>{0, 1, 0, 0, 0, -1};
}

/// "bands 3, 7-9 of 12 (700 to 950 nm)", counted from 1.
std::string bands_text(const std::vector<Index>& bands, const Cube& image) {
  std::string text = bands.size() == 1 ? "band " : "bands ";
  for (std::size_t i = 0; i < bands.size(); ++i) {
    std::size_t end = i;
    while (end + 1 < bands.size() && bands[end + 1] == bands[end] + 1) ++end;
    text += concat(i == 0 ? "" : ", ", bands[i] + 1);
    if (end > i) text += concat("-", bands[end] + 1);
    i = end;
  }
  text += concat(" of ", image.bands());
  if (image.wavelength_nm.empty()) return text;
  const auto nanometres = [&](Index band) { return std::lround(image.wavelength_nm[static_cast<std::size_t>(band)]); };
  const auto first = nanometres(bands.front()), last = nanometres(bands.back());
  return concat(text, " (", first, bands.size() > 1 ? concat(" to ", last) : "", " nm)");
}

class CheckedImage : public Image {
 public:
  CheckedImage(ImagePtr image, const std::string& path, const SceneSource& source, Tensor mask)
      : image_(std::move(image)), path_(path), dataset_(source.dataset), wavelengths_(source.wavelengths),
        mask_(std::move(mask)), described_(described(source)), stored_(where(), source.no_data, described_) {
    std::vector<Index> chosen(static_cast<std::size_t>(described_.bands()));
    std::iota(chosen.begin(), chosen.end(), Index{0});
    if (source.bands)
      chosen = {chosen.begin() + (*source.bands)[0], chosen.begin() + (*source.bands)[0] + (*source.bands)[1]};
    FileNotes& notes = described_.notes;
    notes.bands = std::ssize(chosen);
    bands_ = chosen;
    if (source.remaining.empty()) {
      leave(bad_ones(), "bad by the list of the file (bbl)");
      leave(empty_ones(), "without data in any pixel");
    } else {
      bands_.clear();
      for (const Index band : source.remaining) bands_.push_back(chosen[static_cast<std::size_t>(band)]);
    }
    for (const Index band : bands_) notes.remaining.push_back(band - chosen.front());
    if (bands_.size() == chosen.size()) notes.remaining.clear();
    const FileNotes all = notes;
    whole_ = std::ssize(bands_) == described_.bands();
    if (!whole_) described_ = select_bands(described_, bands_);
    described_.notes = all;
    stored_.select(bands_);
    check_wavelengths(path_, names(), described_);
    for (std::vector<std::string>* const sentences : {&described_.notes.left_out, &described_.notes.warnings}) {
      // They go into results, where the folders of one machine mean nothing.
      for (std::string& sentence : *sentences) {
        if (sentence.starts_with(path_)) sentence = name_of(path_) + sentence.substr(path_.size());
      }
    }
  }

  Index rows() const override { return image_->rows(); }
  Index cols() const override { return image_->cols(); }
  Index bands() const override { return std::ssize(bands_); }
  Cube read(const Rectangle& part) const override {
    Cube cube = image_->read(part);
    if (!whole_) cube = select_bands(cube, bands_);
    cube.wavelength_nm = described_.wavelength_nm;
    cube.attributes = described_.attributes;
    move_georeference(cube, part.row, part.col);
    cube.notes = described_.notes;
    stored_.settle(mask_of(part), cube);
    require_finite(path_, dataset_, cube.values);
    return cube;
  }
  bool is_in_memory() const override { return image_->is_in_memory(); }

 private:
  CubeDataset names() const { return {dataset_, wavelengths_}; }
  std::string where() const { return concat(path_, ": ", dataset_); }

  /// One pixel with all bands, and the attributes of the whole.
  Cube described(const SceneSource& source) const {
    Cube cube = image_->read({0, 0, 1, 1});
    if (source.describe) source.describe(cube);
    check_lists(path_, names(), cube);
    const auto at = cube.attributes.find(kGeotransformAttribute);
    if (at != cube.attributes.end() && !places(numbers_of(cube, kGeotransformAttribute))) {
      cube.attributes.erase(at);
      cube.notes.warnings.push_back(
          concat(path_, ": its geotransform places no area on earth, and the image is taken as without any"));
    }
    return cube;
  }

  Tensor mask_of(const Rectangle& part) const {
    if (!mask_.defined()) return {};
    Tensor result = Tensor::uninitialized({part.rows, part.cols});
    for (Index row = 0; row < part.rows; ++row) {
      std::copy_n(mask_.data() + (part.row + row) * cols() + part.col, part.cols, result.data() + row * part.cols);
    }
    return result;
  }

  /// Takes bands away, unless none would be left.
  void leave(const std::vector<Index>& leaving, const char* why) {
    if (leaving.empty() || leaving.size() == bands_.size()) return;
    std::erase_if(bands_, [&](Index band) { return std::find(leaving.begin(), leaving.end(), band) != leaving.end(); });
    described_.notes.left_out.push_back(
        concat(path_, ": ", bands_text(leaving, described_), leaving.size() == 1 ? " is " : " are ", why));
  }

  std::vector<Index> bad_ones() const {
    const std::vector<double> good = numbers_of(described_, kGoodBandsAttribute);
    std::vector<Index> bad;
    for (const Index band : bands_) {
      const double mark = good.empty() ? 1 : good[static_cast<std::size_t>(band)];
      SPECFUSE_CHECK_AS(DataError, mark == 0 || mark == 1, path_,
                        ": bad bands (bbl): expected 1 for a good band and 0 for a bad one, got ", mark, " of band ",
                        band + 1);
      if (mark == 0) bad.push_back(band);
    }
    SPECFUSE_CHECK_AS(DataError, bad.size() < bands_.size(), path_,
                      ": bad bands (bbl): expected a good band among those to be used, got none");
    return bad;
  }

  /// The bands that stand for no data in every pixel that is not masked.
  std::vector<Index> empty_ones() const {
    std::vector<Index> empty = stored_.may_miss() ? bands_ : std::vector<Index>{};
    for (const Rectangle& part : parts_of(rows(), cols(), kLook, 1)) {
      if (empty.empty()) break;
      const Cube cube = image_->read(part);
      const Tensor mask = mask_of(part);
      for (Index p = 0; p < cube.pixels() && !empty.empty(); ++p) {
        if (!cube.is_valid(p) || (mask.defined() && mask[p] == 0)) continue;
        const float* const pixel = cube.values.data() + p * cube.bands();
        std::erase_if(empty, [&](Index band) { return !stored_.is_missing(pixel[band], band); });
      }
    }
    return empty;
  }

  ImagePtr image_;
  std::string path_, dataset_, wavelengths_;
  Tensor mask_;
  /// One pixel, with the attributes of all.
  Cube described_;
  StoredValues stored_;
  /// Those of the file that are used, and whether it is all of them.
  std::vector<Index> bands_;
  bool whole_ = false;
};

}  // namespace

ImagePtr checked_image(ImagePtr image, const std::string& path, const SceneSource& source, const Tensor& mask) {
  return std::make_shared<CheckedImage>(std::move(image), path, source, mask);
}

}  // namespace specfuse
