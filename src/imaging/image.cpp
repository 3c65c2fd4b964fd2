#include "specfuse/imaging/image.h"

#include <utility>

namespace specfuse {
namespace {

class CubeImage : public Image {
 public:
  explicit CubeImage(Cube cube) : cube_(std::move(cube)) {}
  Index rows() const override { return cube_.rows(); }
  Index cols() const override { return cube_.cols(); }
  Index bands() const override { return cube_.bands(); }
  Cube read(const Rectangle& part) const override { return part == whole() ? cube_ : crop(cube_, part); }
  bool is_in_memory() const override { return true; }

 private:
  Cube cube_;
};

class CroppedImage : public Image {
 public:
  CroppedImage(ImagePtr image, const Rectangle& part) : image_(std::move(image)), part_(part) {}
  Index rows() const override { return part_.rows; }
  Index cols() const override { return part_.cols; }
  Index bands() const override { return image_->bands(); }
  Cube read(const Rectangle& part) const override {
    return image_->read({part_.row + part.row, part_.col + part.col, part.rows, part.cols});
  }
  bool is_in_memory() const override { return image_->is_in_memory(); }

 private:
  ImagePtr image_;
  Rectangle part_;
};

class DescribedImage : public Image {
 public:
  DescribedImage(ImagePtr image, std::function<void(Cube&, const Rectangle&)> describe)
      : image_(std::move(image)), describe_(std::move(describe)) {}
  Index rows() const override { return image_->rows(); }
  Index cols() const override { return image_->cols(); }
  Index bands() const override { return image_->bands(); }
  Cube read(const Rectangle& part) const override {
    Cube cube = image_->read(part);
    describe_(cube, part);
    return cube;
  }
  bool is_in_memory() const override { return image_->is_in_memory(); }

 private:
  ImagePtr image_;
  std::function<void(Cube&, const Rectangle&)> describe_;
};

}  // namespace

ImagePtr in_memory(Cube cube) { return std::make_shared<CubeImage>(std::move(cube)); }

ImagePtr cropped(ImagePtr image, const Rectangle& part) {
  if (part == image->whole()) return image;
  return std::make_shared<CroppedImage>(std::move(image), part);
}

ImagePtr described(ImagePtr image, std::function<void(Cube&, const Rectangle&)> describe) {
  return std::make_shared<DescribedImage>(std::move(image), std::move(describe));
}

}  // namespace specfuse
