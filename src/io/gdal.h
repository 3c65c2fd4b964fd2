#pragma once

#include <cpl_error.h>
#include <gdal.h>

#include <memory>

namespace specfuse {

/// An open file.
using Raster = std::unique_ptr<void, decltype(&GDALClose)>;

/// To be called before anything else of GDAL.
inline void start_gdal() {
  constexpr GIntBig kCache = GIntBig{64} << 20;  // bytes; its own choice, a twentieth of the machine, is no budget's
  GDALAllRegister();
  GDALSetCacheMax64(kCache);
}

/// While one lives, messages of GDAL are not printed; those before are forgotten.
class QuietGdal {
 public:
  QuietGdal() {
    CPLPushErrorHandler(CPLQuietErrorHandler);
    CPLErrorReset();
  }
  ~QuietGdal() { CPLPopErrorHandler(); }
  QuietGdal(const QuietGdal&) = delete;
  QuietGdal& operator=(const QuietGdal&) = delete;
};

}  // namespace specfuse
