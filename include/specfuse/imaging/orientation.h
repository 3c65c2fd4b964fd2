#pragma once

#include <string>
#include <vector>

#include "specfuse/imaging/image.h"

namespace specfuse {

/// One of the ways in which a rectangle may be laid down: transposed first, then its rows or columns the other way
/// round.
struct Orientation {
  /// What is done to an image: "flip_rows", "rotate_left" ...
  std::string name;
  bool transposed, flips_rows, flips_cols;
};

/// All seven but the one as it is.
const std::vector<Orientation>& orientations();

/// The name of the one that does what one does and then the other; an empty name is an image as it is.
std::string combined(const std::string& first, const std::string& second);

/// An image turned; its georeference stays as it is.
Cube oriented(const Cube& image, const Orientation& how);

/// An image turned as the orientation of that name says; as it is for an empty name. Its geotransform turns with it if
/// it then has rows from north to south and columns from west to east, and stays as it is otherwise: it is the file's
/// pixels that lie the wrong way, then.
ImagePtr oriented(ImagePtr image, const std::string& name);

}  // namespace specfuse
