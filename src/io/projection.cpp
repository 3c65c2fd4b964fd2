#include "io/projection.h"

#ifdef SPECFUSE_GDAL
#include <ogr_srs_api.h>

#include <type_traits>

#include "io/gdal.h"
#endif

namespace specfuse {

#ifdef SPECFUSE_GDAL
namespace {

using ReferenceSystem =
    std::unique_ptr<std::remove_pointer_t<OGRSpatialReferenceH>, decltype(&OSRDestroySpatialReference)>;

}  // namespace
#endif

bool same_projection(const std::string& one, const std::string& other) {
  if (one == other) return true;
#ifdef SPECFUSE_GDAL
  const QuietGdal quiet;
  const ReferenceSystem first(OSRNewSpatialReference(one.c_str()), OSRDestroySpatialReference);
  const ReferenceSystem second(OSRNewSpatialReference(other.c_str()), OSRDestroySpatialReference);
  return first && second && OSRIsSame(first.get(), second.get()) != 0;
#else
  return false;
#endif
}

std::string projection_of([[maybe_unused]] int epsg) {
  std::string result;
#ifdef SPECFUSE_GDAL
  const QuietGdal quiet;
  const ReferenceSystem system(OSRNewSpatialReference(nullptr), OSRDestroySpatialReference);
  char* text = nullptr;
  if (OSRImportFromEPSG(system.get(), epsg) == OGRERR_NONE && OSRExportToWkt(system.get(), &text) == OGRERR_NONE)
    result = text;
  CPLFree(text);
#endif
  return result;
}

}  // namespace specfuse
