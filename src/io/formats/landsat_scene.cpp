#include <cmath>
#include <numbers>

#include "io/product_format.h"

#ifdef SPECFUSE_GDAL
#include "io/metadata_groups.h"
#include "specfuse/core/error.h"
#include "specfuse/imaging/sensors.h"
#endif

namespace specfuse {
namespace {

constexpr ProductNames kLandsatNames{R"((L[COTEM]\d\d_.*)_MTL\.txt)", R"((L[COTEM]\d\d_.*?)_(?:SR_)?B\d+\.TIFF?)",
                                     "*_MTL.txt"};

#ifdef SPECFUSE_GDAL

std::string landsat_of(const MetadataGroups& groups, const std::string& file) {
  const std::string craft = groups.text("IMAGE_ATTRIBUTES", "SPACECRAFT_ID");
  for (const char* const number : {"4", "5", "7", "8", "9"}) {
    if (craft == concat("LANDSAT_", number)) return concat("landsat", number == std::string("4") ? "5" : number);
  }
  throw DataError(concat(file, ": SPACECRAFT_ID: expected LANDSAT_4, 5, 7, 8 or 9, got ", craft));
}

Product read_landsat(const std::string& path, const ProductFiles& files) {
  constexpr const char* kSurface = "LEVEL2_SURFACE_REFLECTANCE_PARAMETERS";
  constexpr unsigned kFill = 1;  // bit 0 of QA_PIXEL
  const MetadataGroups groups(product_text(files.metadata), files.metadata);
  SPECFUSE_CHECK_AS(DataError, groups.has("PRODUCT_CONTENTS"), files.metadata,
                    ": expected metadata of Collection 2, with a group PRODUCT_CONTENTS, got others; order the scene "
                    "as Collection 2");
  const bool is_surface = groups.has(kSurface);
  const std::string scaling = is_surface ? kSurface : "LEVEL1_RADIOMETRIC_RESCALING";
  Product product{path, landsat_of(groups, files.metadata)};
  double sun = 1;
  if (!is_surface) {
    sun = std::sin(groups.number("IMAGE_ATTRIBUTES", "SUN_ELEVATION") * std::numbers::pi / 180);
    product.warnings.emplace_back(
        "it is a product of level 1: its values are reflectance at the top of the atmosphere, which no HSI of level 2 "
        "has; level 2 (L2SP) is that of the surface");
  }
  const std::vector<std::string> called = product_names(product.sensor);
  for (std::size_t i = 0; i < called.size(); ++i) {
    const std::string number = called[i].substr(1);
    ProductBand band = product_band(product.sensor, sensor_bands(product.sensor)[i].name);
    band.image = product.images.size();
    band.scale = groups.number(scaling, "REFLECTANCE_MULT_BAND_" + number) / sun;
    band.offset = groups.number(scaling, "REFLECTANCE_ADD_BAND_" + number) / sun;
    product.bands.push_back(band);
    product.images.push_back(open_gdal_image(files.named(groups.text("PRODUCT_CONTENTS", "FILE_NAME_BAND_" + number))));
  }
  product.missing = 0;
  product.least = 1;
  const char* const quality = "FILE_NAME_QUALITY_L1_PIXEL";
  if (groups.has("PRODUCT_CONTENTS", quality)) {
    product.quality = open_gdal_image(files.named(groups.text("PRODUCT_CONTENTS", quality)));
    product.fill_bits = kFill;
  }
  return product;
}

#else

constexpr ReadProduct read_landsat = nullptr;

#endif

}  // namespace

SceneFormat landsat_scene_format() {
  return product_format<kLandsatNames, read_landsat>(
      "landsat", "Landsat 4 to 9 Collection 2: the MTL.txt, a band, or the folder or archive of all");
}

}  // namespace specfuse
