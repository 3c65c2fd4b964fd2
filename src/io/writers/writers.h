#pragma once

#include <string>

#include "specfuse/imaging/cube.h"

namespace specfuse {

using WriteImage = void (*)(const std::string& path, const Cube& cube);

/// Each is null where the program was built without its library. They throw `Error` with the path and the reason, and
/// then leave nothing.
WriteImage geotiff_writer();
WriteImage envi_writer();
WriteImage matlab_writer();

}  // namespace specfuse
