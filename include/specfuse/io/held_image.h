#pragma once

#include <string>

#include "specfuse/imaging/image.h"

namespace specfuse {

/// An image in memory that is read as a file is, under a name of its own, for as long as this lives.
class HeldImage {
 public:
  /// `label` tells people which it is.
  HeldImage(const std::string& label, Cube image);
  ~HeldImage();
  HeldImage(const HeldImage&) = delete;
  HeldImage& operator=(const HeldImage&) = delete;

  /// "array:LABEL", with a number where there is another of that label.
  const std::string& name() const { return name_; }

 private:
  std::string name_;
};

/// Whether a name is of this kind, and the image that has it. Throws `DataError` where none has.
bool names_held_image(const std::string& name);
ImagePtr held_image(const std::string& name);

}  // namespace specfuse
