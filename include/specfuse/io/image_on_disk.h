#pragma once

#include <memory>
#include <string>

#include "specfuse/imaging/cube.h"

namespace specfuse {

struct SceneSource;

/// An image of which parts are read when they are wanted.
class ImageOnDisk {
 public:
  virtual ~ImageOnDisk() = default;

  virtual Index rows() const = 0;
  virtual Index cols() const = 0;
  virtual Index bands() const = 0;
  /// The values of a part, with wavelengths and attributes of the whole: a geotransform is that of the whole image,
  /// too.
  virtual Cube read(const Rectangle& part) const = 0;
};

/// Opens what `read_scene` reads, except that no mask is read and axes are as they are in a cube; the pixels without
/// data of a part are marked, and filled in from what is around them in it. Throws as `read_scene`, and `DataError`
/// where files of this kind can be read as a whole only.
std::unique_ptr<ImageOnDisk> open_image(const std::string& path, const SceneSource& source);

}  // namespace specfuse
