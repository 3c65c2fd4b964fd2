#pragma once

#include <memory>
#include <string>

#include "specfuse/io/image_writer.h"

namespace specfuse {

using WriteImage = void (*)(const std::string& path, const Cube& cube);
using BeginImage = std::unique_ptr<PartWriter> (*)(const std::string& path, const Cube& like, Index rows, Index cols);

/// Each is null where the program was built without its library. They throw `Error` with the path and the reason, and
/// then leave nothing.
WriteImage geotiff_writer();
WriteImage envi_writer();
WriteImage matlab_writer();
/// The same part by part.
BeginImage geotiff_beginner();
BeginImage envi_beginner();

}  // namespace specfuse
