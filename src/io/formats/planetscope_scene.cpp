#include "io/product_format.h"

#ifdef SPECFUSE_GDAL
#include "io/metadata_xml.h"
#include "specfuse/core/error.h"
#endif

namespace specfuse {
namespace {

constexpr ProductNames kPlanetNames{R"((\d{8}_.*_3B)_AnalyticMS.*metadata.*\.xml)",
                                    R"((\d{8}_.*_3B)_AnalyticMS(?!.*udm).*\.tiff?)", "*_3B_AnalyticMS*metadata.xml"};

#ifdef SPECFUSE_GDAL

/// The bands of a stack, as in the table of the sensor.
std::vector<std::string> names_of_stack(Index bands, const std::string& file) {
  if (bands == 4) return {"blue", "green", "red", "nir"};
  SPECFUSE_CHECK_AS(DataError, bands == 8, file, ": expected 4 or 8 bands of a PlanetScope scene, got ", bands);
  return {"coastal_blue", "blue", "green_i", "green", "yellow", "red", "rededge", "nir"};
}

std::string planet_of(const XmlElement& root) {
  const std::string instrument = root.has("Instrument") ? root.all("Instrument").front()->text("shortName") : "";
  if (instrument == "PSB.SD") return "superdove";
  if (instrument == "PS2.SD") return "dove_r";
  SPECFUSE_CHECK_AS(DataError, instrument == "PS2", root.file, ": Instrument: expected PS2, PS2.SD or PSB.SD, got ",
                    instrument.empty() ? "none" : instrument);
  return "dove";
}

/// What the stored values of a product that is no surface reflectance are multiplied with, for each band.
std::map<std::string, double> top_reflectance(const XmlElement& root) {
  std::map<std::string, double> scales;
  for (const XmlElement* const band : root.all("bandSpecificMetadata"))
    scales[band->text("bandNumber")] = band->number("reflectanceCoefficient");
  return scales;
}

Product read_planetscope(const std::string& path, const ProductFiles& files) {
  const XmlElement root = parse_xml(product_text(files.metadata), files.metadata);
  const std::string image = match(path, kPlanetNames.data) ? path : files.image(kPlanetNames, "one image of the scene");
  Product product{path, planet_of(root)};
  product.images = {open_gdal_image(image)};
  const bool is_surface = name_of(image).find("_SR") != std::string::npos;
  const std::map<std::string, double> scales = is_surface ? std::map<std::string, double>{} : top_reflectance(root);
  for (const std::string& name : names_of_stack(product.images.front()->bands(), image)) {
    constexpr double kSurfaceScale = 1e-4;
    ProductBand band = product_band(product.sensor, name);
    band.band = std::ssize(product.bands);
    SPECFUSE_CHECK_AS(DataError, is_surface || scales.contains(std::to_string(band.band + 1)), files.metadata,
                      ": expected a reflectanceCoefficient of band ", band.band + 1, ", got none");
    band.scale = is_surface ? kSurfaceScale : scales.at(std::to_string(band.band + 1));
    product.bands.push_back(band);
  }
  product.missing = 0;
  if (!is_surface)
    product.warnings.emplace_back(
        "it is no product of surface reflectance (SR): its values are reflectance at the top "
        "of the atmosphere");
  return product;
}

#else

constexpr ReadProduct read_planetscope = nullptr;

#endif

}  // namespace

SceneFormat planetscope_scene_format() {
  return product_format<kPlanetNames, read_planetscope>(
      "planetscope", "PlanetScope ortho scenes of 4 or 8 bands, with their metadata.xml beside them");
}

}  // namespace specfuse
