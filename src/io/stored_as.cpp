#include "specfuse/io/stored_as.h"

#ifdef SPECFUSE_GDAL
#include <numeric>

#include "io/gdal_description.h"
#include "io/gdal_file.h"
#include "io/stored_values.h"
#include "specfuse/core/text.h"
#include "specfuse/core/utf8.h"
#include "specfuse/imaging/georeference.h"
#include "specfuse/imaging/no_data.h"
#include "specfuse/io/scene.h"
#endif

namespace specfuse {

#ifdef SPECFUSE_GDAL

StoredAs stored_as(const std::string& path) {
  StoredAs stored;
  if (format_of(path).name != "gdal") return stored;
  const Raster raster = open_raster(path);
  const QuietGdal quiet;
  std::vector<int> bands(static_cast<std::size_t>(GDALGetRasterCount(raster.get())));
  std::iota(bands.begin(), bands.end(), 1);
  stored.type = lower_case(GDALGetDataTypeName(GDALGetRasterDataType(GDALGetRasterBand(raster.get(), 1))));
  bool named = false;
  for (const int band : bands) {
    stored.band_names.push_back(as_utf8(GDALGetDescription(GDALGetRasterBand(raster.get(), band))));
    named = named || !stored.band_names.back().empty();
  }
  if (!named) stored.band_names.clear();
  Cube described(1, 1, std::ssize(bands));
  describe_gdal({path, raster.get(), bands}, described);
  const std::vector<double> scale = numbers_of(described, kScaleAttribute),
                            offset = numbers_of(described, kOffsetAttribute);
  const std::vector<double> missing = numbers_of(described, kNoDataAttribute);
  if (missing.size() == 1) stored.no_data = missing.front();
  if (scale.size() == 1) stored.scale = scale.front();
  if (offset.size() == 1) stored.offset = offset.front();
  // Of each band another: no one number says how they are stored.
  if (scale.size() > 1 || offset.size() > 1) stored.type = "float32";
  return stored;
}

#else

StoredAs stored_as(const std::string&) { return {}; }

#endif

std::optional<Packing> packing_of(const StoredAs& stored) {
  if (stored.type != "int16" || (stored.scale == 1 && stored.offset == 0)) return {};
  return Packing{stored.scale, stored.offset};
}

}  // namespace specfuse
