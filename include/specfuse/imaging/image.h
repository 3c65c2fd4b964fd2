#pragma once

#include <functional>
#include <memory>

#include "specfuse/imaging/cube.h"

namespace specfuse {

/// An image of which parts are read when they are wanted: in memory, in a file, or made of another image.
class Image {
 public:
  virtual ~Image() = default;

  virtual Index rows() const = 0;
  virtual Index cols() const = 0;
  virtual Index bands() const = 0;
  /// The values of a part, with the wavelengths and attributes of the image; its georeference is that of the part. They
  /// may be shared with the image: whoever changes them takes a copy first.
  virtual Cube read(const Rectangle& part) const = 0;
  /// Whether all of it is held in memory anyway.
  virtual bool is_in_memory() const { return false; }

  Rectangle whole() const { return {0, 0, rows(), cols()}; }
  Cube read_all() const { return read(whole()); }
};

using ImagePtr = std::shared_ptr<const Image>;

/// An image in memory; read as a whole it is not copied.
ImagePtr in_memory(Cube cube);

/// A part of an image.
ImagePtr cropped(ImagePtr image, const Rectangle& part);

/// An image with another description: `describe` is given each part that is read, with its place, and changes it.
ImagePtr described(ImagePtr image, std::function<void(Cube& part, const Rectangle& place)> describe);

}  // namespace specfuse
