#pragma once

#include <string>

namespace specfuse {

/// Whether two projections in well-known text are one, as GDAL judges it: formats name the same one differently.
/// Without GDAL they have to be the same text.
bool same_projection(const std::string& one, const std::string& other);

/// The well-known text of a projection of the EPSG; empty where there is none, or without GDAL.
std::string projection_of(int epsg);

}  // namespace specfuse
