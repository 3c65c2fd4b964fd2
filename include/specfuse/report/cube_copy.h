#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "specfuse/imaging/cube.h"
#include "specfuse/report/viewer.h"

namespace specfuse {

struct CubeCopyOptions {
  /// Where in the scene the first pixel is, in fine pixels.
  Index row = 0, col = 0;
  /// How many results there will be.
  Index results = 0;
  /// With more values than this in all images, every n-th pixel in both directions is kept.
  Index most_values = Index{1} << 28;
  /// With more characters than this, the copy is for a file beside the page.
  std::size_t most_in_page = 4'000'000;
};

/// A compact copy of the images of a scene, for the viewer of its report: 8 bits a value.
///
/// A value is 0 where there is no data, otherwise 1 + the nearest of 254 equal steps over the range of its band. That
/// is the range of the reference (without one: of the HSI) and an eighth of it more at both ends; values outside of it
/// become its ends, and are counted. So no value within is off by more than 1/400 of the reference's range, a result
/// can be packed as soon as it is there, and one that went wrong takes no precision from the others.
///
/// Values are stored band by band, as differences modulo 256 from the band before, deflated, and in base 64.
/// (Differences of results from the reference come out no smaller.)
class CubeCopy {
 public:
  /// Throws `Error` unless each pixel of `hsi` covers ratio x ratio of the others.
  CubeCopy(const Cube& hsi, const std::optional<Cube>& reference, Index ratio, const CubeCopyOptions& options);

  /// The result of one method, of the size of the reference.
  void add(const std::string& label, const Cube& fused);

  /// What was added so far, for a page with pictures of the whole, and of `detail` in its pixels.
  ViewerData viewer(const std::optional<Rectangle>& detail) const;

 private:
  /// An image whose pixels are `scale` fine ones wide.
  struct Packed {
    std::string label;
    Index rows = 0, cols = 0, scale = 1;
    /// How many values were outside of the range.
    Index outside = 0;
    /// Some bands each, in base 64.
    std::vector<std::string> parts;
  };
  void take_ranges(const Cube& truth);
  /// Every n-th pixel of a cube [bands, rows, cols] as codes.
  std::vector<std::uint8_t> codes_of(const Cube& cube, Index step, Packed& packed) const;
  /// A cube whose pixels are `scale` fine ones wide.
  void pack(const std::string& label, const Cube& cube, Index scale, Index step);
  CubeCopyOptions options_;
  Index rows_, cols_, bands_, step_ = 1;
  std::vector<double> wavelength_nm_, low_, step_size_;
  bool has_reference_;
  std::vector<Packed> images_;
};

}  // namespace specfuse
