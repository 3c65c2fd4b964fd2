#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "specfuse/imaging/image.h"

namespace specfuse {

/// A band of a product: where it is stored, and what the metadata say of it.
struct ProductBand {
  /// Which image, and which of its bands, counted from 0.
  std::size_t image = 0;
  Index band = 0;
  /// As in the table of the sensor; empty: it has none.
  std::string name{};
  /// 0 in a band that was not measured, which is left out; in all: not known.
  double wavelength_nm = 0;
  /// Full width at half maximum; 0 in any: not known.
  double fwhm_nm = 0;
  double scale = 1, offset = 0;
  bool good = true;
  /// Which of the product's detectors measured it.
  std::size_t detector = 0;
};

/// An image as an agency delivers it: files with bands and metadata that say what their numbers mean.
struct Product {
  /// Of the file or folder, for errors and warnings.
  std::string path;
  /// As in the table of sensors where it is one of these.
  std::string sensor;
  /// Of one place, each of the first's pixels or of some that are larger by a whole factor: those are interpolated.
  std::vector<ImagePtr> images{};
  std::vector<ProductBand> bands{};
  /// Stored where nothing was measured, and the least that can have been measured.
  std::optional<double> missing{}, least{};
  /// An image of one band whose values have any of `fill_bits` where nothing was measured; null: there is none.
  ImagePtr quality{};
  unsigned fill_bits = 0;
  /// Names of the detectors that `ProductBand::detector` counts.
  std::vector<std::string> detectors{};
  /// Where it lies and other texts; what is not given is that of the first image.
  std::map<std::string, AttributeValue> attributes{};
  /// Sentences without their full stops.
  std::vector<std::string> warnings{};
};

/// A band of a sensor that is in the table of these, with its name, centre and width.
ProductBand product_band(const std::string& sensor, const std::string& name);

/// Its bands in the order of their wavelengths, as they are stored, with what is said of each. Bands of two detectors
/// that see the same wavelengths stay side by side, and a warning says by how much they differ there. Throws
/// `DataError` where the images are not of one place.
ImagePtr product_image(Product product);

}  // namespace specfuse
