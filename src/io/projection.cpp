#include "io/projection.h"

#ifdef SPECFUSE_GDAL
#include <cpl_error.h>
#include <ogr_srs_api.h>

#include <memory>
#include <type_traits>
#endif

namespace specfuse {

#ifdef SPECFUSE_GDAL

bool same_projection(const std::string& one, const std::string& other) {
  if (one == other) return true;
  using System = std::unique_ptr<std::remove_pointer_t<OGRSpatialReferenceH>, decltype(&OSRDestroySpatialReference)>;
  CPLPushErrorHandler(CPLQuietErrorHandler);
  const System first(OSRNewSpatialReference(one.c_str()), OSRDestroySpatialReference);
  const System second(OSRNewSpatialReference(other.c_str()), OSRDestroySpatialReference);
  const bool same = first && second && OSRIsSame(first.get(), second.get()) != 0;
  CPLPopErrorHandler();
  return same;
}

#else

bool same_projection(const std::string& one, const std::string& other) { return one == other; }

#endif

}  // namespace specfuse
