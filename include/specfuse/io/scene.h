#pragma once

#include <string>

#include "specfuse/imaging/cube.h"

namespace specfuse {

/// A cube of any integer or float type [rows, cols, bands] as float32, with /wavelength_nm where present and the text
/// attributes of file and dataset. Throws `DataError` (file, dataset, expected, got) where it is missing or
/// unreadable, has another rank, is empty, larger than memory or holds a value that is not finite, or where the
/// wavelengths are not one per band in nanometres.
Cube read_scene(const std::string& path, const std::string& dataset = "/cube");

/// The cube as float32, its wavelengths as /wavelength_nm and its attributes on the file, never half-written.
/// Throws `Error` with the path and the reason.
void write_cube(const std::string& path, const Cube& cube, const std::string& dataset = "/cube");

}  // namespace specfuse
