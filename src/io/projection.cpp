#include "io/projection.h"

#ifdef SPECFUSE_GDAL
#include <ogr_srs_api.h>

#include <type_traits>

#include "io/gdal.h"
#endif

namespace specfuse {

bool same_projection(const std::string& one, const std::string& other) {
  if (one == other) return true;
#ifdef SPECFUSE_GDAL
  using System = std::unique_ptr<std::remove_pointer_t<OGRSpatialReferenceH>, decltype(&OSRDestroySpatialReference)>;
  const QuietGdal quiet;
  const System first(OSRNewSpatialReference(one.c_str()), OSRDestroySpatialReference);
  const System second(OSRNewSpatialReference(other.c_str()), OSRDestroySpatialReference);
  return first && second && OSRIsSame(first.get(), second.get()) != 0;
#else
  return false;
#endif
}

}  // namespace specfuse
