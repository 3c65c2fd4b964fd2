#include "io/product_format.h"

#ifdef SPECFUSE_GDAL
#include "io/metadata_groups.h"
#include "specfuse/core/error.h"
#endif

namespace specfuse {
namespace {

constexpr ProductNames kWorldviewNames{R"((.*)\.IMD)", R"((.*)\.(?:TIFF?|NTF))", "*.IMD", false};

#ifdef SPECFUSE_GDAL

/// The groups of the bands in the order of the image, and their names in the table of the sensor.
const std::vector<std::pair<const char*, const char*>> kWorldviewBands{
    {"BAND_C", "coastal"}, {"BAND_B", "blue"},      {"BAND_G", "green"},  {"BAND_Y", "yellow"},
    {"BAND_R", "red"},     {"BAND_RE", "red_edge"}, {"BAND_N", "nir1"},   {"BAND_N2", "nir2"},
    {"BAND_S1", "swir1"},  {"BAND_S2", "swir2"},    {"BAND_S3", "swir3"}, {"BAND_S4", "swir4"},
    {"BAND_S5", "swir5"},  {"BAND_S6", "swir6"},    {"BAND_S7", "swir7"}, {"BAND_S8", "swir8"}};

Product read_worldview(const std::string& path, const ProductFiles& files) {
  const MetadataGroups groups(product_text(files.metadata), files.metadata);
  const std::string stem = *match(files.metadata, kWorldviewNames.metadata), craft = groups.text("IMAGE_1", "satId");
  SPECFUSE_CHECK_AS(DataError, craft == "WV02" || craft == "WV03", files.metadata,
                    ": satId: expected WV02 or WV03, got ", craft);
  const std::string image = files.image(kWorldviewNames, stem + ".TIF");
  const bool swir = groups.has("BAND_S1");
  Product product{path, craft == "WV02" ? "worldview2" : swir ? "worldview3_swir" : "worldview3"};
  product.images = {open_gdal_image(image)};
  for (const auto& [group, name] : kWorldviewBands) {
    if (!groups.has(group)) continue;
    ProductBand band = product_band(product.sensor, name);
    band.band = std::ssize(product.bands);
    band.scale = groups.number(group, "absCalFactor") / groups.number(group, "effectiveBandwidth");
    product.bands.push_back(band);
  }
  SPECFUSE_CHECK_AS(DataError, product.images.front()->bands() == std::ssize(product.bands), files.metadata,
                    ": expected a group (BAND_C, BAND_B ...) for each of ", product.images.front()->bands(),
                    " bands of ", name_of(image), ", got ", product.bands.size());
  product.missing = 0;
  product.warnings.emplace_back(
      "its values are radiance at the sensor (W/m2/sr/um): reflectance of the surface needs a "
      "correction of the atmosphere");
  return product;
}

#else

constexpr ReadProduct read_worldview = nullptr;

#endif

}  // namespace

SceneFormat worldview_scene_format() {
  return product_format<kWorldviewNames, read_worldview>("worldview",
                                                         "WorldView-2 and 3: a stack with its .IMD beside it");
}

}  // namespace specfuse
