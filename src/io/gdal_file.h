#pragma once

#ifdef SPECFUSE_GDAL
#include <string>
#include <vector>

#include "io/gdal.h"
#include "specfuse/imaging/image.h"

namespace specfuse {

/// What GDAL opens of a file: of an ENVI header the data beside it that have no header of their own. Throws `DataError`
/// where there are none, or more than one file of them.
std::string data_file(const std::string& path);

/// Null where GDAL knows no such file. Throws as `data_file`.
Raster open_raster(const std::string& path);

/// The texts as GDAL takes them, with a null at the end; they are to be there as long as these are.
std::vector<char*> pointers_to(std::vector<std::string>& texts);

/// Why GDAL could not do the last thing, in one line.
std::string gdal_reason();

/// An open raster as an image, which errors call `path`; in gdal_scene.cpp. An alpha band that is not of the file is a
/// mask, and no more is said of it. Throws as `open_image`.
ImagePtr gdal_image(const std::string& path, Raster raster, bool alpha_is_of_file = true);

}  // namespace specfuse
#endif
