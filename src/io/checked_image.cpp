#include "io/checked_image.h"

#include <utility>

#include "io/cube_dataset.h"

namespace specfuse {
namespace {

class CheckedImage : public ImageOnDisk {
 public:
  CheckedImage(std::unique_ptr<ImageOnDisk> image, std::string path, std::string dataset, const NoData& no_data)
      : image_(std::move(image)), path_(std::move(path)), dataset_(std::move(dataset)), no_data_(no_data) {}

  Index rows() const override { return image_->rows(); }
  Index cols() const override { return image_->cols(); }
  Index bands() const override { return image_->bands(); }
  Cube read(const Rectangle& part) const override {
    Cube cube = image_->read(part);
    check_wavelengths(path_, {dataset_, "/wavelength_nm"}, cube);
    settle_no_data(path_, dataset_, no_data_, {}, cube);
    return cube;
  }

 private:
  std::unique_ptr<ImageOnDisk> image_;
  std::string path_, dataset_;
  NoData no_data_;
};

}  // namespace

std::unique_ptr<ImageOnDisk> checked_image(std::unique_ptr<ImageOnDisk> image, const std::string& path,
                                           const std::string& dataset, const NoData& no_data) {
  return std::make_unique<CheckedImage>(std::move(image), path, dataset, no_data);
}

}  // namespace specfuse
