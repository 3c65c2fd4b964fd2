#include "specfuse/imaging/orientation.h"

#include <algorithm>
#include <utility>

#include "specfuse/core/error.h"
#include "specfuse/imaging/georeference.h"

namespace specfuse {
namespace {

/// Where pixel (row, col) of an image of rows x cols pixels was before it was turned.
std::pair<Index, Index> place_before(const Orientation& how, Index rows, Index cols, Index row, Index col) {
  const Index r = how.flips_rows ? rows - 1 - row : row, c = how.flips_cols ? cols - 1 - col : col;
  return how.transposed ? std::pair{c, r} : std::pair{r, c};
}

Orientation named(const std::string& name) {
  if (name.empty()) return {"", false, false, false};
  const std::vector<Orientation>& all = orientations();
  const auto how = std::find_if(all.begin(), all.end(), [&](const Orientation& one) { return one.name == name; });
  SPECFUSE_CHECK(how != all.end(), "expected the name of an orientation, got ", name);
  return *how;
}

/// The geotransform of an image turned to rows x cols pixels, if that lies north up.
std::vector<double> turned_geotransform(const std::vector<double>& at, const Orientation& how, Index rows, Index cols) {
  if (at.size() != 6) return at;
  const auto place = [&](Index row, Index col) {
    const auto [r, c] = place_before(how, rows, cols, row, col);
    const double down = static_cast<double>(r) + 0.5, right = static_cast<double>(c) + 0.5;
    return std::pair{at[0] + right * at[1] + down * at[2], at[3] + right * at[4] + down * at[5]};
  };
  const auto [x, y] = place(0, 0);
  const auto [x_right, y_right] = place(0, 1);
  const auto [x_down, y_down] = place(1, 0);
  const std::vector<double> step{x_right - x, x_down - x, y_right - y, y_down - y};
  const bool north_up = step[0] > 0 && step[1] == 0 && step[2] == 0 && step[3] < 0;
  if (!north_up) return at;
  return {x - 0.5 * step[0], step[0], 0, y - 0.5 * step[3], 0, step[3]};
}

class OrientedImage : public Image {
 public:
  OrientedImage(ImagePtr image, const Orientation& how)
      : image_(std::move(image)), how_(how),
        geotransform_(
            turned_geotransform(numbers_of(image_->read({0, 0, 1, 1}), kGeotransformAttribute), how, rows(), cols())) {}
  Index rows() const override { return how_.transposed ? image_->cols() : image_->rows(); }
  Index cols() const override { return how_.transposed ? image_->rows() : image_->cols(); }
  Index bands() const override { return image_->bands(); }
  Cube read(const Rectangle& part) const override {
    const auto [row, col] = place_before(how_, rows(), cols(), part.row, part.col);
    const auto [end_row, end_col] =
        place_before(how_, rows(), cols(), part.row + part.rows - 1, part.col + part.cols - 1);
    Cube cube = oriented(image_->read({std::min(row, end_row), std::min(col, end_col), std::abs(end_row - row) + 1,
                                       std::abs(end_col - col) + 1}),
                         how_);
    if (geotransform_.empty()) return cube;
    cube.attributes[kGeotransformAttribute] = geotransform_;
    move_georeference(cube, part.row, part.col);
    return cube;
  }
  bool is_in_memory() const override { return image_->is_in_memory(); }

 private:
  ImagePtr image_;
  Orientation how_;
  std::vector<double> geotransform_;
};

}  // namespace

const std::vector<Orientation>& orientations() {
  static const std::vector<Orientation> all = {{"flip_rows", false, true, false},   {"flip_cols", false, false, true},
                                               {"rotate_180", false, true, true},   {"transpose", true, false, false},
                                               {"rotate_left", true, true, false},  {"rotate_right", true, false, true},
                                               {"anti_transpose", true, true, true}};
  return all;
}

std::string combined(const std::string& first, const std::string& second) {
  // Two of the corners of a square tell all eight apart.
  const auto places = [](const Orientation& how, std::pair<Index, Index> at) {
    return place_before(how, 2, 2, at.first, at.second);
  };
  const Orientation one = named(first), other = named(second);
  for (const Orientation& how : orientations()) {
    const auto same = [&](std::pair<Index, Index> at) { return places(how, at) == places(one, places(other, at)); };
    if (same({0, 0}) && same({0, 1})) return how.name;
  }
  return "";
}

Cube oriented(const Cube& image, const Orientation& how) {
  const Index rows = how.transposed ? image.cols() : image.rows(), cols = how.transposed ? image.rows() : image.cols();
  Cube result = image;
  result.values = Tensor::uninitialized({rows, cols, image.bands()});
  for (Index row = 0; row < rows; ++row) {
    for (Index col = 0; col < cols; ++col) {
      const auto [r, c] = place_before(how, rows, cols, row, col);
      std::copy_n(image.pixel(r, c), image.bands(), result.pixel(row, col));
      if (image.valid.empty()) continue;
      result.valid[static_cast<std::size_t>(row * cols + col)] =
          image.valid[static_cast<std::size_t>(r * image.cols() + c)];
    }
  }
  return result;
}

ImagePtr oriented(ImagePtr image, const std::string& name) {
  if (name.empty()) return image;
  return std::make_shared<OrientedImage>(std::move(image), named(name));
}

}  // namespace specfuse
